//! One seed, from the first row to the statistics.

use std::time::Instant;

use anyhow::{Context, bail};
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_postgres::Client;

use super::catalog::Catalog;
use super::copy::{Rows, copy};
use super::orders::Orders;
use super::people::People;
use super::report::Report;
use crate::accounts::{HashingCost, Passwords};
use crate::config::Mode;
use crate::db;
use crate::jobs::relay::RELAY_LOCK;
use crate::money::Currency;

/// How many products, accounts, reviews or orders are made before their rows are sent.
const CHUNK: u64 = 20_000;

/// The default variants come after their products. Large lists of pending index entries make GIN cheap to fill.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
                     SET LOCAL gin_pending_list_limit = '64MB'; \
                     SET CONSTRAINTS products_default_variant_id_fkey DEFERRED; \
                     CREATE TEMPORARY TABLE seed_stock (variant_id uuid, on_hand integer, reserved integer) ON COMMIT DROP";
const ENTER_STOCK: &str = "UPDATE inventory i SET on_hand = s.on_hand, reserved = s.reserved \
                           FROM seed_stock s WHERE i.variant_id = s.variant_id";

/// How much of everything.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Products, with two and a half variants on average.
    pub products: u64,
    /// Accounts; at least one, which works in the shop.
    pub users: u64,
    /// Reviews; at most one of each account for each product.
    pub reviews: u64,
    /// Orders, with two lines on average.
    pub orders: u64,
}

/// What to make, and where.
pub struct Options {
    /// The database, `postgres://…`, with its schema up to date.
    pub url: String,
    /// How much.
    pub sizes: Sizes,
    /// Which of all possible shops.
    pub seed: u32,
    /// What prices are in.
    pub currency: Currency,
    /// What the accounts sign in with; nobody can without it.
    pub password: Option<SecretString>,
    /// Also into a shop that has orders.
    pub force: bool,
}

/// Fills the shop, whole or not at all. Meanwhile no event is published, because the orders' events take their places in
/// the shop's feed.
pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let Sizes { products, users, orders, .. } = options.sizes;
    if users == 0 || (orders > 0 && products == 0) {
        bail!("a seed needs at least one user, and products for its orders");
    }
    let started = Instant::now();
    let password_hash = hash(options.password.clone()).await?;
    let client = db::raw_client(&options.url).await?;
    client.batch_execute(BEGIN).await?;
    client.execute("SELECT pg_advisory_xact_lock($1)", &[&RELAY_LOCK]).await?;
    let start = Start::read(&client, options.force).await?;
    let mut report = Report::default();
    fill(&client, options, password_hash, start, &mut report).await?;
    client.batch_execute("COMMIT; ANALYZE").await?;
    report.total = started.elapsed();
    Ok(report)
}

/// One hash for all: a salt of its own for each of a million accounts would take hours.
async fn hash(password: Option<SecretString>) -> anyhow::Result<Option<String>> {
    match password {
        None => Ok(None),
        Some(password) => {
            // A shop that is filled with made-up things is not one in production.
            let passwords = Passwords::new(HashingCost::default(), Mode::Development)?;
            Ok(Some(passwords.hash(passwords.accept(password)?).await?))
        }
    }
}

/// Where the numbers of a shop's orders and events begin.
#[derive(Debug, Clone, Copy)]
struct Start {
    order_number: i64,
    feed_position: i64,
}

impl Start {
    async fn read(client: &Client, force: bool) -> anyhow::Result<Self> {
        let row = client
            .query_one(
                "SELECT EXISTS (SELECT 1 FROM orders), nextval('order_numbers'), nextval('order_feed_positions')",
                &[],
            )
            .await?;
        if row.get::<_, bool>(0) && !force {
            bail!("the shop has orders already; --force adds to them all the same");
        }
        Ok(Self { order_number: row.get(1), feed_position: row.get(2) })
    }
}

/// Makes rows on a thread of their own and copies them as they come.
async fn fill(
    client: &Client,
    options: &Options,
    password_hash: Option<String>,
    start: Start,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (sender, mut receiver) = mpsc::channel(2);
    let (sizes, seed) = (options.sizes, u64::from(options.seed));
    let catalog = Catalog { seed, products: sizes.products, currency: options.currency };
    let people = People { seed, users: sizes.users, password_hash };
    let maker = tokio::task::spawn_blocking(move || {
        // When the receiver is gone the copying has failed, and that error is the one to report.
        let _ = make(sizes, &catalog, &people, start, &sender);
    });
    while let Some(rows) = receiver.recv().await {
        let (table, count, begun) = (rows.table.name, rows.count, Instant::now());
        copy(client, rows).await.map_err(explain).with_context(|| format!("{table} cannot be filled"))?;
        report.add(table, count, begun.elapsed());
    }
    maker.await?;
    let begun = Instant::now();
    let entered = client.execute(ENTER_STOCK, &[]).await?;
    report.add("inventory", entered, begun.elapsed());
    report.tables.retain(|table| table.table != "seed_stock");
    client
        .execute(
            "SELECT setval('order_numbers', greatest($1, (SELECT max(number) FROM orders))), \
                    setval('order_feed_positions', greatest($2, (SELECT max(feed_position) FROM order_events)))",
            &[&start.order_number, &start.feed_position],
        )
        .await?;
    Ok(())
}

/// The rows of everything, in an order in which each finds what it refers to.
fn make(
    sizes: Sizes,
    catalog: &Catalog,
    people: &People,
    start: Start,
    sender: &mpsc::Sender<Rows>,
) -> Result<(), mpsc::error::SendError<Rows>> {
    let mut variants = Vec::new();
    sender.blocking_send(catalog.categories())?;
    for numbers in chunks(sizes.products) {
        for rows in catalog.products(numbers, &mut variants) {
            sender.blocking_send(rows)?;
        }
    }
    for numbers in chunks(sizes.users) {
        sender.blocking_send(people.accounts(numbers))?;
    }
    let mut rows = People::no_reviews();
    let mut first = 0;
    for (product, count) in (0..).zip(people.review_counts(sizes.products, sizes.reviews)) {
        people.reviews(&mut rows, catalog, product, first, count);
        first += count;
        if rows.count >= CHUNK {
            sender.blocking_send(std::mem::replace(&mut rows, People::no_reviews()))?;
        }
    }
    sender.blocking_send(rows)?;
    let mut orders = Orders {
        catalog,
        people,
        variants: &variants,
        count: sizes.orders,
        first_number: start.order_number,
        next_feed_position: start.feed_position,
        reserved: vec![0; variants.len()],
    };
    for numbers in chunks(sizes.orders) {
        for rows in orders.orders(numbers) {
            sender.blocking_send(rows)?;
        }
    }
    sender.blocking_send(orders.stock())
}

fn chunks(count: u64) -> impl Iterator<Item = std::ops::Range<u64>> {
    (0..count.div_ceil(CHUNK)).map(move |chunk| chunk * CHUNK..count.min((chunk + 1) * CHUNK))
}

/// What PostgreSQL says, which the driver hides behind "db error".
fn explain(error: tokio_postgres::Error) -> anyhow::Error {
    match error.as_db_error() {
        Some(problem) if problem.code() == &tokio_postgres::error::SqlState::UNIQUE_VIOLATION => {
            anyhow::anyhow!(
                "the shop has rows of this seed already; choose another --seed ({})",
                problem.message()
            )
        }
        Some(problem) => anyhow::anyhow!("{}", problem.message()),
        None => error.into(),
    }
}
