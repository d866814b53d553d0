//! Webhooks as Stripe sends them, from end to end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use axum::routing::post;
use cartograph::config::CaptureMode;
use cartograph::gateway::{About, Gateway, GatewayEvent, IntentState, NewIntent, SignatureError};
use chrono::{TimeDelta, Utc};
use tokio_util::task::AbortOnDropHandle;

use super::{Shop, new_intent, new_refund, secret, usd};
use crate::support::stripe::{GOOD_CARD, POOR_CARD, SECURE_CARD};
use crate::support::webhook_relay::{Manner, WebhookRelay};

/// Whoever takes webhooks, and keeps them.
struct Taker {
    taken: Arc<Mutex<Vec<(String, Bytes)>>>,
    address: std::net::SocketAddr,
    _running: AbortOnDropHandle<()>,
}

impl Taker {
    async fn open() -> Self {
        let taken: Arc<Mutex<Vec<(String, Bytes)>>> = Arc::default();
        let keep = Arc::clone(&taken);
        let take = async move |headers: HeaderMap, body: Bytes| {
            let signature = headers["stripe-signature"].to_str().expect("ASCII").to_owned();
            keep.lock().expect("nobody panics with it").push((signature, body));
        };
        let routes = axum::Router::new().route("/webhooks/stripe", post(take));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let running = tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        Self { taken, address, _running: AbortOnDropHandle::new(running) }
    }

    /// The webhooks, once there are so many.
    async fn taken(&self, count: usize) -> Vec<(String, Bytes)> {
        for _ in 0..400 {
            let taken = self.taken.lock().expect("nobody panics with it").clone();
            if taken.len() >= count {
                return taken;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} of {count} webhooks came", self.taken.lock().expect("nobody panics with it").len());
    }
}

async fn shop() -> (Shop, Taker) {
    let (shop, taker) = (Shop::open().await, Taker::open().await);
    shop.stripe.send_webhooks_to(&format!("http://{}/webhooks/stripe", taker.address)).await;
    (shop, taker)
}

#[tokio::test]
async fn what_stripe_sends_is_believed_and_tells_what_happened() {
    let (shop, taker) = shop().await;
    let new = NewIntent { capture: CaptureMode::Manual, ..new_intent(1250) };
    let intent = shop.create(&new).await;
    shop.stripe.pay(secret(&intent), POOR_CARD).await.unwrap_err();
    shop.stripe.pay(secret(&intent), SECURE_CARD).await.unwrap();
    shop.stripe.prove(secret(&intent), true).await.unwrap();
    shop.gateway.capture(&intent.reference, usd(1250), "capture").await.unwrap();
    let refund = new_refund(&intent, 250);
    shop.gateway.refund(&refund).await.unwrap();
    let other = shop.create(&new_intent(100)).await;
    shop.gateway.cancel(&other.reference, "cancel").await.unwrap();

    let mut states = Vec::new();
    for (signature, body) in taker.taken(9).await {
        shop.gateway.verify(Some(&signature), &body, Utc::now()).unwrap();
        let event = GatewayEvent::parse(&body).unwrap();
        match event.about {
            About::Intent(told) if told.reference == intent.reference => {
                assert_eq!(told.payment, Some(new.payment));
                states.push((event.kind, told.state));
            }
            About::Intent(told) => assert_eq!(told.state, IntentState::Cancelled),
            About::Refund { fact, intent: of } => {
                assert_eq!(
                    (fact.refund, of.as_deref()),
                    (Some(refund.refund), Some(intent.reference.as_str()))
                );
            }
            About::ChargeRefunded { intent: of, refunded } => {
                assert_eq!((of.as_deref(), refunded), (Some(intent.reference.as_str()), usd(250)));
            }
            About::Dispute { .. } => panic!("nobody disputes it"),
            About::Other => assert_eq!(event.kind, "payment_intent.created"),
        }
    }
    states.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        states,
        [
            (
                "payment_intent.amount_capturable_updated".to_owned(),
                IntentState::Authorized { amount: usd(1250) }
            ),
            ("payment_intent.payment_failed".to_owned(), IntentState::NeedsCustomer),
            ("payment_intent.requires_action".to_owned(), IntentState::NeedsCustomer),
            ("payment_intent.succeeded".to_owned(), IntentState::Captured { amount: usd(1250) }),
        ]
    );
}

#[tokio::test]
async fn what_was_changed_or_comes_from_another_account_or_time_is_not() {
    let (shop, taker) = shop().await;
    let stranger = Shop::open().await;
    shop.create(&new_intent(1250)).await;
    let (signature, body) = taker.taken(1).await.remove(0);
    let now = Utc::now();
    shop.gateway.verify(Some(&signature), &body, now).unwrap();
    let changed = String::from_utf8_lossy(&body).replace("1250", "1");
    assert_eq!(shop.gateway.verify(Some(&signature), changed.as_bytes(), now), Err(SignatureError::Wrong));
    assert_eq!(stranger.gateway.verify(Some(&signature), &body, now), Err(SignatureError::Wrong));
    for minutes in [-6, 6] {
        let then = now + TimeDelta::minutes(minutes);
        assert_eq!(shop.gateway.verify(Some(&signature), &body, then), Err(SignatureError::OtherTime));
    }
}

/// What the tests of payments lean on: a relay that loses, repeats, delays and forges as it is told.
#[tokio::test]
async fn a_relay_does_to_webhooks_what_it_is_told() {
    let (shop, taker) = shop().await;
    let relay = WebhookRelay::before(taker.address).await;
    shop.stripe.send_webhooks_to(&relay.url()).await;
    let mut refused = false;
    relay.behave(move |kind| match kind {
        "payment_intent.created" => Manner::Lost,
        "payment_intent.succeeded" => Manner::Repeated(3),
        // Stripe sends it again.
        "refund.created" if !std::mem::replace(&mut refused, true) => Manner::Refused,
        "charge.refunded" => Manner::Forged,
        _ => Manner::Faithful,
    });
    let intent = shop.create(&new_intent(1250)).await;
    shop.stripe.pay(secret(&intent), GOOD_CARD).await.unwrap();
    shop.gateway.refund(&new_refund(&intent, 250)).await.unwrap();
    let mut kinds = Vec::new();
    for (signature, body) in taker.taken(6).await {
        let good = shop.gateway.verify(Some(&signature), &body, Utc::now()).is_ok();
        kinds.push((GatewayEvent::parse(&body).unwrap().kind, good));
    }
    kinds.sort();
    let kinds: Vec<_> = kinds.iter().map(|(kind, good)| (kind.as_str(), *good)).collect();
    assert_eq!(
        kinds,
        [
            ("charge.refunded", false),
            ("charge.refunded", true),
            ("payment_intent.succeeded", true),
            ("payment_intent.succeeded", true),
            ("payment_intent.succeeded", true),
            ("refund.created", true),
        ]
    );
    assert_eq!(relay.deliveries().iter().filter(|delivery| delivery.forged).count(), 1);
    let webhooks = shop.stripe.journal().await.webhooks;
    assert_eq!((webhooks.refused, webhooks.given_up), (1, 0));
    // Only for the account's owner.
    let answer =
        shop.stripe.as_owner(Method::GET, &format!("/v1/payment_intents/{}", intent.reference), &[]).await;
    assert_eq!(answer.json()["amount_received"], 1250);
}
