//! Giving a payment up at its provider.

use super::{TillError, key, nothing_will_come, settle, told};
use crate::app::App;
use crate::gateway::GatewayError;
use crate::ids::PaymentId;
use crate::payments::queries::payments_by_ids;
use crate::payments::store::next_key_round;
use crate::payments::{PaymentStatus, Provider, Told};

/// Cancels the payment at its provider, or learns that it was too late: then what came in is settled like any other money.
pub async fn cancel(app: &App, id: PaymentId) -> Result<(), TillError> {
    let Some(payment) = payments_by_ids(&*app.upkeep.get().await?, &[id]).await?.pop() else {
        return Ok(());
    };
    if payment.status() == PaymentStatus::Captured {
        return Ok(());
    }
    let reference = match (&payment.provider_ref, payment.provider()) {
        (Some(reference), Provider::Stripe) => reference,
        // The provider was never told of it, or nobody but us knows of it. Should word of it come later, it is cancelled then.
        _ => return Ok(nothing_will_come(app, &app.upkeep, id).await?),
    };
    let gateway = app.gateways.of(payment.provider()).ok_or(TillError::NoGateway)?;
    match gateway.cancel(reference, &key("cancel", id, payment.key_round)).await {
        Ok(()) | Err(GatewayError::NotFound) => Ok(nothing_will_come(app, &app.upkeep, id).await?),
        Err(GatewayError::UnexpectedState) => {
            let intent = gateway.retrieve(reference).await?;
            settle(app, &app.upkeep, &payment, &intent).await?;
            match told(&intent) {
                Told::Captured { .. } | Told::Cancelled => Ok(()),
                // On its way at the bank: it can be cancelled once that has failed, or it comes in and goes back.
                _ => Err(TillError::NotNow(GatewayError::UnexpectedState)),
            }
        }
        Err(error) => {
            // Its answer to this key may be kept; what was cancelled before is cancelled again in vain, which is told.
            next_key_round(&*app.upkeep.get().await?, id).await?;
            Err(error.into())
        }
    }
}
