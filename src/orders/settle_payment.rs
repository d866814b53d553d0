//! Settling what a provider told of a payment: one transaction for the payment, its order and all that follows.
//!
//! Checkout, webhook and reconciliation all end here, in whatever order and however often: the order's lock makes them take
//! turns, and what is known already changes nothing (`payments::state`).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use super::events::{self, Actor, Change, EventKind, Moved, NewEvent};
use super::give_up::cancel_open;
use super::incoming::{Books, Incoming, incoming};
use super::lock::lock;
use super::model::Order;
use super::pay_back::{PayBack, pay_back_from};
use super::revive::revive;
use super::state::OrderStatus;
use crate::db::schema::orders;
use crate::error::{Error, Result};
use crate::ids::PaymentId;
use crate::payments::store::{self, Entry, Progress};
use crate::payments::work::CancelPayment;
use crate::payments::{Outcome, Payment, PaymentStatus, RefundReason, Told, TransactionKind, queries};
use crate::queue;

/// What was told of a payment.
#[derive(Debug, Clone)]
pub struct SettlePayment {
    /// Which payment.
    pub payment: PaymentId,
    /// What the provider calls it.
    pub reference: Option<String>,
    /// How it stands.
    pub told: Told,
    /// For how long an order holds its stock unpaid.
    pub hold: TimeDelta,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// There is no such payment.
    Unknown,
    /// That was known already.
    Unchanged,
    /// It is another's: the provider calls another payment so.
    OtherReference,
    /// The payment went on.
    Moved {
        /// Where it is now.
        payment: PaymentStatus,
        /// Where its order is now.
        order: OrderStatus,
    },
}

/// Settles it.
pub async fn settle_payment(conn: &mut AsyncPgConnection, settle: &SettlePayment) -> Result<Settled> {
    conn.transaction::<_, Error, _>(async |conn| {
        let Some(found) = queries::payments_by_ids(conn, &[settle.payment]).await?.pop() else {
            return Ok(Settled::Unknown);
        };
        let Some(order) = lock(conn, found.order_id).await? else { return Ok(Settled::Unknown) };
        let payment = queries::lock_payment(conn, found.id).await?;
        if let (Some(known), Some(told)) = (&payment.provider_ref, &settle.reference)
            && known != told
        {
            return Ok(Settled::OtherReference);
        }
        note(conn, &payment, settle).await?;
        let Some(status) = payment.status().after(&settle.told) else {
            note_failure(conn, &order, &payment, settle).await?;
            return Ok(Settled::Unchanged);
        };
        let order = match (&settle.told, status) {
            (Told::Captured { amount }, PaymentStatus::Captured) => {
                came_in(conn, &order, &payment, *amount, settle).await?
            }
            (_, PaymentStatus::Authorized) => authorized(conn, &order, &payment).await?,
            (_, PaymentStatus::Cancelled) => cancelled(conn, &order, &payment, settle).await?,
            _ => order.status(),
        };
        Ok(Settled::Moved { payment: status, order })
    })
    .await
}

/// Writes the payment's own part down.
async fn note(conn: &AsyncPgConnection, payment: &Payment, settle: &SettlePayment) -> Result<()> {
    let status = payment.status().after(&settle.told);
    let (captured, failure) = match &settle.told {
        Told::Captured { amount } => (*amount, None),
        Told::Failed { code, message } => (0, Some((code.clone(), message.clone()))),
        _ => (0, None),
    };
    let named = payment.provider_ref.is_none() && settle.reference.is_some();
    let given_up = !payment.status().is_open() || payment.cancel_requested_at.is_some();
    let lives_on = payment.status() == PaymentStatus::Cancelled && settle.told == Told::Authorized;
    if named && given_up || lives_on {
        // It was given up while its provider was being told of it: now that it has a name there, it can be cancelled.
        queue::enqueue(conn, &CancelPayment { payment: payment.id.0, named: true }).await?;
    }
    if status.is_some() || named || failure.is_some() {
        let progress = Progress { status, captured, reference: settle.reference.clone(), failure };
        store::note_progress(conn, payment, progress).await?;
    }
    let entry = |kind, outcome, amount, message| Entry {
        payment: payment.id,
        refund: None,
        kind,
        outcome,
        amount,
        message,
    };
    if named {
        let entry = entry(TransactionKind::Create, Outcome::Succeeded, Some(payment.amount().minor), None);
        store::log(conn, entry).await?;
    }
    let entry = match status {
        Some(PaymentStatus::Captured) => {
            entry(TransactionKind::Capture, Outcome::Succeeded, Some(captured), None)
        }
        Some(PaymentStatus::Authorized) => {
            entry(TransactionKind::Authorize, Outcome::Succeeded, Some(payment.amount().minor), None)
        }
        Some(PaymentStatus::Cancelled) => entry(TransactionKind::Cancel, Outcome::Succeeded, None, None),
        Some(PaymentStatus::Pending) | None => return Ok(()),
    };
    store::log(conn, entry).await?;
    Ok(())
}

/// The customer's attempt failed: worth an event once, they may try again.
async fn note_failure(
    conn: &AsyncPgConnection,
    order: &Order,
    payment: &Payment,
    settle: &SettlePayment,
) -> Result<()> {
    let Told::Failed { code, message } = &settle.told else { return Ok(()) };
    if !payment.status().is_open() || payment.failure_code.as_ref() == Some(code) {
        return Ok(());
    }
    let entry = Entry {
        payment: payment.id,
        refund: None,
        kind: TransactionKind::Attempt,
        outcome: Outcome::Failed,
        amount: Some(payment.amount().minor),
        message: Some(message),
    };
    store::log(conn, entry).await?;
    let event = NewEvent {
        data: Some(json!({ "paymentId": payment.id.to_string(), "code": code })),
        ..NewEvent::new(order.id, Change::Fact(EventKind::PaymentFailed), Actor::System)
    };
    events::append(conn, event).await?;
    Ok(())
}

/// The money is there: the order is paid by it, or it goes back.
async fn came_in(
    conn: &mut AsyncPgConnection,
    order: &Order,
    payment: &Payment,
    amount: i64,
    settle: &SettlePayment,
) -> Result<OrderStatus> {
    let status = order.status();
    let books =
        Books { status, cancel_reason: order.cancel_reason(), owed: order.owed(), kept: order.kept() };
    let what = match incoming(books, amount) {
        Incoming::ComesLate { .. } if !revive(conn, order.id).await? => Incoming::IsNotOwed,
        what => what,
    };
    let (change, back, reason) = match what {
        Incoming::Pays { excess } | Incoming::ComesLate { excess } => {
            (Change::Status { from: status, to: OrderStatus::Paid }, excess, RefundReason::Overpaid)
        }
        Incoming::PaysInPart => (Change::Fact(EventKind::PaymentReceived), 0, RefundReason::Overpaid),
        Incoming::IsNotOwed => {
            let reason = match status {
                OrderStatus::Cancelled | OrderStatus::Refunded => RefundReason::LatePayment,
                _ => RefundReason::Overpaid,
            };
            (Change::Fact(EventKind::PaymentReceived), amount, reason)
        }
    };
    let payments = queries::lock_payments_of(conn, order.id).await?;
    match what {
        Incoming::Pays { .. } | Incoming::ComesLate { .. } => cancel_open(conn, &payments).await?,
        // The rest may never come.
        Incoming::PaysInPart => give_time(conn, order, &payments, settle).await?,
        Incoming::IsNotOwed => {}
    }
    let mut data = json!({ "paymentId": payment.id.to_string(), "amount": amount });
    if back > 0 {
        let actor = Actor::System;
        let back = PayBack { amount: back, reason, note: None, lines: &[], actor, at: settle.at };
        let this: Vec<Payment> = payments.into_iter().filter(|other| other.id == payment.id).collect();
        let refunds = pay_back_from(conn, &this, back).await?;
        data["refundIds"] = refunds.iter().map(ToString::to_string).collect();
        data["refundReason"] = reason.as_str().into();
    }
    let event = NewEvent {
        moved: Moved { paid: amount, refunded: back, cancelled: 0 },
        data: Some(data),
        ..NewEvent::new(order.id, change, Actor::System)
    };
    events::append(conn, event).await?;
    Ok(if let Change::Status { to, .. } = change { to } else { status })
}

/// The customer's bank holds the money: the order holds its stock until staff decide.
async fn authorized(mut conn: &AsyncPgConnection, order: &Order, payment: &Payment) -> Result<OrderStatus> {
    let status = order.status();
    if status != OrderStatus::Pending {
        // Nobody will take it: the customer gets it back at once, not when the bank's patience ends.
        store::request_cancel(conn, &[payment.id]).await?;
        queue::enqueue(conn, &CancelPayment { payment: payment.id.0, named: true }).await?;
    } else if payment.cancel_requested_at.is_none() {
        diesel::update(orders::table.find(order.id))
            .set(orders::expires_at.eq(None::<DateTime<Utc>>))
            .execute(&mut conn)
            .await?;
    }
    let event = NewEvent {
        data: Some(json!({ "paymentId": payment.id.to_string(), "amount": payment.amount().minor })),
        ..NewEvent::new(order.id, Change::Fact(EventKind::PaymentAuthorized), Actor::System)
    };
    events::append(conn, event).await?;
    Ok(status)
}

/// Nothing will come of the payment.
async fn cancelled(
    conn: &AsyncPgConnection,
    order: &Order,
    payment: &Payment,
    settle: &SettlePayment,
) -> Result<OrderStatus> {
    if payment.status() == PaymentStatus::Authorized && order.status() == OrderStatus::Pending {
        let payments = queries::lock_payments_of(conn, order.id).await?;
        give_time(conn, order, &payments, settle).await?;
    }
    Ok(order.status())
}

/// An order that waits and counts on nothing that a bank holds has the usual time again.
async fn give_time(
    mut conn: &AsyncPgConnection,
    order: &Order,
    payments: &[Payment],
    settle: &SettlePayment,
) -> Result<()> {
    let counts_on = |payment: &Payment| {
        payment.status() == PaymentStatus::Authorized && payment.cancel_requested_at.is_none()
    };
    if order.expires_at.is_none() && !payments.iter().any(counts_on) {
        diesel::update(orders::table.find(order.id))
            .set(orders::expires_at.eq(settle.at + settle.hold))
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}
