//! Taking pieces back that had left the shop, with their price or a part of it if the customer is to have that.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use super::events::{self, Actor, Change, EventKind, Moved, NewEvent};
use super::lock::lock;
use super::model::{Order, OrderLine};
use super::pay_back::{PayBack, pay_back};
use super::pieces::{self, Asked, Count, Pieces, PiecesRefusal, ask};
use super::queries::lines_by_orders;
use super::returns::{CameBack, take_back};
use crate::error::{Outcome, Refusal};
use crate::ids::{OrderId, OrderLineId, RefundId, ReturnId};
use crate::money::Money;
use crate::payments::RefundReason;

/// Pieces that came back.
#[derive(Debug, Clone)]
pub struct ReturnLines {
    /// Of which order.
    pub order_id: OrderId,
    /// Which pieces, and whether they can be sold once more.
    pub pieces: Vec<(Pieces, bool)>,
    /// What goes back for them.
    pub refund: ReturnRefund,
    /// A remark of staff: why, and in what state; at most 1000 characters.
    pub note: Option<String>,
    /// Who takes them back.
    pub actor: Actor,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What goes back for pieces that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnRefund {
    /// Nothing, for now.
    Nothing,
    /// Their price, as far as it did not go back before.
    Price,
    /// So much, in minor units.
    Amount(i64),
}

/// Why nothing is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnRefusal {
    /// There is no such order.
    NotFound,
    /// No pieces are named.
    NoPieces,
    /// Some pieces are not with the customer.
    Pieces(PiecesRefusal),
    /// There is nothing to pay back: the order keeps nothing, or the price of all these pieces went back before.
    NothingKept,
    /// An amount is more than nothing, and no more than the order keeps.
    AmountInvalid { asked: Money, kept: Money },
}

impl Refusal for ReturnRefusal {}

impl From<PiecesRefusal> for ReturnRefusal {
    fn from(reason: PiecesRefusal) -> Self {
        Self::Pieces(reason)
    }
}

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The return.
    pub return_id: ReturnId,
    /// What was decided to go back for it.
    pub refunds: Vec<RefundId>,
}

/// Takes them back. What has left the shop can come back whatever has become of its order.
pub async fn return_lines(
    conn: &mut AsyncPgConnection,
    back: &ReturnLines,
) -> Outcome<Returned, ReturnRefusal> {
    conn.transaction(async |conn| {
        let order = lock(conn, back.order_id).await?.ok_or(ReturnRefusal::NotFound)?;
        if back.pieces.is_empty() {
            return Err(ReturnRefusal::NoPieces.into());
        }
        let lines = lines_by_orders(conn, &[order.id]).await?;
        let asked: Vec<Pieces> = back.pieces.iter().map(|(pieces, _)| *pieces).collect();
        let came = ask(&lines, &asked, OrderLine::away)?;
        let amount = amount(&order, &came, back.refund)?;
        let (actor, note) = (back.actor, back.note.as_deref());
        let return_id = take_back(conn, order.id, &sorted(&lines, &back.pieces), (actor, note)).await?;
        let mut data = json!({ "returnId": return_id.to_string(), "lines": pieces::told(&came) });
        let mut refunds = Vec::new();
        if amount > 0 {
            let paid_back = paid_back(&came);
            let counts: Vec<Count> = paid_back
                .iter()
                .map(|(line, quantity)| Count { refunded: *quantity, ..Count::of(*line) })
                .collect();
            pieces::count(conn, &counts).await?;
            let reason = RefundReason::Returned;
            let pay = PayBack { amount, reason, note, lines: &paid_back, actor, at: back.at };
            refunds = pay_back(conn, &order, pay).await?;
            data["refundIds"] = refunds.iter().map(ToString::to_string).collect();
            data["amount"] = amount.into();
        }
        let event = NewEvent {
            note,
            moved: Moved { refunded: amount, ..Moved::default() },
            data: Some(data),
            ..NewEvent::new(order.id, Change::Fact(EventKind::ReturnReceived), actor)
        };
        events::append(conn, event).await?;
        Ok(Returned { return_id, refunds })
    })
    .await
}

/// What goes back, in minor units.
fn amount(order: &Order, came: &[Asked<'_>], refund: ReturnRefund) -> Outcome<i64, ReturnRefusal> {
    let kept = order.amount(order.kept());
    match refund {
        ReturnRefund::Nothing => Ok(0),
        ReturnRefund::Amount(asked) if asked < 1 || asked > kept.minor => {
            Err(ReturnRefusal::AmountInvalid { asked: order.amount(asked), kept }.into())
        }
        ReturnRefund::Amount(asked) => Ok(asked),
        ReturnRefund::Price => {
            let price =
                |asked: &Asked<'_>| asked.line.price_back(asked.quantity.min(asked.line.refundable()));
            let price = came.iter().map(price).sum::<i64>().min(kept.minor);
            // Whoever pays back nothing has to say so.
            if price == 0 { Err(ReturnRefusal::NothingKept.into()) } else { Ok(price) }
        }
    }
}

/// Of which pieces the price goes back: of all but those whose price went back before.
fn paid_back(came: &[Asked<'_>]) -> Vec<(OrderLineId, i32)> {
    came.iter()
        .map(|asked| (asked.line.id, asked.quantity.min(asked.line.refundable())))
        .filter(|(_, quantity)| *quantity > 0)
        .collect()
}

/// The pieces of each line once, those that can be sold again and those that cannot; all of them are lines of the order.
pub(super) fn sorted<'a>(lines: &'a [OrderLine], pieces: &[(Pieces, bool)]) -> Vec<CameBack<'a>> {
    let mut sorted: Vec<CameBack<'a>> = Vec::new();
    for (pieces, restock) in pieces {
        let known = |back: &&mut CameBack<'_>| back.pieces.line.id == pieces.line && back.restock == *restock;
        match sorted.iter_mut().find(known) {
            Some(back) => back.pieces.quantity += pieces.quantity,
            None => sorted.extend(lines.iter().find(|line| line.id == pieces.line).map(|line| CameBack {
                pieces: Asked { line, quantity: pieces.quantity },
                restock: *restock,
            })),
        }
    }
    sorted
}
