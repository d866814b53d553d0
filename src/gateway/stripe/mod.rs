//! Stripe, by its `PaymentIntents`, over HTTPS.
//!
//! Six requests of an API with hundreds: less than a library would bring, and what is sent, for how long it is waited for and
//! what an error tells are ours to say. Card data never comes by here: customers' programs send it to Stripe themselves.
//! Neither does a choice of ways to pay: Stripe offers what the shop has turned on there and what suits the customer.

mod amount;
mod call;
mod event;
mod objects;
mod refusal;
mod signature;

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secrecy::SecretString;

use self::call::Connection;
pub use self::event::{About, GatewayEvent, NoEvent};
use self::objects::{List, PaymentIntent, Refund};
pub use self::signature::SignatureError;
use super::breaker::Breaker;
use super::retry::persist;
use super::{Answer, Gateway, GatewayError, Intent, NewIntent, NewRefund, RefundFact};
use crate::clock::Clock;
use crate::config::{CaptureMode, Payments};
use crate::money::Money;

/// Where Stripe keeps our ids: what it calls metadata, and repeats with everything it tells.
const PAYMENT: &str = "metadata[cartograph_payment]";
const ORDER: &str = "metadata[cartograph_order]";
const REFUND: &str = "metadata[cartograph_refund]";
/// Refunds in one answer, as many as Stripe gives.
const PAGE: &str = "100";
/// So many pages of refunds of one payment are more than there can be.
const MAX_PAGES: usize = 20;

/// The shop's account with Stripe.
pub struct Stripe {
    connection: Connection,
    breaker: Breaker,
    patience: Duration,
    webhook_secrets: Vec<SecretString>,
    publishable_key: Option<String>,
}

impl Stripe {
    /// The account as configured; none without a key.
    pub fn open(payments: &Payments, clock: &Clock) -> anyhow::Result<Option<Self>> {
        let Some(account) = &payments.stripe else { return Ok(None) };
        if account.webhook_secrets.is_empty() {
            tracing::warn!(
                "STRIPE_WEBHOOK_SECRET is not set: no webhook of Stripe's is believed, and the shop learns of payments only by asking"
            );
        }
        Ok(Some(Self {
            connection: Connection::new(account, payments.timeout)?,
            breaker: Breaker::new("stripe", clock.clone()),
            patience: payments.timeout,
            webhook_secrets: account.webhook_secrets.clone(),
            publishable_key: account.publishable_key.clone(),
        }))
    }

    /// With which customers' programs talk to Stripe; for everybody to see.
    #[must_use]
    pub fn publishable_key(&self) -> Option<&str> {
        self.publishable_key.as_deref()
    }

    /// Whether Stripe is away, and when it is asked again.
    #[must_use]
    pub fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    /// A change to something: this form, sent to this path.
    async fn post<T>(&self, path: &str, form: &[(&str, &str)], key: &str) -> Answer<T>
    where
        T: serde::de::DeserializeOwned,
    {
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(GatewayError::Refused { message: "the key is none that Stripe takes".to_owned() });
        }
        persist(&self.breaker, self.patience, || self.connection.post(path, form, key)).await
    }

    /// A look at something.
    async fn get<T>(&self, path: &str, query: &[(&str, &str)]) -> Answer<T>
    where
        T: serde::de::DeserializeOwned,
    {
        persist(&self.breaker, self.patience, || self.connection.get(path, query)).await
    }
}

impl Gateway for Stripe {
    fn create<'a>(&'a self, new: &'a NewIntent) -> BoxFuture<'a, Answer<Intent>> {
        async move {
            let (amount, currency) = amount::to_stripe(new.amount)?;
            let payment = new.payment.to_string();
            let mut form = vec![
                ("amount", amount.as_str()),
                ("currency", &currency),
                (PAYMENT, &payment),
                (ORDER, &new.order_number),
            ];
            // Without it money is taken at once.
            if new.capture == CaptureMode::Manual {
                form.push(("capture_method", "manual"));
            }
            if let Some(email) = &new.receipt_email {
                form.push(("receipt_email", email));
            }
            self.post::<PaymentIntent>("/v1/payment_intents", &form, &new.key).await?.read()
        }
        .boxed()
    }

    fn retrieve<'a>(&'a self, reference: &'a str) -> BoxFuture<'a, Answer<Intent>> {
        async move { self.get::<PaymentIntent>(&intent_path(reference, "")?, &[]).await?.read() }.boxed()
    }

    fn capture<'a>(
        &'a self,
        reference: &'a str,
        amount: Money,
        key: &'a str,
    ) -> BoxFuture<'a, Answer<Intent>> {
        async move {
            let (amount, _) = amount::to_stripe(amount)?;
            let form = [("amount_to_capture", amount.as_str())];
            self.post::<PaymentIntent>(&intent_path(reference, "/capture")?, &form, key).await?.read()
        }
        .boxed()
    }

    fn cancel<'a>(&'a self, reference: &'a str, key: &'a str) -> BoxFuture<'a, Answer<()>> {
        async move {
            let path = intent_path(reference, "/cancel")?;
            match self.post::<PaymentIntent>(&path, &[], key).await {
                Ok(_) => Ok(()),
                // One that was cancelled before, by whomever, is where it was to get.
                Err(GatewayError::UnexpectedState) => {
                    let intent = self.retrieve(reference).await?;
                    let cancelled = intent.state == super::IntentState::Cancelled;
                    if cancelled { Ok(()) } else { Err(GatewayError::UnexpectedState) }
                }
                Err(error) => Err(error),
            }
        }
        .boxed()
    }

    fn refund<'a>(&'a self, new: &'a NewRefund) -> BoxFuture<'a, Answer<RefundFact>> {
        async move {
            let (amount, _) = amount::to_stripe(new.amount)?;
            let refund = new.refund.to_string();
            let form =
                [("payment_intent", new.intent.as_str()), ("amount", &amount), (REFUND, refund.as_str())];
            self.post::<Refund>("/v1/refunds", &form, &new.key).await?.read()
        }
        .boxed()
    }

    fn refunds_of<'a>(&'a self, reference: &'a str) -> BoxFuture<'a, Answer<Vec<RefundFact>>> {
        async move {
            let mut facts: Vec<RefundFact> = Vec::new();
            for _ in 0..MAX_PAGES {
                let mut query = vec![("payment_intent", reference), ("limit", PAGE)];
                if let Some(last) = facts.last() {
                    query.push(("starting_after", &last.reference));
                }
                let page = self.get::<List<Refund>>("/v1/refunds", &query).await?;
                let more = page.has_more && !page.data.is_empty();
                facts.extend(page.data.into_iter().map(Refund::read).collect::<Answer<Vec<_>>>()?);
                if !more {
                    return Ok(facts);
                }
            }
            // To tell of some as if they were all would have others made again.
            Err(GatewayError::Refused { message: "the payment has more refunds than can be".to_owned() })
        }
        .boxed()
    }
}

/// The path of something about a payment. A name is never anything but the end of a path.
fn intent_path(reference: &str, verb: &str) -> Answer<String> {
    let plain = reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain && !reference.is_empty() && reference.len() <= 255 {
        Ok(format!("/v1/payment_intents/{reference}{verb}"))
    } else {
        Err(GatewayError::NotFound)
    }
}
