//! `cartograph seed`

use anyhow::bail;
use clap::Args;

use crate::catalog::expect_currency;
use crate::config::{Config, Mode};
use crate::demo;
use crate::seed::{self, Sizes};

use super::answer::answer;
use super::database::Database;

#[derive(Args)]
pub(super) struct Arguments {
    /// How many products; they have 2 variants on average.
    #[arg(long, default_value_t = 1000)]
    products: u64,
    /// How many orders; they have 2 lines on average.
    #[arg(long, default_value_t = 10_000)]
    orders: u64,
    /// How many accounts: user0.s1@seed.example, who is staff, user1.s1@seed.example and so on (s1: --seed 1).
    #[arg(long, default_value_t = 1000)]
    users: u64,
    /// How many reviews; at most one of each account for each product.
    #[arg(long, default_value_t = 5000)]
    reviews: u64,
    /// What all these accounts sign in with.
    #[arg(long, default_value = demo::PASSWORD)]
    password: String,
    /// Which of all possible shops to make.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Add to a shop that has orders already.
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(config: Config, arguments: Arguments) -> anyhow::Result<()> {
    if config.mode == Mode::Production {
        bail!(
            "a shop in production is not for made-up orders; unset CARTOGRAPH_ENV to seed another database"
        );
    }
    let database = Database::open(&config).await?;
    let seeded = seed(&config, &database, &arguments).await;
    let closed = database.close().await;
    seeded.and(closed)
}

async fn seed(config: &Config, database: &Database, arguments: &Arguments) -> anyhow::Result<()> {
    database.migrate().await?;
    let db = database.pool(config).await?;
    expect_currency(&*db.get().await?, config.shop.currency).await?;
    let report = seed::run(&seed::Options {
        url: database.url.clone(),
        sizes: Sizes {
            products: arguments.products,
            users: arguments.users,
            reviews: arguments.reviews,
            orders: arguments.orders,
        },
        seed: arguments.seed,
        currency: config.shop.currency,
        password: Some(arguments.password.clone().into()),
        force: arguments.force,
    })
    .await?;
    answer(report)
}
