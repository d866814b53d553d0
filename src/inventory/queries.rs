//! Reads of stock.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::StockLevel;
use crate::db::schema::inventory;
use crate::ids::VariantId;

/// How much there is of these variants; one that is not there is left out.
pub async fn levels(mut conn: &AsyncPgConnection, ids: &[VariantId]) -> QueryResult<Vec<StockLevel>> {
    let rows: Vec<(VariantId, i32, i32)> = inventory::table
        .filter(inventory::variant_id.eq_any(ids))
        .order(inventory::variant_id)
        .select((inventory::variant_id, inventory::on_hand, inventory::reserved))
        .load(&mut conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(variant_id, on_hand, reserved)| StockLevel { variant_id, on_hand, reserved })
        .collect())
}

/// How many pieces of these variants can be bought now: what to tell a buyer whose reservation failed.
pub async fn available(conn: &AsyncPgConnection, ids: &[VariantId]) -> QueryResult<Vec<(VariantId, i32)>> {
    Ok(levels(conn, ids).await?.into_iter().map(|level| (level.variant_id, level.available())).collect())
}
