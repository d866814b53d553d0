//! A stock take: what was counted is what there is.

use std::collections::HashSet;

use diesel::sql_types::{Array, Integer, Text, Uuid};
use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::statement::change_stock_by_hand;
use super::{MAX_ON_HAND, MAX_REASON_LENGTH, StockLevel, queries};
use crate::db::Prepare;
use crate::error::{ActionError, Outcome, Refusal};
use crate::ids::{UserId, VariantId};

/// The most variants one stock take can have.
pub const MAX_COUNTS: usize = 100;

const SET: &str = change_stock_by_hand!("on_hand = w.quantity", "w.quantity >= i.reserved");

/// What was counted, by whom and why.
#[derive(Debug, Clone)]
pub struct StockTake {
    /// Each variant and how many pieces of it there are.
    pub counts: Vec<(VariantId, i32)>,
    /// Why, for the stock taker's book; may be empty.
    pub reason: String,
    /// Who says so.
    pub actor: UserId,
}

/// Why a stock take was not entered. `index` is the place among the counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetRefusal {
    /// Nothing was counted, or more than [`MAX_COUNTS`] variants.
    Size { given: usize },
    /// There is no such variant.
    UnknownVariant { index: usize },
    /// The variant was counted before in the same stock take.
    Repeated { index: usize },
    /// Less than nothing, or more than [`MAX_ON_HAND`].
    OutOfRange { index: usize },
    /// Fewer pieces than orders were promised: this is what there is.
    BelowReserved { index: usize, level: StockLevel },
    /// The reason has more than [`MAX_REASON_LENGTH`] letters.
    ReasonTooLong,
}

impl Refusal for SetRefusal {}

/// Enters a stock take, whole or not at all, and returns the stock of its variants.
pub async fn set(conn: &mut AsyncPgConnection, take: &StockTake) -> Outcome<Vec<StockLevel>, SetRefusal> {
    let refusals = check(take);
    if !refusals.is_empty() {
        return Err(ActionError::Refused(refusals));
    }
    conn.transaction(async |conn| {
        let changed = enter(conn, &take.counts, &take.reason, take.actor).await?;
        if changed.len() == take.counts.len() {
            return Ok(changed);
        }
        let variants: Vec<VariantId> = take.counts.iter().map(|(variant, _)| *variant).collect();
        let levels = queries::levels(conn, &variants).await?;
        let refused = variants.iter().enumerate().filter_map(|(index, id)| {
            if changed.iter().any(|level| level.variant_id == *id) {
                return None;
            }
            Some(match levels.iter().find(|level| level.variant_id == *id) {
                None => SetRefusal::UnknownVariant { index },
                Some(level) => SetRefusal::BelowReserved { index, level: *level },
            })
        });
        Err(ActionError::Refused(refused.collect()))
    })
    .await
}

/// Enters what new variants begin with, in the transaction that makes them.
pub(crate) async fn open(
    conn: &AsyncPgConnection,
    counts: &[(VariantId, i32)],
    actor: UserId,
) -> QueryResult<()> {
    enter(conn, counts, "Opening stock", actor).await?;
    Ok(())
}

async fn enter(
    mut conn: &AsyncPgConnection,
    counts: &[(VariantId, i32)],
    reason: &str,
    actor: UserId,
) -> QueryResult<Vec<StockLevel>> {
    let (variants, counts): (Vec<VariantId>, Vec<i32>) = counts.iter().copied().unzip();
    sql_query(SET)
        .bind::<Array<Uuid>, _>(variants)
        .bind::<Array<Integer>, _>(counts)
        .bind::<Text, _>(reason)
        .bind::<Uuid, _>(actor)
        .prepared()
        .load(&mut conn)
        .await
}

fn check(take: &StockTake) -> Vec<SetRefusal> {
    let given = take.counts.len();
    if !(1..=MAX_COUNTS).contains(&given) {
        return vec![SetRefusal::Size { given }];
    }
    let mut refusals = Vec::new();
    if take.reason.chars().count() > MAX_REASON_LENGTH {
        refusals.push(SetRefusal::ReasonTooLong);
    }
    let mut seen = HashSet::new();
    for (index, (variant, count)) in take.counts.iter().enumerate() {
        if !seen.insert(variant) {
            refusals.push(SetRefusal::Repeated { index });
        }
        if !(0..=MAX_ON_HAND).contains(count) {
            refusals.push(SetRefusal::OutOfRange { index });
        }
    }
    refusals
}
