//! What an order holds of the stock, and what becomes of that.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::state::StockEffect;
use crate::db::schema::order_lines;
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
pub(super) async fn wanted(mut conn: &AsyncPgConnection, order: OrderId) -> Result<Wanted> {
    let lines: Vec<(Option<VariantId>, i32)> = order_lines::table
        .filter(order_lines::order_id.eq(order))
        .select((order_lines::variant_id, order_lines::quantity))
        .load(&mut conn)
        .await?;
    let mut pieces: BTreeMap<VariantId, i32> = BTreeMap::new();
    let mut has_deleted = false;
    for (variant, quantity) in lines {
        match variant {
            Some(variant) => *pieces.entry(variant).or_default() += quantity,
            None => has_deleted = true,
        }
    }
    Ok(Wanted { pieces: pieces.into_iter().collect(), has_deleted })
}

/// Does to the order's stock what a step of its life does.
pub(super) async fn move_stock(conn: &AsyncPgConnection, order: OrderId, effect: StockEffect) -> Result<()> {
    if effect == StockEffect::None {
        return Ok(());
    }
    let quantities = wanted(conn, order).await?.pieces;
    let moved = match effect {
        StockEffect::None => return Ok(()),
        StockEffect::Release => reserve::release(conn, &quantities).await?,
        StockEffect::Ship => reserve::ship(conn, &quantities).await?,
    };
    if moved.len() == quantities.len() {
        return Ok(());
    }
    // An open order's pieces are reserved, or its books are wrong: better no step than a wrong one.
    Err(anyhow::anyhow!("order {order} holds stock that is not reserved").into())
}
