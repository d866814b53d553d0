//! The client of Stripe against the stand-in, through a proxy with which things go wrong.

mod breaker;
mod keys;
mod settings;
mod states;
mod webhooks;

use std::time::Duration;

use cartograph::clock::Clock;
use cartograph::config::{CaptureMode, Payments};
use cartograph::gateway::{self, Answer, Gateway, GatewayError, Intent, NewIntent, NewRefund};
use cartograph::ids::{PaymentId, RefundId};
use cartograph::money::{Currency, Money};
use secrecy::ExposeSecret;

use crate::support::faults::FaultProxy;
use crate::support::stripe::{GOOD_CARD, Stripe};

/// How long a call may take in these tests: some hang on purpose.
const PATIENCE: Duration = Duration::from_secs(3);

/// A shop's way to an account of its own at the stand-in.
struct Shop {
    stripe: Stripe,
    proxy: FaultProxy,
    gateway: gateway::Stripe,
    clock: Clock,
}

impl Shop {
    async fn open() -> Self {
        let stripe = Stripe::account();
        let proxy = FaultProxy::before(stripe.address()).await;
        let clock = Clock::default();
        let account = stripe.setting(proxy.address());
        let payments = Payments { stripe: Some(account), capture: CaptureMode::Automatic, timeout: PATIENCE };
        let gateway = gateway::Stripe::open(&payments, &clock).expect("it can be used").expect("an account");
        Self { stripe, proxy, gateway, clock }
    }

    /// Asks for a new payment, until there is an answer: as a job does.
    async fn create(&self, new: &NewIntent) -> Intent {
        self.insist(async || self.gateway.create(new).await).await.expect("a payment")
    }

    /// A payment over 12.50 that was paid.
    async fn paid(&self) -> Intent {
        let intent = self.create(&new_intent(1250)).await;
        self.stripe.pay(secret(&intent), GOOD_CARD).await.expect("a good card");
        intent
    }

    /// Asks again and again, as long as there is no answer and it may help.
    async fn insist<T>(&self, ask: impl AsyncFn() -> Answer<T>) -> Answer<T> {
        for _ in 0..5 {
            match ask().await {
                Err(GatewayError::Unavailable { .. }) => {}
                answer => return answer,
            }
        }
        ask().await
    }
}

fn new_intent(cents: i64) -> NewIntent {
    let payment = PaymentId::new();
    NewIntent {
        payment,
        order_number: "1001".to_owned(),
        amount: usd(cents),
        capture: CaptureMode::Automatic,
        receipt_email: Some("ada@example.com".to_owned()),
        key: format!("{payment}:create:1"),
    }
}

fn new_refund(intent: &Intent, cents: i64) -> NewRefund {
    let refund = RefundId::new();
    NewRefund { intent: intent.reference.clone(), refund, amount: usd(cents), key: format!("{refund}:1") }
}

fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::USD)
}

fn secret(intent: &Intent) -> &str {
    intent.client_secret.as_ref().expect("a client secret").expose_secret()
}

/// Whether there was no answer; and if so, whether there may have been an effect.
fn unavailable<T>(answer: &Answer<T>) -> Option<bool> {
    match answer {
        Err(GatewayError::Unavailable { after_effect_possible, .. }) => Some(*after_effect_possible),
        _ => None,
    }
}
