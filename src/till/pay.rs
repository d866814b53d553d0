//! Beginning to pay: the provider is told of a payment, and the customer gets what they need to go on there.

use secrecy::SecretString;

use super::{key, nothing_will_come, providers, settle};
use crate::app::App;
use crate::error::{ActionError, Outcome, Refusal, Result};
use crate::gateway::{Answer, Gateway, GatewayError, Intent, IntentState, NewIntent, Provider};
use crate::ids::OrderId;
use crate::orders::queries::orders_by_ids;
use crate::orders::settle_payment::Settled;
use crate::orders::start_payment::{self as orders_start, StartPayment, StartRefusal, Started as Begun};
use crate::orders::{Order, OrderStatus};
use crate::payments::queries::payments_by_ids;
use crate::payments::store::{self, Entry};
use crate::payments::{CaptureMode, Outcome as LogOutcome, Payment, PaymentStatus, TransactionKind};

/// How often it is begun: once more where what the provider made or knew is not to be used.
const ATTEMPTS: usize = 2;

/// In what role somebody pays for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payer {
    /// Whose order it is: in the ways that the shop offers.
    Customer,
    /// Staff, who may always write an invoice.
    Staff,
}

/// Why no payment was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartPaymentRefusal {
    /// The order has nothing to be paid.
    Order(StartRefusal),
    /// The shop does not take payments in this way.
    NotTaken,
    /// The provider takes no payment like this one: its currency, or an amount too small.
    NotPossible,
    /// The provider cannot be reached. The order waits.
    Unavailable,
    /// The order was given up meanwhile, or is paid in another way.
    GivenUp,
}

impl Refusal for StartPaymentRefusal {}

impl From<StartRefusal> for StartPaymentRefusal {
    fn from(refusal: StartRefusal) -> Self {
        Self::Order(refusal)
    }
}

/// A payment that the customer can go on with. No `Debug`: the secret belongs in no log.
pub struct Started {
    /// The payment.
    pub payment: Payment,
    /// With what the customer's browser goes on at the provider.
    pub client_secret: Option<SecretString>,
    /// The key that the provider's script is loaded with.
    pub publishable_key: Option<String>,
}

/// Begins a payment for the order, or finds the one that was begun; asking again gives the same.
pub async fn start_payment(
    app: &App,
    order: OrderId,
    provider: Option<Provider>,
    payer: Payer,
) -> Outcome<Started, StartPaymentRefusal> {
    let taken = providers(app);
    let provider = match (provider, payer) {
        (Some(Provider::Manual), Payer::Staff) => Provider::Manual,
        (Some(provider), _) if taken.contains(&provider) => provider,
        (None, Payer::Staff) => taken.first().copied().unwrap_or(Provider::Manual),
        (None, Payer::Customer) => *taken.first().ok_or(StartPaymentRefusal::NotTaken)?,
        (Some(_), _) => return Err(StartPaymentRefusal::NotTaken.into()),
    };
    let orders = &app.config.orders;
    let (capture, hold) = match provider {
        Provider::Stripe => (app.config.payments.capture, orders.hold),
        Provider::Manual => (CaptureMode::Automatic, orders.invoice_hold.unwrap_or(orders.hold)),
    };
    let start = StartPayment { order_id: order, provider, capture, hold, at: app.clock.now() };
    for attempt in 1..=ATTEMPTS {
        let begun = begin(app, &start).await?;
        if provider == Provider::Manual {
            return Ok(Started { payment: begun.payment, client_secret: None, publishable_key: None });
        }
        let gateway = app.gateways.of(provider).ok_or(StartPaymentRefusal::NotTaken)?;
        match (ask(gateway, &begun).await, &begun.payment.provider_ref) {
            (Ok(intent), _) => {
                // Whoever asked at the same moment with another key has made the one that counts: by this one nobody must pay.
                if let Some(started) = go_on(app, begun.payment, intent).await? {
                    return Ok(started);
                }
            }
            (Err(GatewayError::NotFound), Some(reference)) if attempt < ATTEMPTS => {
                tracing::error!(payment = %begun.payment.id, reference, "a payment is unknown at its provider; another takes its place");
                nothing_will_come(app, &app.db, begun.payment.id).await?;
            }
            (Err(error), _) => return Err(not_begun(app, &begun.payment, error).await?.into()),
        }
    }
    Err(StartPaymentRefusal::Unavailable.into())
}

/// Writes down that a payment is begun, or finds the one that was.
async fn begin(app: &App, start: &StartPayment) -> Outcome<Begun, StartPaymentRefusal> {
    let begun = orders_start::start_payment(&mut *app.db.get().await?, start).await;
    app.worker.wake();
    begun.map_err(ActionError::of)
}

/// Tells the provider of the payment, or asks how it stands where it has a name there.
async fn ask(gateway: &dyn Gateway, begun: &Begun) -> Answer<Intent> {
    match &begun.payment.provider_ref {
        Some(reference) => gateway.retrieve(reference).await,
        None => gateway.create(&intent_for(&begun.payment, &begun.order)).await,
    }
}

fn intent_for(payment: &Payment, order: &Order) -> NewIntent {
    NewIntent {
        payment: payment.id,
        order_number: order.number.to_string(),
        amount: payment.amount(),
        capture: payment.capture(),
        receipt_email: None,
        key: key("pay", payment.id, payment.key_round),
    }
}

/// Writes down what the provider calls the payment and how it stands: it may have been paid already. None when the payment has
/// another name there by now, or was given up there.
async fn go_on(app: &App, payment: Payment, intent: Intent) -> Outcome<Option<Started>, StartPaymentRefusal> {
    let settled = settle(app, &app.db, &payment, &intent).await?;
    if settled == Settled::OtherReference || intent.state == IntentState::Cancelled {
        return Ok(None);
    }
    let conn = app.db.get().await?;
    let payment = payments_by_ids(&conn, &[payment.id]).await?.pop().unwrap_or(payment);
    let order = orders_by_ids(&conn, &[payment.order_id]).await?.pop();
    drop(conn);
    let given_up = order.is_none_or(|order| order.status() == OrderStatus::Cancelled)
        || payment.status() == PaymentStatus::Cancelled;
    if given_up || payment.cancel_requested_at.is_some() {
        return Err(StartPaymentRefusal::GivenUp.into());
    }
    Ok(Some(Started {
        payment,
        client_secret: intent.client_secret,
        publishable_key: app
            .config
            .payments
            .stripe
            .as_ref()
            .and_then(|stripe| stripe.publishable_key.clone()),
    }))
}

/// Notes why the provider made no payment ready, so that the next attempt can do better.
async fn not_begun(app: &App, payment: &Payment, error: GatewayError) -> Result<StartPaymentRefusal> {
    let conn = app.db.get().await?;
    let outcome = if error.is_for_now() { LogOutcome::Unknown } else { LogOutcome::Failed };
    let message = error.to_string();
    let entry = Entry {
        payment: payment.id,
        refund: None,
        kind: TransactionKind::Create,
        outcome,
        amount: Some(payment.amount().minor),
        message: Some(&message),
    };
    store::log(&conn, entry).await?;
    if payment.provider_ref.is_none() {
        // It may repeat its answer to this key for ever. What it made of it, if anything, nobody can pay: nobody has its
        // secret.
        store::next_key_round(&conn, payment.id).await?;
    }
    if error.is_for_now() {
        tracing::warn!(payment = %payment.id, %error, "a payment could not be begun; its order waits");
        return Ok(StartPaymentRefusal::Unavailable);
    }
    tracing::error!(payment = %payment.id, %error, "a payment could not be begun");
    Ok(StartPaymentRefusal::NotPossible)
}
