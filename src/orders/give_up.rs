//! Giving an order up: its stock is free, its open payments are cancelled, what was paid goes back. Part of the verbs that
//! cancel and of the one that lets unpaid orders lapse, in their transaction.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::events::{self, Actor, CancelReason, Change, Moved, NewEvent};
use super::model::Order;
use super::pay_back::{PayBack, pay_back_from};
use super::state::OrderStatus;
use super::stock::release_left;
use crate::error::Result;
use crate::ids::{PaymentId, RefundId};
use crate::payments::work::CancelPayment;
use crate::payments::{Payment, RefundReason, queries, store};
use crate::pricing;
use crate::queue;

/// Gives the order up, which is locked and of which nothing was sent; what was decided to go back.
pub(super) async fn give_up(
    conn: &AsyncPgConnection,
    order: &Order,
    reason: CancelReason,
    (actor, note): (Actor, Option<&str>),
    at: DateTime<Utc>,
) -> Result<Vec<RefundId>> {
    let from = order.status();
    let payments = queries::lock_payments_of(conn, order.id).await?;
    cancel_open(conn, &payments).await?;
    let kept = order.kept();
    let (mut refunds, mut data) = (Vec::new(), None);
    if kept > 0 {
        let back =
            PayBack { amount: kept, reason: RefundReason::OrderCancelled, note, lines: &[], actor, at };
        refunds = pay_back_from(conn, &payments, back).await?;
        let ids: Vec<String> = refunds.iter().map(ToString::to_string).collect();
        data = Some(json!({ "refundIds": ids, "amount": kept }));
    }
    release_left(conn, order.id).await?;
    pricing::discount::give_back(conn, order.id).await?;
    let change = Change::Status { from, to: OrderStatus::Cancelled };
    let event = NewEvent {
        note,
        moved: Moved { refunded: kept, ..Moved::default() },
        cancel_reason: Some(reason),
        data,
        ..NewEvent::new(order.id, change, actor)
    };
    events::append(conn, event).await?;
    Ok(refunds)
}

/// Has the payments given up that a customer could still pay.
pub(super) async fn cancel_open(conn: &AsyncPgConnection, payments: &[Payment]) -> Result<()> {
    let open: Vec<&Payment> = payments
        .iter()
        .filter(|payment| payment.status().is_open() && payment.cancel_requested_at.is_none())
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let ids: Vec<PaymentId> = open.iter().map(|payment| payment.id).collect();
    store::request_cancel(conn, &ids).await?;
    for payment in open {
        queue::enqueue(conn, &CancelPayment::of(payment)).await?;
    }
    Ok(())
}
