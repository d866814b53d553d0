//! What orders do to stock: promise pieces, give them back, hand them over.
//!
//! Each function is one statement, to be run in the transaction of the order's own change. It returns the variants for
//! which it succeeded; when one is missing, the caller rolls back.

use diesel::sql_types::{Array, Integer, Uuid};
use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::StockLevel;
use super::statement::change_stock;
use crate::db::Prepare;
use crate::ids::VariantId;

const RESERVE: &str =
    change_stock!("reserved = i.reserved + w.quantity", "i.on_hand - i.reserved >= w.quantity");
const RELEASE: &str = change_stock!("reserved = i.reserved - w.quantity", "i.reserved >= w.quantity");
const SHIP: &str = change_stock!(
    "on_hand = i.on_hand - w.quantity, reserved = i.reserved - w.quantity",
    "i.reserved >= w.quantity"
);

const RESTOCK: &str =
    change_stock!("on_hand = i.on_hand + w.quantity", "i.on_hand + w.quantity <= 1000000000");

/// Promises these numbers of pieces to an order: an order was placed. A variant of which too few are available is not
/// among those returned; [`super::queries::available`] tells how many there are.
pub async fn reserve(conn: &AsyncPgConnection, lines: &[(VariantId, i32)]) -> QueryResult<Vec<VariantId>> {
    run(conn, RESERVE, lines).await
}

/// Takes the promise back: the order was cancelled before it was shipped.
pub async fn release(conn: &AsyncPgConnection, lines: &[(VariantId, i32)]) -> QueryResult<Vec<VariantId>> {
    run(conn, RELEASE, lines).await
}

/// Promised pieces leave the shop: the order was shipped.
pub async fn ship(conn: &AsyncPgConnection, lines: &[(VariantId, i32)]) -> QueryResult<Vec<VariantId>> {
    run(conn, SHIP, lines).await
}

/// Pieces that had left the shop are back on the shelf, to be sold once more.
pub async fn restock(conn: &AsyncPgConnection, lines: &[(VariantId, i32)]) -> QueryResult<Vec<VariantId>> {
    run(conn, RESTOCK, lines).await
}

async fn run(
    mut conn: &AsyncPgConnection,
    statement: &'static str,
    lines: &[(VariantId, i32)],
) -> QueryResult<Vec<VariantId>> {
    let (variants, quantities): (Vec<VariantId>, Vec<i32>) = lines.iter().copied().unzip();
    let changed: Vec<StockLevel> = sql_query(statement)
        .bind::<Array<Uuid>, _>(variants)
        .bind::<Array<Integer>, _>(quantities)
        .prepared()
        .load(&mut conn)
        .await?;
    Ok(changed.into_iter().map(|level| level.variant_id).collect())
}
