//! `cartograph import`

use std::path::PathBuf;

use clap::Args;

use crate::catalog::expect_currency;
use crate::config::Config;
use crate::import::{self, Source};

use super::answer::answer;
use super::database::Database;

#[derive(Args)]
pub(super) struct Arguments {
    /// The file: UTF-8, columns separated by commas.
    file: PathBuf,
    /// Import the rest of a file that has bad rows, instead of nothing.
    #[arg(long)]
    skip_bad: bool,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Set the stock of variants that are in the shop already, too.
    ///
    /// The quantity in the file becomes what can be bought; pieces promised to orders come on top. Without this, only new
    /// variants take their stock from the file, because it does not know what was sold since it was written.
    #[arg(long)]
    update_stock: bool,
}

pub(super) async fn run(config: Config, arguments: Arguments) -> anyhow::Result<()> {
    let database = Database::open_beside(&config).await?;
    let imported = import(&config, &database, arguments).await;
    let closed = database.close().await;
    imported.and(closed)
}

async fn import(config: &Config, database: &Database, arguments: Arguments) -> anyhow::Result<()> {
    database.migrate().await?;
    let db = database.pool(config).await?;
    let options = import::Options {
        source: Source::File(arguments.file),
        currency: config.shop.currency,
        skip_bad: arguments.skip_bad,
        dry_run: arguments.dry_run,
        update_stock: arguments.update_stock,
    };
    let mut conn = db.get().await?;
    expect_currency(&conn, config.shop.currency).await?;
    let summary = import::run(&mut conn, &options).await?;
    answer(summary)
}
