//! A counted change of stock: three arrived, one broke.

use diesel::sql_query;
use diesel::sql_types::{Array, Integer, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::statement::change_stock_by_hand;
use super::{MAX_REASON_LENGTH, StockLevel, queries};
use crate::db::Prepare;
use crate::error::{Outcome, Refusal};
use crate::ids::{UserId, VariantId};

const ADJUST: &str = change_stock_by_hand!(
    "on_hand = i.on_hand + w.quantity",
    "i.on_hand::bigint + w.quantity BETWEEN i.reserved AND 1000000000"
);

/// What to change, by whom and why.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// The variant.
    pub variant_id: VariantId,
    /// Pieces that came; negative for pieces that went.
    pub delta: i32,
    /// Why, for the stock taker's book; may be empty.
    pub reason: String,
    /// Who says so.
    pub actor: UserId,
}

/// Why stock was not adjusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdjustRefusal {
    /// There is no such variant.
    UnknownVariant,
    /// A change by nothing is a mistake.
    NothingToChange,
    /// The reason has more than [`MAX_REASON_LENGTH`] letters.
    ReasonTooLong,
    /// Fewer pieces would remain than are promised: this is what there is.
    BelowReserved(StockLevel),
    /// More pieces would be on hand than can be counted: this is what there is.
    TooMany(StockLevel),
}

impl Refusal for AdjustRefusal {}

/// Adds to or takes from what is on hand. Never goes below what orders were promised.
pub async fn adjust(
    mut conn: &AsyncPgConnection,
    adjustment: &Adjustment,
) -> Outcome<StockLevel, AdjustRefusal> {
    if adjustment.delta == 0 {
        return Err(AdjustRefusal::NothingToChange.into());
    }
    if adjustment.reason.chars().count() > MAX_REASON_LENGTH {
        return Err(AdjustRefusal::ReasonTooLong.into());
    }
    let changed: Vec<StockLevel> = sql_query(ADJUST)
        .bind::<Array<Uuid>, _>(vec![adjustment.variant_id])
        .bind::<Array<Integer>, _>(vec![adjustment.delta])
        .bind::<Text, _>(&adjustment.reason)
        .bind::<Uuid, _>(adjustment.actor)
        .prepared()
        .load(&mut conn)
        .await?;
    if let Some(level) = changed.into_iter().next() {
        return Ok(level);
    }
    match queries::levels(conn, &[adjustment.variant_id]).await?.into_iter().next() {
        None => Err(AdjustRefusal::UnknownVariant.into()),
        Some(level) if adjustment.delta < 0 => Err(AdjustRefusal::BelowReserved(level).into()),
        Some(level) => Err(AdjustRefusal::TooMany(level).into()),
    }
}
