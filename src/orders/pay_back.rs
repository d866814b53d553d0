//! Deciding that money goes back: part of every verb that owes a customer something, in the verb's own transaction.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::events::Actor;
use super::model::Order;
use crate::error::Result;
use crate::ids::{OrderLineId, RefundId};
use crate::payments::store::{self, NewRefund};
use crate::payments::work::SendRefund;
use crate::payments::{Payment, RefundReason, queries};
use crate::queue;

/// What goes back, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct PayBack<'a> {
    /// How much, in minor units.
    pub(super) amount: i64,
    /// What for.
    pub(super) reason: RefundReason,
    /// A remark of staff.
    pub(super) note: Option<&'a str>,
    /// The pieces that it is for.
    pub(super) lines: &'a [(OrderLineId, i32)],
    /// Who wants it.
    pub(super) actor: Actor,
    /// Now.
    pub(super) at: DateTime<Utc>,
}

/// Writes down what goes back, from the newest payment to the oldest, with the jobs that do it. The order is locked; its
/// `refunded` moves with the event that the caller appends. An error when the payments do not have so much: the order's
/// books are wrong then, and better nothing happens.
pub(super) async fn pay_back(
    conn: &AsyncPgConnection,
    order: &Order,
    back: PayBack<'_>,
) -> Result<Vec<RefundId>> {
    let payments = queries::lock_payments_of(conn, order.id).await?;
    pay_back_from(conn, &payments, back).await
}

/// The same from these payments, which are locked.
pub(super) async fn pay_back_from(
    conn: &AsyncPgConnection,
    payments: &[Payment],
    back: PayBack<'_>,
) -> Result<Vec<RefundId>> {
    let mut left = back.amount;
    let mut refunds = Vec::new();
    for payment in payments {
        let amount = left.min(payment.captured().minor - payment.refunded().minor);
        if amount <= 0 {
            continue;
        }
        let actor = (back.actor.as_str(), back.actor.user_id());
        let refund =
            NewRefund { payment, amount, reason: back.reason, note: back.note, reference: None, actor };
        let refund = store::open_refund(conn, refund, back.at).await?;
        if refunds.is_empty() && !back.lines.is_empty() {
            store::add_refund_lines(conn, refund, back.lines).await?;
        }
        queue::enqueue(conn, &SendRefund { refund: refund.0 }).await?;
        refunds.push(refund);
        left -= amount;
    }
    if left == 0 {
        return Ok(refunds);
    }
    Err(anyhow::anyhow!("the payments have {left} less than is to be paid back").into())
}
