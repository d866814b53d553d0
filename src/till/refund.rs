//! Paying back.

use chrono::TimeDelta;

use super::{TillError, key};
use crate::app::App;
use crate::gateway::{GatewayError, NewRefund, RefundFact, RefundState};
use crate::ids::{PaymentId, RefundId};
use crate::orders::settle_refund::{RefundTold, SettleRefund, SettledRefund, settle_refund};
use crate::payments::queries::{payments_by_ids, refunds_by_ids};
use crate::payments::store::{self, Entry};
use crate::payments::{Outcome, Payment, Provider, Refund, RefundStatus, TransactionKind};

/// How long a provider may be at a request that it has not answered, and to which it is sent the same key until then.
const AT_IT_STILL: TimeDelta = TimeDelta::minutes(15);

/// Pays the refund back at its payment's provider. Before it asks, it looks whether an earlier attempt got through of which
/// no word came back: keys alone would not do, for providers forget them after a day.
pub async fn refund(app: &App, id: RefundId) -> Result<(), TillError> {
    let conn = app.upkeep.get().await?;
    let Some(refund) = refunds_by_ids(&conn, &[id]).await?.pop() else { return Ok(()) };
    let payment = payments_by_ids(&conn, &[refund.payment_id]).await?.pop();
    drop(conn);
    let Some(payment) = payment else { return Ok(()) };
    if refund.status() != RefundStatus::Pending {
        return Ok(());
    }
    let gateway = app.gateways.of(payment.provider()).ok_or(TillError::NoGateway)?;
    // What an order of before the books was paid by has no name of ours.
    let reference = payment.provider_ref.clone().unwrap_or_default();
    let made = match payment.provider() {
        Provider::Stripe => {
            let failed = |fact: &RefundFact| {
                matches!(fact.state, RefundState::Failed { .. })
                    || refund.failed_refs.contains(&fact.reference)
            };
            let ours = |fact: &RefundFact| fact.refund == Some(id) && !failed(fact);
            gateway.refunds_of(&reference).await?.into_iter().find(ours)
        }
        Provider::Manual => None,
    };
    let fact = match made {
        Some(fact) => Ok(fact),
        None => {
            let new = NewRefund {
                intent: reference,
                refund: id,
                amount: refund.amount(),
                key: key("refund", id, refund.key_round),
            };
            gateway.refund(&new).await
        }
    };
    match fact {
        Ok(fact) => settle(app, payment.id, &fact).await,
        Err(error) => Err(not_made(app, &payment, &refund, error).await?),
    }
}

/// Asks the provider for all the refunds of a payment, and settles them.
pub(super) async fn ask_after_all(app: &App, payment: &Payment) -> Result<(), TillError> {
    let (Some(gateway), Some(reference)) = (app.gateways.of(payment.provider()), &payment.provider_ref)
    else {
        return Ok(());
    };
    for fact in gateway.refunds_of(reference).await? {
        settle(app, payment.id, &fact).await?;
    }
    Ok(())
}

/// Settles what the provider told of a refund.
pub(super) async fn settle(app: &App, payment: PaymentId, fact: &RefundFact) -> Result<(), TillError> {
    let settle = SettleRefund {
        payment,
        refund: fact.refund,
        reference: Some(fact.reference.clone()),
        amount: fact.amount.minor,
        told: match &fact.state {
            RefundState::Pending => RefundTold::UnderWay,
            RefundState::Succeeded => RefundTold::Done,
            RefundState::Failed { reason } => RefundTold::Failed(reason.clone()),
        },
        at: app.clock.now(),
    };
    let settled = settle_refund(&mut *app.upkeep.get().await?, &settle).await?;
    app.relay.wake();
    match settled {
        SettledRefund::Settled => Ok(()),
        SettledRefund::TooEarly => Err(TillError::NotNow(GatewayError::UnexpectedState)),
    }
}

/// Notes why a refund was not made. One that the provider refuses for good is for staff to see to.
async fn not_made(
    app: &App,
    payment: &Payment,
    refund: &Refund,
    error: GatewayError,
) -> crate::error::Result<TillError> {
    let conn = app.upkeep.get().await?;
    let message = error.to_string();
    let outcome = if error.is_for_now() { Outcome::Unknown } else { Outcome::Failed };
    let entry = Entry {
        payment: payment.id,
        refund: Some(refund.id),
        kind: TransactionKind::Refund,
        outcome,
        amount: Some(refund.amount().minor),
        message: Some(&message),
    };
    store::log(&conn, entry).await?;
    let now = app.clock.now();
    match &error {
        GatewayError::Unavailable { answered: false, after_effect_possible: true, .. } => {
            store::note_silence(&conn, refund.id, now).await?;
        }
        // It would repeat that answer to this key. That it has an effect all the same shows before the next attempt; but not while
        // it may still be at an attempt that it has not answered.
        GatewayError::Unavailable { answered: true, .. }
            if refund.silent_at.is_none_or(|silent| now - silent > AT_IT_STILL) =>
        {
            store::next_refund_round(&conn, refund.id).await?;
        }
        _ => {}
    }
    drop(conn);
    if !error.is_for_now() {
        let settle = SettleRefund {
            payment: payment.id,
            refund: Some(refund.id),
            reference: None,
            amount: refund.amount().minor,
            told: RefundTold::Failed(message),
            at: now,
        };
        settle_refund(&mut *app.upkeep.get().await?, &settle).await?;
        app.relay.wake();
    }
    Ok(error.into())
}
