//! PostgreSQL: the pool, the migrations, and what tests count.

mod connect;
mod held;
mod per_key;
mod pool;
mod prepared;
mod reads;
pub mod schema;
mod statements;

use std::time::Duration;

use anyhow::Context;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel_async::{AsyncMigrationHarness, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

pub(crate) use self::connect::raw_client;
use self::held::Held;
pub use self::held::{Opening, commit, roll_back, transaction};
pub(crate) use self::per_key::{PerKey, newest_per_key};
pub use self::pool::Connection;
use self::pool::Manager;
pub(crate) use self::prepared::Prepare;
pub use self::reads::Reads;
pub use self::statements::{Statement, StatementLog};
use crate::error::Result;

/// The schema's history, compiled into the binary.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Held while migrating, so that copies of the server that start together take turns. ("cartogra" in ASCII.)
const MIGRATION_LOCK: i64 = 0x6361_7274_6f67_7261;

/// How alike a word and a name must be for the operator `<%`. PostgreSQL's 0.6 misses "stonware" for "Stoneware"; with
/// 0.4, "stoneware brulee" finds whatever is called a brulee.
const TYPO_TOLERANCE: f32 = 0.42;

/// How many connections a server holds beside those of requests: the relay takes one at a time, so does what clears out,
/// and jobs share the rest.
pub const UPKEEP_POOL_SIZE: u32 = 4;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://…`; a percent-encoded directory as host means a unix socket.
    pub url: String,
    /// The most connections held open.
    pub pool_size: u32,
    /// A statement that runs longer is cancelled by PostgreSQL.
    pub statement_timeout: Duration,
    /// Where every statement is written down; tests count with it.
    pub statement_log: Option<StatementLog>,
}

/// The connection pool.
#[derive(Clone)]
pub struct Db {
    pool: bb8::Pool<Manager>,
    /// Where a request's own has one of the connections, if it does.
    held: Option<Held>,
}

impl Db {
    /// Opens the pool; fails when the first connection cannot be made.
    pub async fn connect(options: &Options) -> anyhow::Result<Self> {
        let pool = bb8::Pool::builder()
            .max_size(options.pool_size)
            // In a rush, waiting in line is better than being sent away: as long as a statement may take.
            .connection_timeout(options.statement_timeout)
            .test_on_check_out(true)
            .build(Manager::new(options))
            .await
            .context("PostgreSQL cannot be reached")?;
        Ok(Self { pool, held: None })
    }

    /// A connection: the one that is held, once whoever has it gives it back, or else one of the pool. Give it back before
    /// waiting for anything but the database.
    pub async fn get(&self) -> Result<Connection> {
        if let Some(held) = &self.held
            && let Some(lent) = held.lend().await
        {
            return Ok(lent.into());
        }
        self.pooled().await
    }

    async fn pooled(&self) -> Result<Connection> {
        Ok(self.pool.get_owned().await?.into())
    }

    /// Whether the database answers and has all the migrations this binary knows.
    pub async fn is_ready(&self) -> Result<bool> {
        use self::schema_migrations::dsl::{__diesel_schema_migrations, version};
        use diesel::QueryDsl;

        let conn = self.get().await?;
        let applied: Vec<String> = __diesel_schema_migrations.select(version).load(&mut &*conn).await?;
        Ok(migration_versions()?.iter().all(|known| applied.contains(known)))
    }
}

diesel::table! {
    #[sql_name = "__diesel_schema_migrations"]
    __diesel_schema_migrations (version) {
        version -> VarChar,
    }
}
use __diesel_schema_migrations as schema_migrations;

fn migration_versions() -> Result<Vec<String>> {
    let migrations = MigrationSource::<Pg>::migrations(&MIGRATIONS)
        .map_err(|error| anyhow::anyhow!("the embedded migrations cannot be read: {error}"))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Brings the schema up to date and returns the names of the migrations that were run. Copies that start at the same
/// time wait for each other.
pub async fn migrate(url: &str) -> anyhow::Result<Vec<String>> {
    let mut conn = connect::establish(url).await.context("PostgreSQL cannot be reached")?;
    diesel::sql_query("SELECT pg_advisory_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(MIGRATION_LOCK)
        .execute(&mut conn)
        .await?;
    // The harness blocks its thread; the lock goes with the connection.
    tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(conn);
        let run = harness
            .run_pending_migrations(MIGRATIONS)
            .map_err(|error| anyhow::anyhow!("a migration failed: {error}"))?;
        Ok(run.iter().map(ToString::to_string).collect())
    })
    .await?
}
