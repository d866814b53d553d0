//! Paying back.

use super::{TillError, key};
use crate::app::App;
use crate::gateway::{GatewayError, NewRefund, RefundFact, RefundState};
use crate::ids::{PaymentId, RefundId};
use crate::orders::settle_refund::{RefundTold, SettleRefund, settle_refund};
use crate::payments::queries::{payments_by_ids, refunds_by_ids};
use crate::payments::store::{self, Entry};
use crate::payments::{Outcome, Payment, Provider, Refund, RefundStatus, TransactionKind};

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
            let ours = |fact: &RefundFact| {
                fact.refund == Some(id) && !matches!(fact.state, RefundState::Failed { .. })
            };
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
        Ok(fact) => Ok(settle(app, payment.id, &fact).await?),
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
pub(super) async fn settle(app: &App, payment: PaymentId, fact: &RefundFact) -> crate::error::Result<()> {
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
    settle_refund(&mut *app.upkeep.get().await?, &settle).await?;
    app.relay.wake();
    Ok(())
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
    if let GatewayError::Unavailable { answered: true, .. } = &error {
        // It would repeat that answer to this key. That it has an effect all the same shows before the next attempt.
        store::next_refund_round(&conn, refund.id).await?;
    }
    drop(conn);
    if !error.is_for_now() {
        let settle = SettleRefund {
            payment: payment.id,
            refund: Some(refund.id),
            reference: None,
            amount: refund.amount().minor,
            told: RefundTold::Failed(message),
            at: app.clock.now(),
        };
        settle_refund(&mut *app.upkeep.get().await?, &settle).await?;
        app.relay.wake();
    }
    Ok(error.into())
}
