//! What an order holds of the stock: the pieces of it that are still to leave the shop.

use std::collections::BTreeMap;

use diesel_async::AsyncPgConnection;

use super::pieces::{Asked, all_left, variants};
use super::queries::lines_by_orders;
use crate::error::Result;
use crate::ids::{OrderId, VariantId};
use crate::inventory::reserve;

/// What an order still wants of the stock.
pub(super) struct Wanted {
    /// How many pieces of each variant, in variant order.
    pub(super) pieces: Vec<(VariantId, i32)>,
    /// Whether a variant was deleted since: the stock of one is gone with it.
    pub(super) has_deleted: bool,
}

/// What the order still wants.
pub(super) async fn wanted(conn: &AsyncPgConnection, order: OrderId) -> Result<Wanted> {
    let lines = lines_by_orders(conn, &[order]).await?;
    let left = all_left(&lines);
    let has_deleted = left.iter().any(|asked| asked.line.variant_id.is_none());
    Ok(Wanted { pieces: by_variant(&left), has_deleted })
}

/// Lets go of all that the order holds.
pub(super) async fn release_left(conn: &AsyncPgConnection, order: OrderId) -> Result<()> {
    let held = wanted(conn, order).await?.pieces;
    let released = reserve::release(conn, &held).await?;
    all_of(order, &held, &released)
}

/// Lets go of these pieces.
pub(super) async fn release(conn: &AsyncPgConnection, order: OrderId, pieces: &[Asked<'_>]) -> Result<()> {
    let held = by_variant(pieces);
    let released = reserve::release(conn, &held).await?;
    all_of(order, &held, &released)
}

/// Has these pieces leave the shop.
pub(super) async fn send(conn: &AsyncPgConnection, order: OrderId, pieces: &[Asked<'_>]) -> Result<()> {
    let held = by_variant(pieces);
    let sent = reserve::ship(conn, &held).await?;
    all_of(order, &held, &sent)
}

/// Puts these pieces on the shelf again.
pub(super) async fn restock(conn: &AsyncPgConnection, order: OrderId, pieces: &[Asked<'_>]) -> Result<()> {
    let back = by_variant(pieces);
    let restocked = reserve::restock(conn, &back).await?;
    all_of(order, &back, &restocked)
}

fn by_variant(pieces: &[Asked<'_>]) -> Vec<(VariantId, i32)> {
    let mut sums: BTreeMap<VariantId, i32> = BTreeMap::new();
    for (variant, quantity) in variants(pieces) {
        *sums.entry(variant).or_default() += quantity;
    }
    sums.into_iter().collect()
}

/// An open order's pieces are reserved, or its books are wrong: better no step than a wrong one.
fn all_of(order: OrderId, wanted: &[(VariantId, i32)], moved: &[VariantId]) -> Result<()> {
    if moved.len() == wanted.len() {
        return Ok(());
    }
    Err(anyhow::anyhow!("the stock of order {order} does not add up").into())
}
