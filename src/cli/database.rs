//! The database of a command: an existing server, or the private one.

use anyhow::Context;
use secrecy::ExposeSecret;

use crate::config::Config;
use crate::db;
use crate::embedded::{self, Embedded, EmbeddedError};

/// A database that is there and up to date, and the private server behind it, if this process runs it.
pub(super) struct Database {
    /// `postgres://…`
    pub(super) url: String,
    /// The private server.
    pub(super) embedded: Option<Embedded>,
}

impl Database {
    /// Reaches the server of `DATABASE_URL`, or starts the private one.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Self> {
        if let Some(url) = &config.database.url {
            return Ok(Self { url: url.expose_secret().to_owned(), embedded: None });
        }
        let embedded = embedded::start(&private_server(config)).await?;
        Ok(Self { url: embedded.url().to_owned(), embedded: Some(embedded) })
    }

    /// The same for a command that may run beside `cartograph serve`: where that holds the private server, it is shared.
    pub(super) async fn open_beside(config: &Config) -> anyhow::Result<Self> {
        match Self::open(config).await {
            Err(error) if matches!(error.downcast_ref(), Some(EmbeddedError::Locked { .. })) => {
                // The lock may also be held by a command: then its error says more than that of joining.
                let url = embedded::join(&private_server(config)).await.map_err(|_| error)?;
                Ok(Self { url, embedded: None })
            }
            opened => opened,
        }
    }

    /// Runs the pending migrations and says which.
    pub(super) async fn migrate(&self) -> anyhow::Result<()> {
        let run = db::migrate(&self.url).await?;
        if !run.is_empty() {
            tracing::info!(
                migrations = run.len(),
                newest = run.last(),
                "the database's schema is up to date"
            );
        }
        Ok(())
    }

    /// Stops the private server, if this process runs it.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        match self.embedded {
            Some(embedded) => embedded.stop().await.context("the private PostgreSQL did not stop"),
            None => Ok(()),
        }
    }

    /// The pool of a server or command.
    pub(super) async fn pool(&self, config: &Config) -> anyhow::Result<db::Db> {
        self.connect(config, config.database.pool_size).await
    }

    /// The pool of what runs beside requests.
    pub(super) async fn upkeep_pool(&self, config: &Config) -> anyhow::Result<db::Db> {
        self.connect(config, db::UPKEEP_POOL_SIZE).await
    }

    async fn connect(&self, config: &Config, pool_size: u32) -> anyhow::Result<db::Db> {
        db::Db::connect(&db::Options {
            url: self.url.clone(),
            pool_size,
            statement_timeout: config.database.statement_timeout,
            statement_log: None,
        })
        .await
    }
}

fn private_server(config: &Config) -> embedded::Options {
    embedded::Options { data_dir: config.data_dir.clone(), programs: config.database.programs.clone() }
}
