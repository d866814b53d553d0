//! Settling what a provider told of a refund.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use super::events::{self, Actor, Change, EventKind, Moved, NewEvent};
use super::lock::lock;
use crate::error::{Error, Result};
use crate::ids::{PaymentId, RefundId};
use crate::payments::store::{self, Entry, NewRefund};
use crate::payments::{
    Outcome, Payment, PaymentStatus, Refund, RefundReason, RefundStatus, TransactionKind, queries,
};

/// What was told of a refund.
#[derive(Debug, Clone)]
pub struct SettleRefund {
    /// The payment that it is taken from.
    pub payment: PaymentId,
    /// Ours, where the provider says which.
    pub refund: Option<RefundId>,
    /// What the provider calls it; none where it was never made there.
    pub reference: Option<String>,
    /// How much, in minor units.
    pub amount: i64,
    /// How it stands.
    pub told: RefundTold,
    /// Now.
    pub at: DateTime<Utc>,
}

/// How a refund stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundTold {
    /// The provider is at it.
    UnderWay,
    /// The money is back.
    Done,
    /// The provider could not do it.
    Failed(String),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettledRefund {
    /// The books say it.
    Settled,
    /// Money goes back that has not come in by the books: word of that is still to come.
    TooEarly,
}

/// Settles it. One that nobody here asked for was made at the provider: it is entered into the books, so that nothing is
/// paid back twice. What is known already changes nothing.
pub async fn settle_refund(conn: &mut AsyncPgConnection, settle: &SettleRefund) -> Result<SettledRefund> {
    conn.transaction::<_, Error, _>(async |conn| {
        let Some(found) = queries::payments_by_ids(conn, &[settle.payment]).await?.pop() else {
            return Ok(SettledRefund::Settled);
        };
        lock(conn, found.order_id).await?;
        let payment = queries::lock_payment(conn, found.id).await?;
        match which(conn, &payment, settle).await? {
            Some(refund) => advance(conn, &refund, settle).await?,
            None if settle.told != RefundTold::Done => {}
            None => match payment.status() {
                PaymentStatus::Captured if lets_go(conn, &payment, settle).await? => {}
                PaymentStatus::Captured => enter(conn, &payment, settle).await?,
                PaymentStatus::Pending | PaymentStatus::Authorized => return Ok(SettledRefund::TooEarly),
                // Nothing came in, so nothing goes back but what a bank held.
                PaymentStatus::Cancelled => {}
            },
        }
        Ok(SettledRefund::Settled)
    })
    .await
}

/// The refund that was told of, locked.
async fn which(conn: &AsyncPgConnection, payment: &Payment, settle: &SettleRefund) -> Result<Option<Refund>> {
    let named = match &settle.reference {
        Some(reference) => queries::refund_by_reference(conn, payment.id, reference).await?,
        None => None,
    };
    let id = match (named, settle.refund) {
        (Some(refund), _) => refund.id,
        (None, Some(id)) => id,
        (None, None) => return Ok(None),
    };
    let refund = queries::refunds_by_ids(conn, &[id]).await?.pop();
    match refund.filter(|refund| refund.payment_id == payment.id) {
        Some(refund) => Ok(Some(queries::lock_refund(conn, refund.id).await?)),
        None => Ok(None),
    }
}

async fn advance(conn: &AsyncPgConnection, refund: &Refund, settle: &SettleRefund) -> Result<()> {
    let (known, reference) = (refund.provider_ref.as_deref(), settle.reference.as_deref());
    if reference.is_some_and(|told| refund.failed_refs.iter().any(|failed| failed == told)) {
        // Of an attempt that another has followed since.
        return Ok(());
    }
    let same = known == reference;
    let (kind, status, failure) = match (&settle.told, refund.status()) {
        (RefundTold::Done, RefundStatus::Pending) => {
            (EventKind::RefundSucceeded, RefundStatus::Succeeded, None)
        }
        // That it failed is a provider's last word on an attempt; this was another one.
        (RefundTold::Done, RefundStatus::Failed) if !same => {
            (EventKind::RefundSucceeded, RefundStatus::Succeeded, None)
        }
        (RefundTold::Done, RefundStatus::Succeeded) if !same => {
            // The provider has done one refund twice. It must not happen; should it, somebody has to know.
            tracing::error!(refund = %refund.id, reference, "a refund was made twice at its provider");
            return Ok(());
        }
        // Or it was never made.
        (RefundTold::Failed(why), RefundStatus::Pending)
            if same || known.is_none() || reference.is_none() =>
        {
            (EventKind::RefundFailed, RefundStatus::Failed, Some(why.as_str()))
        }
        // A bank can send money back that had arrived.
        (RefundTold::Failed(why), RefundStatus::Succeeded) if same => {
            (EventKind::RefundFailed, RefundStatus::Failed, Some(why.as_str()))
        }
        (RefundTold::UnderWay, RefundStatus::Pending) if known.is_none() => {
            return Ok(store::note_refund(conn, refund.id, RefundStatus::Pending, reference, None).await?);
        }
        _ => return Ok(()),
    };
    store::note_refund(conn, refund.id, status, reference, failure).await?;
    let outcome = if failure.is_none() { Outcome::Succeeded } else { Outcome::Failed };
    tell(conn, refund.payment_id, refund.id, (kind, outcome, failure), settle).await?;
    append(conn, refund.order_id, refund.id, kind, 0, settle).await
}

/// Whether it is no money of the shop's that goes back, but the part of a hold that was not taken: Stripe makes a refund of that
/// as well, and says nowhere that it is one of those. Another one of the same amount is another refund.
async fn lets_go(conn: &AsyncPgConnection, payment: &Payment, settle: &SettleRefund) -> Result<bool> {
    let Some(reference) = &settle.reference else { return Ok(false) };
    if let Some(released) = &payment.released_ref {
        return Ok(released == reference);
    }
    let not_taken = payment.amount().minor - payment.captured().minor;
    if not_taken == 0 || not_taken != settle.amount {
        return Ok(false);
    }
    store::note_released(conn, payment.id, reference).await?;
    Ok(true)
}

/// Enters a refund into the books that was made at the provider.
async fn enter(conn: &AsyncPgConnection, payment: &Payment, settle: &SettleRefund) -> Result<()> {
    if settle.amount > payment.captured().minor - payment.refunded().minor {
        tracing::error!(
            payment = %payment.id, reference = settle.reference,
            "a refund made at the provider does not fit the books: look at the payment's other refunds"
        );
        return Ok(());
    }
    let refund = NewRefund {
        payment,
        amount: settle.amount,
        reason: RefundReason::External,
        note: None,
        reference: settle.reference.as_deref(),
        actor: (Actor::System.as_str(), None),
    };
    let refund = store::open_refund(conn, refund, settle.at).await?;
    let kind = EventKind::RefundSucceeded;
    tell(conn, payment.id, refund, (kind, Outcome::Succeeded, None), settle).await?;
    append(conn, payment.order_id, refund, kind, settle.amount, settle).await
}

async fn tell(
    conn: &AsyncPgConnection,
    payment: PaymentId,
    refund: RefundId,
    (_, outcome, message): (EventKind, Outcome, Option<&str>),
    settle: &SettleRefund,
) -> Result<()> {
    let entry = Entry {
        payment,
        refund: Some(refund),
        kind: TransactionKind::Refund,
        outcome,
        amount: Some(settle.amount),
        message,
    };
    Ok(store::log(conn, entry).await?)
}

async fn append(
    conn: &AsyncPgConnection,
    order: crate::ids::OrderId,
    refund: RefundId,
    kind: EventKind,
    refunded: i64,
    settle: &SettleRefund,
) -> Result<()> {
    let event = NewEvent {
        moved: Moved { refunded, ..Moved::default() },
        data: Some(json!({ "refundId": refund.to_string(), "amount": settle.amount })),
        ..NewEvent::new(order, Change::Fact(kind), Actor::System)
    };
    events::append(conn, event).await?;
    Ok(())
}
