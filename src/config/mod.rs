//! Configuration: environment variables, read once at the start and checked together.
//!
//! One struct per concern; each field says which variable fills it. The README has the table for operators.

mod vars;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

pub use self::vars::ConfigError;
use self::vars::Vars;
use crate::embedded;
use crate::money::Currency;

/// Everything an operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Development or production.
    pub mode: Mode,
    /// Where the server listens.
    pub http: Http,
    /// PostgreSQL.
    pub database: Database,
    /// Redis, if there is one: `REDIS_URL`.
    pub redis_url: Option<SecretString>,
    /// `REDIS_PREFIX`: what names in Redis begin with, `cartograph` unless said otherwise: two shops can share one Redis.
    pub redis_prefix: String,
    /// Tokens.
    pub tokens: Tokens,
    /// The shop itself.
    pub shop: Shop,
    /// `CATALOG_MAX_AGE`: how long guests may be shown a page of the catalogue as it was; 0 has every page read anew.
    pub catalog_max_age: Duration,
    /// What the log holds and how.
    pub log: Log,
    /// `DATA_DIR`: the folder of the embedded PostgreSQL and of files the server keeps.
    pub data_dir: PathBuf,
}

/// `CARTOGRAPH_ENV`: what the server offers beyond the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Playground, introspection, demo catalogue and demo log-ins.
    Development,
    /// None of these, and secrets must be given.
    Production,
}

/// Where the server listens.
#[derive(Debug, Clone)]
pub struct Http {
    /// `HOST`: the address, 127.0.0.1 unless said otherwise.
    pub host: IpAddr,
    /// `PORT`: the port, 8000 unless said otherwise; 0 takes a free one.
    pub port: u16,
    /// `SHUTDOWN_DELAY`: how long requests are still taken after SIGTERM, so that a load balancer that asks `/readyz` has
    /// time to send them elsewhere.
    pub shutdown_delay: Duration,
}

/// How to reach PostgreSQL.
#[derive(Debug, Clone)]
pub struct Database {
    /// `DATABASE_URL`: an existing server; without it the embedded one is started.
    pub url: Option<SecretString>,
    /// `DATABASE_POOL_SIZE`: the most connections this process holds open.
    pub pool_size: u32,
    /// `CARTOGRAPH_PG_BIN`: the folder of the embedded server's programs; without it they are looked for.
    pub programs: Option<PathBuf>,
    /// `DATABASE_STATEMENT_TIMEOUT`: seconds after which PostgreSQL gives a statement up.
    pub statement_timeout: Duration,
}

/// How tokens are made.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// `JWT_SECRET` or the contents of `JWT_SECRET_FILE`: signs access tokens (HS256). In development a random one is
    /// kept in the data folder.
    pub secret: Option<SecretString>,
    /// `JWT_ACCESS_TTL`: seconds an access token is good for.
    pub access_ttl: Duration,
    /// `JWT_REFRESH_TTL`: seconds a session lasts without being refreshed.
    pub refresh_ttl: Duration,
}

/// The shop itself.
#[derive(Debug, Clone)]
pub struct Shop {
    /// `SHOP_NAME`
    pub name: String,
    /// `SHOP_CURRENCY`: what prices are in.
    pub currency: Currency,
    /// `PUBLIC_URL`: how clients reach this server, without a slash at the end. Without it, where the server listens, once
    /// it does.
    pub public_url: Option<String>,
}

/// What the log holds and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// `LOG`: a filter such as `info` or `cartograph=debug,warn`.
    pub filter: String,
    /// `LOG_FORMAT`: `text` for people, `json` for machines.
    pub json: bool,
}

/// PostgreSQL counts the milliseconds of its timeouts in 31 bits.
const MAX_STATEMENT_SECONDS: u32 = i32::MAX.unsigned_abs() / 1000;

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&|name| std::env::var_os(name))
    }

    /// Reads the variables that `lookup` gives. An empty variable counts as not set.
    pub fn read(lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let vars = Vars(lookup);
        let mode = match vars.get("CARTOGRAPH_ENV")?.as_deref() {
            None | Some("development") => Mode::Development,
            Some("production") => Mode::Production,
            Some(other) => {
                return Err(vars.wrong(
                    "CARTOGRAPH_ENV",
                    format!("'{other}' is neither 'development' nor 'production'"),
                ));
            }
        };
        let http = Http {
            host: vars
                .parsed("HOST", "an IP address such as 127.0.0.1 or 0.0.0.0")?
                .unwrap_or(IpAddr::from([127, 0, 0, 1])),
            port: vars.parsed("PORT", "a port number from 0 to 65535")?.unwrap_or(8000),
            shutdown_delay: Duration::from_secs(vars.ranged("SHUTDOWN_DELAY", 0, 300)?.unwrap_or(0).into()),
        };
        let database = Database {
            url: vars.url("DATABASE_URL", &["postgres://", "postgresql://"])?,
            pool_size: vars.ranged("DATABASE_POOL_SIZE", 1, 1000)?.unwrap_or(16),
            programs: vars.path("CARTOGRAPH_PG_BIN"),
            statement_timeout: Duration::from_secs(
                vars.ranged("DATABASE_STATEMENT_TIMEOUT", 1, MAX_STATEMENT_SECONDS)?.unwrap_or(10).into(),
            ),
        };
        if database.url.is_none() && database.pool_size > embedded::MAX_POOL_SIZE {
            return Err(vars.wrong(
                "DATABASE_POOL_SIZE",
                format!(
                    "'{}' is more than the {} connections that the private PostgreSQL has for it; more take a server of \
                     your own, in DATABASE_URL",
                    database.pool_size,
                    embedded::MAX_POOL_SIZE
                ),
            ));
        }
        let tokens = Tokens {
            secret: vars.secret()?,
            access_ttl: vars.seconds("JWT_ACCESS_TTL")?.unwrap_or(Duration::from_mins(15)),
            refresh_ttl: vars.seconds("JWT_REFRESH_TTL")?.unwrap_or(Duration::from_hours(30 * 24)),
        };
        if mode == Mode::Production && tokens.secret.is_none() {
            return Err(vars.wrong("JWT_SECRET", "must be set in production (or JWT_SECRET_FILE): at least 32 random bytes, for instance from `openssl rand -base64 48`"));
        }
        if tokens.refresh_ttl <= tokens.access_ttl {
            return Err(vars.wrong("JWT_REFRESH_TTL", "must be longer than JWT_ACCESS_TTL"));
        }
        let shop = Shop {
            name: vars.get("SHOP_NAME")?.unwrap_or_else(|| "Cartograph Demo Shop".to_owned()),
            currency: vars.parsed("SHOP_CURRENCY", "an ISO 4217 code such as EUR")?.unwrap_or(Currency::USD),
            public_url: match vars.get("PUBLIC_URL")? {
                Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                    Some(url.trim_end_matches('/').to_owned())
                }
                Some(_) => return Err(vars.wrong("PUBLIC_URL", "must begin with http:// or https://")),
                None => None,
            },
        };
        let log = Log {
            filter: vars.get("LOG")?.unwrap_or_else(|| "info".to_owned()),
            json: match vars.get("LOG_FORMAT")?.as_deref() {
                None => mode == Mode::Production,
                Some("json") => true,
                Some("text") => false,
                Some(other) => {
                    return Err(vars.wrong("LOG_FORMAT", format!("'{other}' is neither 'text' nor 'json'")));
                }
            },
        };
        Ok(Self {
            mode,
            http,
            database,
            redis_url: vars.url("REDIS_URL", &["redis://", "rediss://", "unix://"])?,
            redis_prefix: vars.get("REDIS_PREFIX")?.unwrap_or_else(|| "cartograph".to_owned()),
            tokens,
            shop,
            catalog_max_age: Duration::from_secs(vars.ranged("CATALOG_MAX_AGE", 0, 60)?.unwrap_or(1).into()),
            log,
            data_dir: vars.path("DATA_DIR").unwrap_or_else(|| default_data_dir(&vars)),
        })
    }

    /// Takes down where the server has come to listen: what port 0 has become and, where `PUBLIC_URL` does not say, how
    /// clients reach it.
    pub fn listens_on(&mut self, address: SocketAddr) {
        self.http.port = address.port();
        if self.shop.public_url.is_some() {
            return;
        }
        let public_url = format!("http://{}", within_reach(address));
        if address.ip().is_unspecified() {
            tracing::warn!(
                public_url,
                "the server listens for other machines, which cannot fetch images from this address: set PUBLIC_URL"
            );
        }
        self.shop.public_url = Some(public_url);
    }
}

/// Where this machine itself reaches a server that listens on this address.
fn within_reach(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

impl Shop {
    /// A stored address as clients can fetch it: paths are on this server. Before it listens they stay paths.
    #[must_use]
    pub fn absolute_url(&self, stored: &str) -> String {
        match &self.public_url {
            Some(server) if stored.starts_with('/') => format!("{server}{stored}"),
            _ => stored.to_owned(),
        }
    }
}

/// Root's data lies where services keep theirs, a user's where applications keep theirs.
fn default_data_dir(vars: &Vars<'_>) -> PathBuf {
    match (vars.path("XDG_DATA_HOME"), vars.path("HOME")) {
        _ if vars.path("USER").as_deref() == Some(Path::new("root")) => PathBuf::from("/var/lib/cartograph"),
        (Some(data), _) => data.join("cartograph"),
        (None, Some(home)) if home.as_path() == Path::new("/root") => PathBuf::from("/var/lib/cartograph"),
        (None, Some(home)) => home.join(".local/share/cartograph"),
        (None, None) => PathBuf::from("/var/lib/cartograph"),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(&|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    fn with(variable: &str, value: impl Into<OsString>) -> Result<Config, String> {
        let value = value.into();
        Config::read(&|name| (name == variable).then(|| value.clone())).map_err(|error| error.to_string())
    }

    #[test]
    fn images_are_fetched_where_the_server_came_to_listen() {
        for (address, url) in [
            ("127.0.0.1:8000", "http://127.0.0.1:8000/a.jpg"),
            ("[::1]:8000", "http://[::1]:8000/a.jpg"),
            ("192.0.2.7:43117", "http://192.0.2.7:43117/a.jpg"),
            ("0.0.0.0:8000", "http://127.0.0.1:8000/a.jpg"),
            ("[::]:8000", "http://[::1]:8000/a.jpg"),
        ] {
            let mut config = read(&[("PORT", "0")]).unwrap();
            config.listens_on(address.parse().unwrap());
            assert_eq!(config.shop.absolute_url("/a.jpg"), url);
        }
    }

    #[test]
    fn a_public_url_is_taken_at_its_word() {
        let mut config = read(&[("PUBLIC_URL", "https://shop.example/"), ("HOST", "0.0.0.0")]).unwrap();
        config.listens_on("0.0.0.0:8000".parse().unwrap());
        assert_eq!(config.shop.absolute_url("/a.jpg"), "https://shop.example/a.jpg");
        assert_eq!(config.shop.absolute_url("https://cdn.example/a.jpg"), "https://cdn.example/a.jpg");
        assert_eq!(read(&[("PUBLIC_URL", "shop.example")]).unwrap_err().variable, "PUBLIC_URL");
    }

    #[test]
    fn a_pool_must_fit_the_private_server_and_only_that() {
        let most = embedded::MAX_POOL_SIZE.to_string();
        let more = (embedded::MAX_POOL_SIZE + 1).to_string();
        let url = ("DATABASE_URL", "postgres://db.example/shop");
        assert!(read(&[("DATABASE_POOL_SIZE", &most)]).is_ok());
        assert!(read(&[("DATABASE_POOL_SIZE", &more), url]).is_ok());
        let refused = read(&[("DATABASE_POOL_SIZE", &more)]).unwrap_err();
        assert_eq!(refused.variable, "DATABASE_POOL_SIZE");
        assert!(refused.problem.contains(&most) && refused.problem.contains("DATABASE_URL"), "{refused}");
    }

    #[test]
    fn a_timeout_is_one_that_postgresql_can_count() {
        let longest = with("DATABASE_STATEMENT_TIMEOUT", "2147483").unwrap().database.statement_timeout;
        assert!(i32::try_from(longest.as_millis()).is_ok());
        for timeout in ["0", "2147484", "4294967296", "-1", "soon"] {
            let error = with("DATABASE_STATEMENT_TIMEOUT", timeout).unwrap_err();
            assert!(error.ends_with("is not a whole number from 1 to 2147483"), "{error}");
        }
    }

    #[test]
    fn a_value_that_is_no_text_is_refused_and_not_overlooked() {
        let broken = || OsString::from_vec(b"postgres://u:p\xe9@db/shop".to_vec());
        assert_eq!(with("DATABASE_URL", broken()).unwrap_err(), "DATABASE_URL: is not UTF-8");
        assert_eq!(with("JWT_SECRET", broken()).unwrap_err(), "JWT_SECRET: is not UTF-8");
        // Names of files are whatever the system takes.
        assert_eq!(with("DATA_DIR", broken()).unwrap().data_dir, PathBuf::from(broken()));
        assert!(with("DATABASE_URL", "").unwrap().database.url.is_none(), "an empty one is as good as none");
    }

    #[test]
    fn data_lies_where_others_keep_theirs() {
        assert_eq!(with("XDG_DATA_HOME", "/xdg").unwrap().data_dir, Path::new("/xdg/cartograph"));
        assert_eq!(
            with("HOME", "/home/ada").unwrap().data_dir,
            Path::new("/home/ada/.local/share/cartograph")
        );
        for (variable, value) in [("USER", "root"), ("HOME", "/root"), ("HOME", "")] {
            assert_eq!(with(variable, value).unwrap().data_dir, Path::new("/var/lib/cartograph"));
        }
    }
}
