//! The till: where the shop's books meet those who move money.
//!
//! Each action has three steps: a verb of `orders` writes down what is decided, in a transaction; the provider is asked, in
//! none; another verb settles what it told. Whatever fails or dies in between, the next attempt goes on from what is written
//! down: a job's, the customer's who begins to pay once more, or that of `reconcile`, which asks after all that stays open.
//! The provider is sent a key with each request that stays the same for the same thing, so that asking twice is harmless.

mod cancel;
mod capture;
mod events;
mod pay;
pub mod reconcile;
mod refund;

use std::sync::Arc;

pub use self::cancel::cancel;
pub use self::capture::capture;
pub use self::events::{ReceiveError, handle, receive};
pub use self::pay::{Payer, StartPaymentRefusal, Started, start_payment};
pub use self::refund::refund;
use crate::app::App;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::gateway::{GatewayError, Intent, IntentState, Provider};
use crate::ids::PaymentId;
use crate::orders::settle_payment::{SettlePayment, Settled, settle_payment};
use crate::payments::{Payment, Told};

/// Why something of the till was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TillError {
    /// We failed; it is tried again.
    #[error("{0}")]
    Ours(Arc<Error>),
    /// The provider could not be asked, or did not do it for now; it is tried again.
    #[error("{0}")]
    NotNow(GatewayError),
    /// The provider will not do it, however often it is asked.
    #[error("{0}")]
    Never(GatewayError),
    /// The shop has no account with the provider any more.
    #[error("there is no way to reach the payment provider: its key is not configured")]
    NoGateway,
}

impl From<Error> for TillError {
    fn from(error: Error) -> Self {
        Self::Ours(Arc::new(error))
    }
}

impl From<diesel::result::Error> for TillError {
    fn from(error: diesel::result::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<GatewayError> for TillError {
    fn from(error: GatewayError) -> Self {
        if error.is_for_now() { Self::NotNow(error) } else { Self::Never(error) }
    }
}

/// How customers can pay by themselves, the usual one first.
#[must_use]
pub fn providers(app: &App) -> Vec<Provider> {
    let stripe = app.gateways.stripe.is_some().then_some(Provider::Stripe);
    let invoice = app.config.orders.invoice_hold.map(|_| Provider::Manual);
    stripe.into_iter().chain(invoice).collect()
}

/// Settles what the provider told of a payment, and wakes those who go on with it. `db` is the requests' pool or that of what
/// runs beside them.
async fn settle(app: &App, db: &Db, payment: &Payment, intent: &Intent) -> Result<Settled> {
    let settle = SettlePayment {
        payment: payment.id,
        reference: Some(intent.reference.clone()),
        told: told(intent),
        hold: app.config.orders.hold,
        at: app.clock.now(),
    };
    settle_as(app, db, &settle).await
}

/// Settles that nothing will come of a payment: its provider gave it up, or does not know it. One whose money is here stays as
/// it is, and should money come after all, that is the last word.
async fn nothing_will_come(app: &App, db: &Db, payment: PaymentId) -> Result<()> {
    let settle = SettlePayment {
        payment,
        reference: None,
        told: Told::Cancelled,
        hold: app.config.orders.hold,
        at: app.clock.now(),
    };
    settle_as(app, db, &settle).await?;
    Ok(())
}

async fn settle_as(app: &App, db: &Db, settle: &SettlePayment) -> Result<Settled> {
    let settled = settle_payment(&mut *db.get().await?, settle).await?;
    app.relay.wake();
    app.worker.wake();
    if settled == Settled::OtherReference {
        tracing::error!(payment = %settle.payment, "a payment has two names at its provider");
    }
    Ok(settled)
}

/// What an intent says of its payment, in our words.
fn told(intent: &Intent) -> Told {
    match (&intent.state, &intent.last_error) {
        (IntentState::NeedsCustomer, Some(failure)) => {
            Told::Failed { code: failure.code.clone(), message: failure.message.clone() }
        }
        (IntentState::NeedsCustomer | IntentState::Processing, _) => Told::Waiting,
        (IntentState::Authorized { .. }, _) => Told::Authorized,
        (IntentState::Captured { amount }, _) => Told::Captured { amount: amount.minor },
        (IntentState::Cancelled, _) => Told::Cancelled,
    }
}

/// What makes requests for one thing of a payment's or a refund's the same to its provider.
fn key(what: &str, id: impl std::fmt::Display, round: i32) -> String {
    format!("cartograph_{what}_{id}_{round}")
}
