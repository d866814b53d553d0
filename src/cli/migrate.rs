//! `cartograph migrate`

use crate::config::Config;

use super::database::Database;

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let database = Database::open_beside(&config).await?;
    let migrated = database.migrate().await;
    // The private server is stopped whatever came of the migrations; their error is the one worth reading.
    let closed = database.close().await;
    migrated.and(closed)
}
