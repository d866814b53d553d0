//! Taking the money that a bank holds for the shop.

use super::{TillError, key, nothing_will_come, settle};
use crate::app::App;
use crate::gateway::{GatewayError, IntentState};
use crate::ids::PaymentId;
use crate::money::Money;
use crate::payments::queries::payments_by_ids;
use crate::payments::store::{self, Entry};
use crate::payments::{Outcome, Payment, PaymentStatus, TransactionKind};

/// Captures as much of the payment as staff asked for.
pub async fn capture(app: &App, id: PaymentId) -> Result<(), TillError> {
    let Some(payment) = payments_by_ids(&*app.upkeep.get().await?, &[id]).await?.pop() else {
        return Ok(());
    };
    let (Some(reference), Some(amount)) = (&payment.provider_ref, payment.capture_requested) else {
        return Ok(());
    };
    if payment.status() != PaymentStatus::Authorized || payment.cancel_requested_at.is_some() {
        return Ok(());
    }
    let gateway = app.gateways.of(payment.provider()).ok_or(TillError::NoGateway)?;
    let amount = Money::new(amount, payment.amount().currency);
    // Whether an earlier attempt has done it, the state tells; a key that keeps failing is not asked with again.
    let standing = match gateway.retrieve(reference).await {
        Err(error @ GatewayError::NotFound) => {
            tracing::error!(payment = %id, reference, %error, "a payment is unknown at its provider: nothing will come of it");
            return Ok(nothing_will_come(app, &app.upkeep, id).await?);
        }
        standing => standing?,
    };
    if !matches!(standing.state, IntentState::Authorized { .. }) {
        settle(app, &app.upkeep, &payment, &standing).await?;
        return Ok(());
    }
    let intent = match gateway.capture(reference, amount, &key("capture", id, payment.key_round)).await {
        Err(error @ GatewayError::UnexpectedState) => {
            let standing = gateway.retrieve(reference).await?;
            if matches!(standing.state, IntentState::Authorized { .. }) {
                return Err(not_taken(app, &payment, amount, error).await?);
            }
            standing
        }
        Err(error) => return Err(not_taken(app, &payment, amount, error).await?),
        Ok(intent) => intent,
    };
    settle(app, &app.upkeep, &payment, &intent).await?;
    Ok(())
}

/// Notes why the money was not taken. Where it never will be, so much of it, staff can ask for another amount.
async fn not_taken(
    app: &App,
    payment: &Payment,
    amount: Money,
    error: GatewayError,
) -> Result<TillError, TillError> {
    let conn = app.upkeep.get().await?;
    store::next_key_round(&conn, payment.id).await?;
    if !error.is_for_now() {
        store::forget_capture(&conn, payment.id, amount.minor).await?;
        let entry = Entry {
            payment: payment.id,
            refund: None,
            kind: TransactionKind::Capture,
            outcome: Outcome::Failed,
            amount: Some(amount.minor),
            message: Some(&error.to_string()),
        };
        store::log(&conn, entry).await?;
    }
    Ok(error.into())
}
