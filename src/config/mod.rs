//! Configuration: environment variables, read once at the start and checked together.
//!
//! One struct and one file per concern; each field says which variable fills it. The README has the table for operators.

mod connections;
mod cors;
mod database;
mod graphql;
mod http;
mod limits;
mod log;
mod mail;
mod orders;
mod payments;
mod redis;
mod shop;
mod tokens;
mod vars;
mod webhooks;
mod websockets;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use self::connections::Connections;
pub use self::cors::Cors;
pub use self::database::Database;
pub use self::graphql::Graphql;
pub use self::http::{ClientAddressHeader, Http};
pub use self::limits::{Limits, Rates};
pub use self::log::Log;
pub use self::mail::Mail;
pub use self::orders::Orders;
pub use self::payments::{CaptureMode, Payments, StripeAccount};
pub use self::redis::Redis;
pub use self::shop::Shop;
pub(crate) use self::tokens::MIN_SECRET_BYTES;
pub use self::tokens::Tokens;
pub use self::vars::ConfigError;
use self::vars::Vars;
pub use self::webhooks::Webhooks;
pub use self::websockets::Websockets;

/// Everything an operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Development or production.
    pub mode: Mode,
    /// Where the server listens.
    pub http: Http,
    /// Which pages of other origins may use the API.
    pub cors: Cors,
    /// What the API tells of itself, and which documents it takes.
    pub graphql: Graphql,
    /// Websockets.
    pub websockets: Websockets,
    /// PostgreSQL.
    pub database: Database,
    /// Redis.
    pub redis: Redis,
    /// Tokens.
    pub tokens: Tokens,
    /// How much may be asked for in a while.
    pub limits: Limits,
    /// The shop itself.
    pub shop: Shop,
    /// How long unpaid orders live.
    pub orders: Orders,
    /// How the shop takes money.
    pub payments: Payments,
    /// Mail.
    pub mail: Mail,
    /// Webhooks.
    pub webhooks: Webhooks,
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

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&|name| std::env::var_os(name))
    }

    /// Reads the variables that `lookup` gives. An empty variable counts as not set.
    pub fn read(lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let vars = Vars(lookup);
        let mode = Mode::read(&vars)?;
        let http = Http::read(&vars)?;
        Ok(Self {
            mode,
            payments: Payments::read(&vars, http.connections.request_timeout)?,
            http,
            cors: Cors::read(&vars)?,
            graphql: Graphql::read(&vars, mode)?,
            websockets: Websockets::read(&vars)?,
            database: Database::read(&vars)?,
            redis: Redis::read(&vars)?,
            tokens: Tokens::read(&vars, mode)?,
            limits: Limits::read(&vars, mode)?,
            shop: Shop::read(&vars)?,
            orders: Orders::read(&vars)?,
            mail: Mail::read(&vars)?,
            webhooks: Webhooks::read(&vars, mode)?,
            log: Log::read(&vars, mode)?,
            data_dir: vars.path("DATA_DIR").unwrap_or_else(|| default_data_dir(&vars)),
        })
    }

    /// Where the pages are that links in mails lead to, without a slash at the end.
    #[must_use]
    pub fn storefront_url(&self) -> &str {
        self.mail.storefront_url.as_deref().or(self.shop.public_url.as_deref()).unwrap_or_default()
    }

    /// Takes down where the server has come to listen: what port 0 has become and, where `PUBLIC_URL` does not say, how
    /// clients reach it.
    pub fn listens_on(&mut self, address: SocketAddr) {
        self.http.port = address.port();
        if self.shop.public_url.is_some() {
            return;
        }
        let public_url = format!("http://{}", http::within_reach(address));
        if address.ip().is_unspecified() {
            tracing::warn!(
                public_url,
                "the server listens for other machines, which cannot fetch images from this address: set PUBLIC_URL"
            );
        }
        self.shop.public_url = Some(public_url);
    }
}

impl Mode {
    fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        match vars.get("CARTOGRAPH_ENV")?.as_deref() {
            None | Some("development") => Ok(Self::Development),
            Some("production") => Ok(Self::Production),
            Some(other) => {
                Err(vars
                    .wrong("CARTOGRAPH_ENV", format!("'{other}' is neither 'development' nor 'production'")))
            }
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
    use crate::embedded;

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
    fn production_tells_nothing_of_itself_unless_it_is_told_to() {
        let told = |variables: &[(&str, &str)]| {
            let graphql = read(variables).unwrap().graphql;
            (graphql.introspection, graphql.playground)
        };
        let production =
            [("CARTOGRAPH_ENV", "production"), ("JWT_SECRET", "a secret that is as long as it has to be")];
        assert_eq!(told(&[]), (true, true));
        assert_eq!(told(&production), (false, false));
        assert_eq!(told(&[production[0], production[1], ("INTROSPECTION", "on")]), (true, false));
        assert_eq!(told(&[("PLAYGROUND", "off")]), (true, false));
        assert_eq!(with("PLAYGROUND", "no").unwrap_err(), "PLAYGROUND: 'no' is neither 'on' nor 'off'");
    }

    #[test]
    fn webhooks_stay_out_of_private_networks_in_production() {
        let production =
            [("CARTOGRAPH_ENV", "production"), ("JWT_SECRET", "a secret that is as long as it has to be")];
        let allowed = |variables: &[(&str, &str)]| {
            let webhooks = read(variables).unwrap().webhooks;
            (webhooks.allow_private, webhooks.allow_http)
        };
        assert_eq!(allowed(&[]), (true, true));
        assert_eq!(allowed(&production), (false, false));
        assert_eq!(allowed(&[production[0], production[1], ("WEBHOOK_ALLOW_PRIVATE", "on")]), (true, false));
    }

    #[test]
    fn lists_are_read_item_by_item() {
        let config =
            read(&[("TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7"), ("CORS_ORIGINS", "https://a.example,")])
                .unwrap();
        assert_eq!(config.http.trusted_proxies.len(), 2);
        assert_eq!(config.cors.origins, ["https://a.example"]);
        assert!(with("TRUSTED_PROXIES", "10.0.0.0/33").unwrap_err().contains("'10.0.0.0/33' is neither"));
        assert!(with("CORS_ORIGINS", "*").unwrap_err().contains("'*' is no origin"));
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
