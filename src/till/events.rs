//! What Stripe tells by webhook: kept at once, worked off by a job.
//!
//! An event says how something stood when it was written. What it says of a payment is settled as it is, for a payment only
//! ever goes on (`payments::state`): so events may come twice, late, in any order, and while Stripe cannot be asked. Of
//! anything else it says that it is time to ask, but of a refund: there a failure is the last word on an attempt.

use super::{TillError, refund, settle};
use crate::app::App;
use crate::error::{Error, Result};
use crate::gateway::{About, GatewayEvent, Intent, Provider};
use crate::payments::inbox::{self, Arrived};
use crate::payments::{Payment, queries};

/// What events are sealed for.
const PURPOSE: &str = "cartograph gateway event";

/// Why an event was not taken.
#[derive(Debug)]
pub enum ReceiveError {
    /// The shop expects none.
    NotTaken,
    /// It is not known to be Stripe's, or not of lately.
    NotSigned,
    /// It is Stripe's, and cannot be read.
    NotUnderstood,
    /// We could not keep it.
    Ours(Error),
}

impl From<Error> for ReceiveError {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Keeps an event that is signed, once.
pub async fn receive(
    app: &App,
    body: &[u8],
    signature: Option<&str>,
) -> std::result::Result<(), ReceiveError> {
    let stripe = app.gateways.stripe.as_ref().ok_or(ReceiveError::NotTaken)?;
    stripe.verify(signature, body, app.clock.now()).map_err(|_| ReceiveError::NotSigned)?;
    let event = GatewayEvent::parse(body).map_err(|_| ReceiveError::NotUnderstood)?;
    let arrived = Arrived {
        provider: Provider::Stripe,
        id: &event.id,
        kind: &event.kind,
        about: intent_of(&event.about),
        payload: app.sealer.seal(PURPOSE, body),
    };
    let new = inbox::receive(&mut *app.db.get().await?, arrived).await.map_err(Error::from)?;
    if new {
        app.worker.wake();
    }
    Ok(())
}

/// Does what an event asks for that was kept.
pub async fn handle(app: &App, provider: Provider, id: &str) -> std::result::Result<(), TillError> {
    let Some(sealed) = inbox::find(&*app.upkeep.get().await?, provider, id).await? else {
        return Ok(());
    };
    let opened = app.sealer.open(PURPOSE, &sealed);
    match opened.and_then(|body| GatewayEvent::parse(&body).ok()) {
        Some(event) => settle_what(app, &event.about).await?,
        // What could be read when it came can be read again, unless the shop's secret is another now: then what it tells of is
        // learnt by asking.
        None => tracing::warn!(event = id, "an event of a payment provider cannot be read any more"),
    }
    inbox::mark_handled(&*app.upkeep.get().await?, provider, id).await?;
    Ok(())
}

/// Settles what an event tells of.
async fn settle_what(app: &App, about: &About) -> std::result::Result<(), TillError> {
    match about {
        About::Intent(intent) => {
            if let Some(payment) = payment_of(app, intent).await? {
                settle(app, &app.upkeep, &payment, intent).await?;
            }
        }
        About::Refund { fact, intent } => {
            if let Some(payment) = named(app, intent.as_deref()).await? {
                refund::settle(app, &payment, fact).await?;
            }
        }
        About::ChargeRefunded { intent, .. } => {
            if let Some(payment) = named(app, intent.as_deref()).await? {
                refund::ask_after_all(app, &payment).await?;
            }
        }
        About::Dispute { intent, amount, reason, status } => {
            if let Some(payment) = named(app, intent.as_deref()).await? {
                tracing::warn!(payment = %payment.id, ?amount, reason, status, "a customer's bank disputes a payment: see to it at Stripe");
            }
        }
        About::Other => {}
    }
    Ok(())
}

/// The provider's name of the payment that an event is about.
fn intent_of(about: &About) -> Option<&str> {
    match about {
        About::Intent(intent) => Some(&intent.reference),
        About::Refund { intent, .. }
        | About::ChargeRefunded { intent, .. }
        | About::Dispute { intent, .. } => intent.as_deref(),
        About::Other => None,
    }
}

/// Our payment that the intent is: by our own id in it, which it has from its first moment, even before we have noted its
/// name. None when it is another program's.
async fn payment_of(app: &App, intent: &Intent) -> Result<Option<Payment>> {
    match intent.payment {
        Some(id) => Ok(queries::payments_by_ids(&*app.upkeep.get().await?, &[id]).await?.pop()),
        None => named(app, Some(&intent.reference)).await,
    }
}

async fn named(app: &App, reference: Option<&str>) -> Result<Option<Payment>> {
    let Some(reference) = reference else { return Ok(None) };
    let conn = app.upkeep.get().await?;
    Ok(queries::payment_by_reference(&conn, Provider::Stripe, reference).await?)
}
