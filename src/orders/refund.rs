//! Paying back: some of an order's money, or all that it keeps.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Integer, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use super::events::{self, Actor, Change, EventKind, Moved, NewEvent};
use super::lock::lock;
use super::model::{Order, OrderLine};
use super::pay_back::{PayBack, pay_back};
use super::queries::lines_by_orders;
use super::state::OrderStatus;
use super::stock::move_stock;
use crate::db::Prepare;
use crate::error::{ActionError, Outcome, Refusal, Result};
use crate::ids::{OrderId, OrderLineId, RefundId};
use crate::inventory::reserve::restock;
use crate::money::{Currency, Money};
use crate::payments::RefundReason;

/// What is to go back.
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// Of which order.
    pub order_id: OrderId,
    /// How much, in minor units: of the lines' value and beside it. None: the value of the lines, or of an order without
    /// any named all that it keeps.
    pub amount: Option<i64>,
    /// For which pieces.
    pub lines: Vec<RefundPieces>,
    /// A remark of staff, at most 1000 characters.
    pub note: Option<String>,
    /// Who wants it.
    pub actor: Actor,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Pieces of a line that are paid back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundPieces {
    /// The line.
    pub line: OrderLineId,
    /// How many pieces.
    pub quantity: i32,
    /// Whether they are on the shelf again, to be sold once more. Only of what has left the shop: what has not yet is
    /// cancelled instead.
    pub restock: bool,
}

/// Why nothing goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundRefusal {
    /// There is no such order.
    NotFound,
    /// Nothing of its money is left with the shop.
    NothingKept { status: OrderStatus },
    /// It keeps less.
    TooMuch { asked: Money, kept: Money },
    /// An amount is more than nothing.
    AmountInvalid,
    /// It is no line of the order.
    LineNotFound { index: usize },
    /// Fewer pieces of it were bought and are not paid back yet.
    TooManyPieces { index: usize, asked: i32, left: i32 },
    /// They have not left the shop.
    NotShipped { index: usize },
}

impl Refusal for RefundRefusal {}

/// A refund that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// One for each payment that it is taken from.
    pub refunds: Vec<RefundId>,
}

/// Decides that so much goes back; a job does it. An order that keeps nothing then, and of which nothing is to be
/// delivered any more, stays in its status: `orderStatusUpdate` to `REFUNDED` ends it.
pub async fn refund_order(
    conn: &mut AsyncPgConnection,
    refund: &RefundOrder,
) -> Outcome<Decided, RefundRefusal> {
    conn.transaction(async |conn| {
        let order = lock(conn, refund.order_id).await?.ok_or(RefundRefusal::NotFound)?;
        let currency = order.total().currency;
        let kept = Money::new(order.kept(), currency);
        if kept.minor == 0 {
            return Err(RefundRefusal::NothingKept { status: order.status() }.into());
        }
        let lines = lines_by_orders(conn, &[order.id]).await?;
        let value = check(&order, &lines, &refund.lines)?;
        let amount = match (refund.amount, refund.lines.is_empty()) {
            (Some(amount), _) => amount,
            (None, true) => kept.minor,
            (None, false) => value.min(kept.minor),
        };
        if amount <= 0 {
            return Err(RefundRefusal::AmountInvalid.into());
        }
        if amount > kept.minor {
            return Err(RefundRefusal::TooMuch { asked: Money::new(amount, currency), kept }.into());
        }
        note_pieces(conn, &refund.lines).await?;
        put_back(conn, &lines, &refund.lines).await?;
        let pieces: Vec<(OrderLineId, i32)> =
            refund.lines.iter().map(|pieces| (pieces.line, pieces.quantity)).collect();
        let (actor, note) = (refund.actor, refund.note.as_deref());
        let reason = RefundReason::Requested;
        let back = PayBack { amount, reason, note, lines: &pieces, actor, at: refund.at };
        let refunds = pay_back(conn, &order, back).await?;
        let event = NewEvent {
            note,
            moved: Moved { refunded: amount, ..Moved::default() },
            data: Some(json!({ "refundIds": in_api_form(&refunds), "amount": amount })),
            ..NewEvent::new(order.id, Change::Fact(EventKind::RefundRequested), actor)
        };
        events::append(conn, event).await?;
        Ok(Decided { refunds })
    })
    .await
}

/// Pays back all that an order keeps and ends it. The order is locked and may be refunded.
pub(super) async fn refund_all(
    conn: &AsyncPgConnection,
    order: &Order,
    (actor, note): (Actor, Option<&str>),
    at: DateTime<Utc>,
) -> Result<()> {
    let (from, to) = (order.status(), OrderStatus::Refunded);
    let kept = order.kept();
    let mut data = None;
    if kept > 0 {
        let reason = RefundReason::Requested;
        let back = PayBack { amount: kept, reason, note, lines: &[], actor, at };
        let refunds = pay_back(conn, order, back).await?;
        data = Some(json!({ "refundIds": in_api_form(&refunds), "amount": kept }));
    }
    move_stock(conn, order.id, from.stock_effect(to)).await?;
    let event = NewEvent {
        note,
        moved: Moved { refunded: kept, ..Moved::default() },
        data,
        ..NewEvent::new(order.id, Change::Status { from, to }, actor)
    };
    events::append(conn, event).await?;
    Ok(())
}

/// What the pieces were sold for, in minor units; or everything that speaks against them.
fn check(order: &Order, lines: &[OrderLine], asked: &[RefundPieces]) -> Outcome<i64, RefundRefusal> {
    let mut refusals = Vec::new();
    let mut value = 0_i64;
    let mut seen: BTreeMap<OrderLineId, i32> = BTreeMap::new();
    for (index, pieces) in asked.iter().enumerate() {
        let Some(line) = lines.iter().find(|line| line.id == pieces.line) else {
            refusals.push(RefundRefusal::LineNotFound { index });
            continue;
        };
        let before = seen.entry(line.id).or_default();
        let left = line.quantity - line.refunded - *before;
        if pieces.quantity < 1 || pieces.quantity > left {
            refusals.push(RefundRefusal::TooManyPieces { index, asked: pieces.quantity, left });
            continue;
        }
        if pieces.restock && !matches!(order.status(), OrderStatus::Shipped | OrderStatus::Delivered) {
            refusals.push(RefundRefusal::NotShipped { index });
            continue;
        }
        value = value.saturating_add(line.share(line.refunded + *before, pieces.quantity));
        *before += pieces.quantity;
    }
    if refusals.is_empty() { Ok(value) } else { Err(ActionError::Refused(refusals)) }
}

/// Notes at the lines how many pieces were paid back. The table refuses more than were bought.
async fn note_pieces(mut conn: &AsyncPgConnection, pieces: &[RefundPieces]) -> QueryResult<()> {
    if pieces.is_empty() {
        return Ok(());
    }
    let (lines, quantities): (Vec<OrderLineId>, Vec<i32>) =
        pieces.iter().map(|pieces| (pieces.line, pieces.quantity)).unzip();
    sql_query(
        "UPDATE order_lines SET refunded = refunded + given.quantity
         FROM (SELECT id, sum(quantity)::integer AS quantity FROM unnest($1, $2) AS named (id, quantity) GROUP BY id) AS given
         WHERE order_lines.id = given.id",
    )
    .bind::<Array<Uuid>, _>(lines)
    .bind::<Array<Integer>, _>(quantities)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Puts those pieces on the shelf again that are to be sold once more.
async fn put_back(conn: &AsyncPgConnection, lines: &[OrderLine], pieces: &[RefundPieces]) -> Result<()> {
    let again: Vec<_> = pieces
        .iter()
        .filter(|pieces| pieces.restock)
        .filter_map(|pieces| {
            let line = lines.iter().find(|line| line.id == pieces.line)?;
            Some((line.variant_id?, pieces.quantity))
        })
        .collect();
    if !again.is_empty() {
        restock(conn, &again).await?;
    }
    Ok(())
}

fn in_api_form(refunds: &[RefundId]) -> Vec<String> {
    refunds.iter().map(ToString::to_string).collect()
}

impl OrderLine {
    /// What so many pieces of the line were sold for, behind `before` others; in minor units. The shares of all pieces sum
    /// to the line's value exactly, however they are taken: each share is the difference of two prefixes, rounded down.
    #[must_use]
    pub fn share(&self, before: i32, pieces: i32) -> i64 {
        let prefix = |count: i32| {
            let whole = i128::from(self.value()) * i128::from(count) / i128::from(self.quantity.max(1));
            i64::try_from(whole).unwrap_or(i64::MAX)
        };
        prefix(before + pieces) - prefix(before)
    }

    /// What the line is worth of what was paid, in minor units.
    fn value(&self) -> i64 {
        self.total
    }

    /// What so many pieces of the line were sold for, as money.
    #[must_use]
    pub fn share_in(&self, currency: Currency, before: i32, pieces: i32) -> Money {
        Money::new(self.share(before, pieces), currency)
    }
}
