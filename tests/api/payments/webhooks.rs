//! What Stripe tells: twice, late, in any order, and what somebody else tells in its name.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use cartograph::payments::Provider;
use cartograph::payments::inbox::{self, Arrived};
use cartograph::seal::Sealer;
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::json;

use super::Shop;
use crate::support::ProductBuilder;
use crate::support::client::Http;
use crate::support::stripe::GOOD_CARD;
use crate::support::webhook_relay::{Manner, WebhookRelay};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_twice_late_and_by_others_is_settled_once() {
    let shop = Shop::open().await;
    let relay = WebhookRelay::before(shop.app.address).await;
    shop.stripe.send_webhooks_to(&relay.url()).await;
    let mug = ProductBuilder::new("mug").price(1250).stock(50).create(&shop.app).await;
    for manner in
        [Manner::Repeated(5), Manner::Late(Duration::from_millis(700)), Manner::Refused, Manner::Forged]
    {
        relay.behave(move |_| manner);
        let order = shop.buy(&mug, 1).await;
        let secret = shop.secret(&order).await;
        shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
        if manner == Manner::Refused {
            tokio::time::sleep(Duration::from_millis(300)).await;
            relay.behave(|_| Manner::Faithful);
        }
        let seen = shop.until_status(&order, "PAID").await;
        assert_eq!(seen["paid"]["amount"], "12.50", "{manner:?}");
        let moves = seen["events"]["nodes"].as_array().unwrap();
        assert_eq!(moves.len(), 2, "{manner:?}: {moves:?}");
    }
    for delivery in relay.deliveries().iter().filter(|delivery| delivery.forged) {
        assert_eq!(delivery.status, Some(StatusCode::BAD_REQUEST), "{delivery:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_not_read() {
    let shop = Shop::open().await;
    let http = Http::new(shop.app.address);
    let body =
        json!({ "id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "data": { "object": {} } });
    for headers in [&[][..], &[("stripe-signature", "t=1,v1=00")][..]] {
        let answer = http.send(Method::POST, "/webhooks/stripe", headers, body.to_string()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let large = http.send(Method::POST, "/webhooks/stripe", &[], "x".repeat(300_000)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(shop.app.count("gateway_events").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_with_another_key_is_laid_aside_and_learnt_by_asking() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    let another = Sealer::new(&SecretString::from("the shop's secret of before"));
    let event = Arrived {
        provider: Provider::Stripe,
        id: "evt_1",
        kind: "payment_intent.succeeded",
        about: None,
        payload: another.seal("cartograph gateway event", b"{}"),
    };
    let new = inbox::receive(&mut shop.app.database().connect().await, event).await;
    assert!(new.expect("the event is kept"));
    shop.app.app.worker.wake();
    for _ in 0..600 {
        if shop.app.count("gateway_events WHERE handled_at IS NOT NULL").await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(shop.app.count("gateway_events WHERE handled_at IS NULL").await, 0);
    assert_eq!(shop.app.count("jobs WHERE kind = 'payment.event' AND finished_at IS NULL").await, 0);
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    shop.until_status(&order, "PAID").await;
}
