//! Paying back: some of an order's money, or all that it keeps.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use super::events::{self, Actor, Change, EventKind, Moved, NewEvent};
use super::lock::lock;
use super::model::{Order, OrderLine};
use super::pay_back::{PayBack, pay_back};
use super::pieces::{Asked, Count, Pieces, PiecesRefusal, ask, count, told};
use super::queries::lines_by_orders;
use super::return_lines::sorted;
use super::returns::{CameBack, take_back};
use super::state::OrderStatus;
use super::stock::release_left;
use crate::error::{ActionError, Outcome, Refusal, Result};
use crate::ids::{OrderId, OrderLineId, RefundId};
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
    /// For which pieces, and whether they are on the shelf again, to be sold once more: those are a return. Only of what has
    /// left the shop; what has not yet is cancelled instead.
    pub pieces: Vec<(Pieces, bool)>,
    /// A remark of staff, at most 1000 characters.
    pub note: Option<String>,
    /// Who wants it.
    pub actor: Actor,
    /// Now.
    pub at: DateTime<Utc>,
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
    /// The price of some pieces cannot be paid back: they are none of the order's, or it was before.
    Pieces(PiecesRefusal),
    /// They are not with the customer, and so cannot have come back.
    NotShipped { index: usize },
}

impl Refusal for RefundRefusal {}

impl From<PiecesRefusal> for RefundRefusal {
    fn from(reason: PiecesRefusal) -> Self {
        Self::Pieces(reason)
    }
}

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
        let asked: Vec<Pieces> = refund.pieces.iter().map(|(pieces, _)| *pieces).collect();
        let pieces = ask(&lines, &asked, OrderLine::refundable)?;
        let amount = match (refund.amount, pieces.is_empty()) {
            (Some(amount), _) => amount,
            (None, true) => kept.minor,
            (None, false) => price(&pieces).min(kept.minor),
        };
        if amount <= 0 {
            return Err(RefundRefusal::AmountInvalid.into());
        }
        if amount > kept.minor {
            return Err(RefundRefusal::TooMuch { asked: Money::new(amount, currency), kept }.into());
        }
        let (actor, note) = (refund.actor, refund.note.as_deref());
        let came_back = came_back(&lines, &refund.pieces)?;
        let counts: Vec<Count> = pieces
            .iter()
            .map(|asked| Count { refunded: asked.quantity, ..Count::of(asked.line.id) })
            .collect();
        count(conn, &counts).await?;
        let (kind, reason) = match came_back.as_slice() {
            [] => (EventKind::RefundRequested, RefundReason::Requested),
            _ => (EventKind::ReturnReceived, RefundReason::Returned),
        };
        let paid_back: Vec<(OrderLineId, i32)> =
            pieces.iter().map(|asked| (asked.line.id, asked.quantity)).collect();
        let back = PayBack { amount, reason, note, lines: &paid_back, actor, at: refund.at };
        let refunds = pay_back(conn, &order, back).await?;
        let mut data = json!({ "refundIds": in_api_form(&refunds), "amount": amount });
        if !came_back.is_empty() {
            let return_id = take_back(conn, order.id, &came_back, (actor, note)).await?;
            data["returnId"] = return_id.to_string().into();
            let back: Vec<Asked<'_>> = came_back.iter().map(|back| back.pieces).collect();
            data["lines"] = told(&back);
        }
        let event = NewEvent {
            note,
            moved: Moved { refunded: amount, ..Moved::default() },
            data: Some(data),
            ..NewEvent::new(order.id, Change::Fact(kind), actor)
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
    if from.holds_stock() {
        release_left(conn, order.id).await?;
    }
    let event = NewEvent {
        note,
        moved: Moved { refunded: kept, ..Moved::default() },
        data,
        ..NewEvent::new(order.id, Change::Status { from, to }, actor)
    };
    events::append(conn, event).await?;
    Ok(())
}

/// What the pieces were sold for, in minor units.
fn price(pieces: &[Asked<'_>]) -> i64 {
    pieces.iter().map(|asked| asked.line.price_back(asked.quantity)).sum()
}

/// Those pieces that are on the shelf again; or which of them are not with the customer.
fn came_back<'a>(
    lines: &'a [OrderLine],
    pieces: &[(Pieces, bool)],
) -> Outcome<Vec<CameBack<'a>>, RefundRefusal> {
    let of_line = |index: usize| {
        let same =
            pieces[..=index].iter().filter(|(other, restock)| *restock && other.line == pieces[index].0.line);
        same.map(|(other, _)| other.quantity).sum::<i32>()
    };
    let away = |line: OrderLineId| lines.iter().find(|known| known.id == line).map_or(0, OrderLine::away);
    let refused: Vec<RefundRefusal> = (0..pieces.len())
        .filter(|index| pieces[*index].1 && of_line(*index) > away(pieces[*index].0.line))
        .map(|index| RefundRefusal::NotShipped { index })
        .collect();
    if !refused.is_empty() {
        return Err(ActionError::Refused(refused));
    }
    let again: Vec<(Pieces, bool)> = pieces.iter().copied().filter(|(_, restock)| *restock).collect();
    Ok(sorted(lines, &again))
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

    /// What so many pieces of the line were sold for, as money.
    #[must_use]
    pub fn share_in(&self, currency: Currency, before: i32, pieces: i32) -> Money {
        Money::new(self.share(before, pieces), currency)
    }
}
