//! Paying back.

use chrono::TimeDelta;

use super::{TillError, key};
use crate::app::App;
use crate::gateway::{GatewayError, NewRefund, RefundFact, RefundState, Word};
use crate::ids::{PaymentId, RefundId};
use crate::orders::settle_refund::{RefundTold, SettleRefund, SettledRefund, settle_refund};
use crate::payments::queries::{payments_by_ids, refunds_by_ids};
use crate::payments::store::{self, Entry};
use crate::payments::{Outcome, Payment, Provider, Refund, RefundStatus, TransactionKind};

/// How long a provider may be at a request that it has not answered: until then it is sent the same key, unless it says itself
/// that it is done with that.
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
    let known = match payment.provider() {
        Provider::Stripe => gateway.refunds_of(&reference).await?,
        Provider::Manual => Vec::new(),
    };
    let ours = known
        .into_iter()
        .filter(|fact| fact.refund == Some(id) && !refund.failed_refs.contains(&fact.reference));
    let (failed, made): (Vec<_>, Vec<_>) =
        ours.partition(|fact| matches!(fact.state, RefundState::Failed { .. }));
    // Whether one that failed is tried again, staff decide.
    if let Some(fact) = made.first().or(failed.first()) {
        return settle(app, &payment, fact).await;
    }
    // Noted before it is asked: whoever dies on the way has heard no answer.
    store::note_silence(&*app.upkeep.get().await?, id, Some(app.clock.now())).await?;
    let new = NewRefund {
        intent: reference,
        refund: id,
        amount: refund.amount(),
        key: key("refund", id, refund.key_round),
    };
    match gateway.refund(&new).await {
        Ok(fact) => settle(app, &payment, &fact).await,
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
        settle(app, payment, &fact).await?;
    }
    Ok(())
}

/// Settles what the provider told of a refund.
pub(super) async fn settle(app: &App, payment: &Payment, fact: &RefundFact) -> Result<(), TillError> {
    if settle_as_it_is(app, payment.id, fact).await? == SettledRefund::Settled {
        return Ok(());
    }
    // What is told of the payment itself may wait behind this.
    let too_early = || TillError::NotNow(GatewayError::UnexpectedState);
    let gateway = app.gateways.of(payment.provider()).ok_or(TillError::NoGateway)?;
    let reference = payment.provider_ref.as_ref().ok_or_else(too_early)?;
    let intent = gateway.retrieve(reference).await?;
    super::settle(app, &app.upkeep, payment, &intent).await?;
    match settle_as_it_is(app, payment.id, fact).await? {
        SettledRefund::Settled => Ok(()),
        SettledRefund::TooEarly => Err(too_early()),
    }
}

async fn settle_as_it_is(
    app: &App,
    payment: PaymentId,
    fact: &RefundFact,
) -> crate::error::Result<SettledRefund> {
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
    Ok(settled)
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
    let at_it_still = refund.silent_at.is_some_and(|silent| now - silent <= AT_IT_STILL);
    match error {
        // What was noted before it was asked stays.
        GatewayError::Unavailable { word: Word::None, after_effect_possible: true, .. } => {}
        GatewayError::Unavailable { word: Word::Failed, .. } if at_it_still => {
            store::note_silence(&conn, refund.id, refund.silent_at).await?;
        }
        GatewayError::Unavailable { word: Word::Failed | Word::Repeated, .. } => {
            // It would repeat that answer to this key. That it has an effect all the same shows before the next attempt.
            store::note_silence(&conn, refund.id, None).await?;
            store::next_refund_round(&conn, refund.id).await?;
        }
        _ => store::note_silence(&conn, refund.id, refund.silent_at).await?,
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
