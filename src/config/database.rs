//! How to reach PostgreSQL.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::ConfigError;
use super::vars::Vars;
use crate::embedded;

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

/// PostgreSQL counts the milliseconds of its timeouts in 31 bits.
const MAX_STATEMENT_SECONDS: u32 = i32::MAX.unsigned_abs() / 1000;

impl Database {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let database = Self {
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
        Ok(database)
    }
}
