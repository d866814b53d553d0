//! Taking the money that a bank holds for the shop.

use super::{TillError, key, nothing_will_come, settle};
use crate::app::App;
use crate::gateway::GatewayError;
use crate::ids::PaymentId;
use crate::money::Money;
use crate::payments::PaymentStatus;
use crate::payments::queries::payments_by_ids;

/// Captures as much of the payment as staff asked for.
pub async fn capture(app: &App, id: PaymentId) -> Result<(), TillError> {
    let Some(payment) = payments_by_ids(&*app.upkeep.get().await?, &[id]).await?.pop() else {
        return Ok(());
    };
    let (Some(reference), Some(amount)) = (&payment.provider_ref, payment.capture_requested) else {
        return Ok(());
    };
    if payment.status() != PaymentStatus::Authorized {
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
    if !matches!(standing.state, crate::gateway::IntentState::Authorized { .. }) {
        settle(app, &app.upkeep, &payment, &standing).await?;
        return Ok(());
    }
    let intent = match gateway.capture(reference, amount, &key("capture", id, payment.key_round)).await {
        Err(GatewayError::UnexpectedState) => gateway.retrieve(reference).await?,
        Err(error) => {
            crate::payments::store::next_key_round(&*app.upkeep.get().await?, id).await?;
            return Err(error.into());
        }
        Ok(intent) => intent,
    };
    settle(app, &app.upkeep, &payment, &intent).await?;
    Ok(())
}
