//! The private PostgreSQL that `cartograph serve` runs when no `DATABASE_URL` is given.
//!
//! [`start`] finds (or downloads) an installation, creates the cluster on the first run, starts the
//! `postgres` program as our child and answers with a connection URL. SQL, schema and code path are
//! those of a server somebody else runs: nothing outside this module knows the difference, and no
//! query of the shop belongs in here.
//!
//! | file | what it decides |
//! |---|---|
//! | `layout` | what lies where in the data folder |
//! | `lock` | one cartograph per data folder |
//! | `account` | which system account the server's processes run as (PostgreSQL refuses root) |
//! | `locate`, `install` | which PostgreSQL is used; the download where there is none |
//! | `cluster` | `initdb`, once, safe against being killed |
//! | `settings`, `socket` | the server's options and where its unix socket lies |
//! | `postmaster`, `server` | what a running server says about itself; start, adopt, stop |
//!
//! A cartograph that is killed leaves its server running, on purpose: the next start adopts it in a
//! few milliseconds instead of replaying its log.

mod account;
mod cluster;
mod error;
mod install;
mod layout;
mod locate;
mod lock;
mod postmaster;
mod server;
mod settings;
mod socket;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use account::Account;
pub use error::EmbeddedError;
use layout::Layout;
use lock::Lock;
use server::Server;

/// Name of the cluster's superuser and of the shop's database.
const NAME: &str = "cartograph";

/// The most connections that a pool may hold to the private server. The others are for what runs beside requests, for
/// a command beside `cartograph serve`, for an operator, and those that PostgreSQL keeps for superusers.
pub const MAX_POOL_SIZE: u32 = settings::MAX_CONNECTIONS - 10;

/// Where the private server keeps what it owns.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder for the cluster, its log, its password and a downloaded installation. Created when
    /// missing.
    pub data_dir: PathBuf,
    /// The folder of the programs to use; without it they are looked for, and downloaded where there are none.
    pub programs: Option<PathBuf>,
}

/// The running private server; holds the data folder's lock.
///
/// Dropping it without [`Embedded::stop`] leaves the server running for the next start to adopt.
pub struct Embedded {
    server: Server,
    url: String,
    /// Released last (fields drop in order), so that nobody else starts on a folder whose server
    /// still stops.
    _lock: Lock,
}

/// Starts the private server, or adopts the one that a killed cartograph left behind, and makes
/// sure that its database exists.
///
/// # Errors
/// Every [`EmbeddedError`] displays as one line that says what to do.
pub async fn start(options: &Options) -> Result<Embedded, EmbeddedError> {
    let began = Instant::now();
    let layout = Layout::open(&options.data_dir)?;
    let lock = Lock::acquire(&layout)?;
    let account = Account::choose(&layout).await?;
    account.check_reach(layout.root()).await?;

    let major = cluster::major(&layout)?;
    let installation =
        install::locate_or_download(&layout, &account, major, options.programs.as_deref()).await?;
    let password = cluster::ensure(&layout, &account, &installation).await?;
    let socket_dir = socket::prepare(&layout, &account)?;
    let url = connection_url(&password, &socket_dir);

    let server = Server::adopt_or_spawn(&layout, account, installation, &socket_dir).await?;
    let adopted = server.is_adopted();
    let embedded = Embedded { server, url, _lock: lock };
    if let Err(error) = embedded.ensure_database().await {
        // The caller's error is the one worth reading; a server that does not stop either is found
        // by the next start.
        let _ = embedded.stop().await;
        return Err(error);
    }
    tracing::info!(
        data_dir = %layout.root().display(),
        adopted,
        elapsed_ms = began.elapsed().as_millis() as u64,
        "private PostgreSQL is ready"
    );
    Ok(embedded)
}

/// The URL of the server that another cartograph runs on this data folder, for a command that only wants to use it for a
/// moment.
///
/// # Errors
/// As [`start`]; [`EmbeddedError::Connect`] when the other one has not got that far, or is about to stop.
pub async fn join(options: &Options) -> Result<String, EmbeddedError> {
    let layout = Layout::open(&options.data_dir)?;
    let account = Account::choose(&layout).await?;
    let password = cluster::read_password(&layout)?;
    let url = connection_url(&password, &socket::prepare(&layout, &account)?);
    run(&url, NAME, "SELECT 1").await.map_err(EmbeddedError::connect)?;
    Ok(url)
}

impl fmt::Debug for Embedded {
    /// Without the URL, which holds the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Embedded").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Embedded {
    /// The connection URL, password included: what `DATABASE_URL` would hold. Its host is the
    /// percent-encoded socket folder.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the server ends without having been asked to and says how it ended. Cancel safe.
    pub async fn died(&mut self) -> EmbeddedError {
        self.server.died().await
    }

    /// Stops the server: open transactions roll back, a checkpoint is written, the data folder is
    /// released.
    ///
    /// # Errors
    /// [`EmbeddedError::Stop`] when the server neither stops in time nor can be made to.
    pub async fn stop(mut self) -> Result<(), EmbeddedError> {
        self.server.stop().await
    }

    /// Proves that the server answers, and creates the shop's database where it is missing.
    async fn ensure_database(&self) -> Result<(), EmbeddedError> {
        match run(&self.url, NAME, "SELECT 1").await {
            Err(error) if error.code() == Some(&SqlState::INVALID_CATALOG_NAME) => {}
            outcome => return outcome.map_err(EmbeddedError::connect),
        }
        match run(&self.url, "postgres", "CREATE DATABASE cartograph").await {
            // A session of a killed cartograph may just have finished the same statement in the
            // server that we adopted.
            Err(error)
                if matches!(
                    error.code(),
                    Some(&SqlState::DUPLICATE_DATABASE | &SqlState::UNIQUE_VIOLATION)
                ) =>
            {
                Ok(())
            }
            outcome => outcome.map_err(EmbeddedError::connect),
        }
    }
}

/// Runs one statement on a connection of its own to `database`.
async fn run(url: &str, database: &str, statement: &str) -> Result<(), tokio_postgres::Error> {
    let mut config: tokio_postgres::Config = url.parse()?;
    let (client, connection) = config.dbname(database).connect(NoTls).await?;
    let driver = tokio::spawn(connection);
    let outcome = client.batch_execute(statement).await;
    drop(client);
    // The connection's own error is the statement's error, which `outcome` holds already.
    let _ = driver.await;
    outcome
}

fn connection_url(password: &str, socket_dir: &Path) -> String {
    let host = socket::percent_encode(socket_dir);
    format!("postgres://{NAME}:{password}@{host}:{}/{NAME}?connect_timeout=10", settings::PORT)
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    #[test]
    fn the_url_is_understood_with_any_socket_path() {
        for path in ["/var/lib/cartograph/run", "/tmp/it's \"my\" shop, 100%/run", "/tmp/a:b@c?d#e/ü"] {
            let config: tokio_postgres::Config =
                connection_url("secret", Path::new(path)).parse().expect("a valid URL");
            assert_eq!(config.get_hosts(), [Host::Unix(path.into())]);
            assert_eq!(config.get_ports(), [settings::PORT]);
            assert_eq!(config.get_password(), Some(&b"secret"[..]));
            assert_eq!(config.get_dbname(), Some(NAME));
        }
    }
}
