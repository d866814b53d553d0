//! The demo shop: accounts, catalogue, shipping, tax, a discount, reviews and a few orders, so that there is something to see on the first day.
//!
//! Only for development: everybody knows the passwords. It is loaded once, into a shop that has no products yet.

mod accounts;
mod catalogue;
mod orders;
mod pricing;
mod reviews;

use std::fmt::Debug;

use anyhow::{anyhow, bail};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use self::accounts::Accounts;
pub use self::accounts::{left_behind, log_ins};
pub use crate::accounts::published::PASSWORD;
use crate::app::App;
use crate::config::Mode;
use crate::db::schema::products;
use crate::error::{ActionError, Error};
use crate::import;

/// Two servers that start together take turns, however long the first takes. ("cartdemo" in ASCII.)
const LOCK: &str = "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7161130726721940847)";

/// Fills an empty shop and says whether it was empty. The accounts come first and one by one; all the rest is one
/// transaction, so that a start that is cut short is made up for by the next one. After it, wake the relay.
///
/// Fails in production, and where the shop's own rules refuse something of the demo.
pub async fn load(app: &App) -> anyhow::Result<bool> {
    if app.config.mode == Mode::Production {
        bail!("the demo shop, whose passwords everybody knows, is not for production");
    }
    if has_products(&*app.db.get().await?).await? {
        return Ok(false);
    }
    let accounts = Accounts::appoint(&app.db, &app.passwords).await?;
    let mut conn = app.db.get().await?;
    let loaded = conn
        .transaction(async |conn| {
            conn.batch_execute(LOCK).await?;
            if has_products(conn).await? {
                return Ok::<_, Error>(false);
            }
            fill(conn, app, &accounts).await?;
            Ok(true)
        })
        .await?;
    Ok(loaded)
}

async fn fill(conn: &mut AsyncPgConnection, app: &App, accounts: &Accounts) -> anyhow::Result<()> {
    let options = import::Options {
        source: catalogue::products(app.config.shop.currency)?,
        currency: app.config.shop.currency,
        skip_bad: false,
        dry_run: false,
        update_stock: false,
    };
    let summary = import::run(conn, &options).await?;
    pricing::load(conn, app.config.shop.currency).await?;
    let reviews = reviews::load(conn).await?;
    let orders = orders::place(conn, (&app.config.shop).into(), accounts, app.clock.now()).await?;
    tracing::info!(
        products = summary.products.created,
        variants = summary.variants.created,
        reviews,
        orders,
        "the demo shop was loaded"
    );
    Ok(())
}

async fn has_products(mut conn: &AsyncPgConnection) -> QueryResult<bool> {
    diesel::select(exists(products::table.select(products::id))).get_result(&mut conn).await
}

/// The error of an action that a demo has no reason to be refused.
fn unexpected<R: Debug>(what: &str) -> impl FnOnce(ActionError<R>) -> anyhow::Error {
    move |error| match error {
        ActionError::Refused(reasons) => anyhow!("the demo's {what} was refused: {reasons:?}"),
        ActionError::Failed(error) => error.into(),
    }
}
