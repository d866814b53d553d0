//! Cancelling pieces of an order that have not left the shop.
//!
//! Before they are paid for, less is owed; after that, their price goes back if that is wanted. What belongs to no line, the
//! shipping above all, stays owed until the whole order is given up: which is what happens when nothing is left of it and
//! nothing was sent. When nothing is left because the rest was sent, the order is shipped.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use super::events::{self, Actor, CancelReason, Change, EventKind, Moved, NewEvent};
use super::give_up::{cancel_open, give_up};
use super::lock::lock;
use super::model::{Order, OrderLine};
use super::pay_back::{PayBack, pay_back_from};
use super::pieces::{self, Asked, Count, Pieces, PiecesRefusal, ask};
use super::queries::lines_by_orders;
use super::state::OrderStatus;
use super::stock;
use crate::error::{Outcome, Refusal, Result};
use crate::ids::{OrderId, OrderLineId, RefundId};
use crate::payments::{Payment, PaymentStatus, RefundReason, queries};

/// Pieces to be cancelled.
#[derive(Debug, Clone)]
pub struct CancelLines {
    /// Of which order.
    pub order_id: OrderId,
    /// Which pieces.
    pub pieces: Vec<Pieces>,
    /// Whether what was paid for them goes back.
    pub refund: bool,
    /// Whether whoever wants it may pay back.
    pub may_pay_back: bool,
    /// A remark of staff, at most 1000 characters.
    pub note: Option<String>,
    /// Who wants it.
    pub actor: Actor,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Why nothing is cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelLinesRefusal {
    /// There is no such order.
    NotFound,
    /// Nothing of an order in this status can be cancelled: it was given up, or all of it has left the shop.
    NothingLeft { status: OrderStatus },
    /// No pieces are named.
    NoPieces,
    /// Some pieces cannot be cancelled.
    Pieces(PiecesRefusal),
    /// It gives the whole order up, which keeps no money then.
    KeepsNothing,
    /// Money would go back, and whoever wants it may not pay back.
    MayNotPayBack,
}

impl Refusal for CancelLinesRefusal {}

impl From<PiecesRefusal> for CancelLinesRefusal {
    fn from(reason: PiecesRefusal) -> Self {
        Self::Pieces(reason)
    }
}

/// Cancels them; what was decided to go back for it.
pub async fn cancel_lines(
    conn: &mut AsyncPgConnection,
    cancel: &CancelLines,
) -> Outcome<Vec<RefundId>, CancelLinesRefusal> {
    conn.transaction(async |conn| {
        let order = lock(conn, cancel.order_id).await?.ok_or(CancelLinesRefusal::NotFound)?;
        let status = order.status();
        if !status.holds_stock() {
            return Err(CancelLinesRefusal::NothingLeft { status }.into());
        }
        if cancel.pieces.is_empty() {
            return Err(CancelLinesRefusal::NoPieces.into());
        }
        let lines = lines_by_orders(conn, &[order.id]).await?;
        let asked = ask(&lines, &cancel.pieces, OrderLine::left)?;
        let left: i32 = lines.iter().map(OrderLine::left).sum();
        let is_last = left == asked.iter().map(|asked| asked.quantity).sum::<i32>();
        let was_sent = lines.iter().any(|line| line.shipped > 0);
        if is_last && !was_sent {
            return give_whole_up(conn, &order, cancel).await;
        }
        let books = Books::of(&order, &asked, cancel.refund);
        if books.back > 0 && !cancel.may_pay_back {
            return Err(CancelLinesRefusal::MayNotPayBack.into());
        }
        Ok(cancel_some(conn, &order, &asked, books, is_last, cancel).await?)
    })
    .await
}

async fn give_whole_up(
    conn: &AsyncPgConnection,
    order: &Order,
    cancel: &CancelLines,
) -> Outcome<Vec<RefundId>, CancelLinesRefusal> {
    if order.kept() > 0 && !cancel.refund {
        return Err(CancelLinesRefusal::KeepsNothing.into());
    }
    if order.kept() > 0 && !cancel.may_pay_back {
        return Err(CancelLinesRefusal::MayNotPayBack.into());
    }
    let by = (cancel.actor, cancel.note.as_deref());
    Ok(give_up(conn, order, CancelReason::Staff, by, cancel.at).await?)
}

/// What the cancellation does to the order's amounts, in minor units.
#[derive(Debug, Clone, Copy)]
struct Books {
    /// What is owed no longer.
    value: i64,
    /// What goes back.
    back: i64,
    /// What is still to be paid then; nothing of an order that is paid.
    due: i64,
}

impl Books {
    fn of(order: &Order, asked: &[Asked<'_>], refund: bool) -> Self {
        let value =
            asked.iter().map(|asked| asked.line.share(asked.line.cancelled, asked.quantity)).sum::<i64>();
        if order.status() == OrderStatus::Pending {
            // Somebody may have paid a part: what that exceeds the rest by is nobody's but theirs.
            let due = order.owed() - value - order.kept();
            return Self { value, back: (-due).max(0), due: due.max(0) };
        }
        let price = asked.iter().map(|asked| asked.line.price_back(not_paid_back(asked))).sum::<i64>();
        Self { value, back: if refund { price.min(order.kept()) } else { 0 }, due: 0 }
    }
}

/// Of how many of these pieces the price did not go back before.
fn not_paid_back(asked: &Asked<'_>) -> i32 {
    asked.quantity.min(asked.line.refundable())
}

async fn cancel_some(
    conn: &AsyncPgConnection,
    order: &Order,
    asked: &[Asked<'_>],
    books: Books,
    is_last: bool,
    cancel: &CancelLines,
) -> Result<Vec<RefundId>> {
    let (status, actor, note) = (order.status(), cancel.actor, cancel.note.as_deref());
    let pending = status == OrderStatus::Pending;
    let refunded = |asked: &Asked<'_>| if books.back > 0 && !pending { not_paid_back(asked) } else { 0 };
    let counts: Vec<Count> = asked
        .iter()
        .map(|asked| Count {
            cancelled: asked.quantity,
            uncharged: if pending { not_paid_back(asked) } else { 0 },
            refunded: refunded(asked),
            ..Count::of(asked.line.id)
        })
        .collect();
    pieces::count(conn, &counts).await?;
    let payments = queries::lock_payments_of(conn, order.id).await?;
    let mut refunds = Vec::new();
    let mut data = json!({ "lines": pieces::told(asked), "value": books.value });
    if books.back > 0 {
        let lines: Vec<(OrderLineId, i32)> = asked
            .iter()
            .map(|asked| (asked.line.id, refunded(asked)))
            .filter(|(_, quantity)| *quantity > 0)
            .collect();
        let reason = RefundReason::LinesCancelled;
        let back = PayBack { amount: books.back, reason, note, lines: &lines, actor, at: cancel.at };
        refunds = pay_back_from(conn, &payments, back).await?;
        data["refundIds"] = refunds.iter().map(ToString::to_string).collect();
        data["amount"] = books.back.into();
    }
    if pending {
        make_way(conn, &payments, books.due).await?;
    }
    stock::release(conn, order.id, asked).await?;
    let event = NewEvent {
        note,
        moved: Moved { cancelled: books.value, refunded: books.back, ..Moved::default() },
        data: Some(data),
        ..NewEvent::new(order.id, Change::Fact(EventKind::LinesCancelled), actor)
    };
    events::append(conn, event).await?;
    let next = match status {
        OrderStatus::Pending if books.due == 0 => Some(OrderStatus::Paid),
        OrderStatus::Processing if is_last => Some(OrderStatus::Shipped),
        _ => None,
    };
    if let Some(to) = next {
        events::append(conn, NewEvent::new(order.id, Change::Status { from: status, to }, actor)).await?;
    }
    Ok(refunds)
}

/// Gives open payments up that are over more than is due now, so that the customer pays what is. What a bank holds already
/// stays: so much of it is taken as is due.
async fn make_way(conn: &AsyncPgConnection, payments: &[Payment], due: i64) -> Result<()> {
    let too_much = |payment: &&Payment| {
        due == 0 || payment.status() != PaymentStatus::Authorized && payment.amount().minor != due
    };
    let others: Vec<Payment> = payments.iter().filter(too_much).cloned().collect();
    cancel_open(conn, &others).await
}
