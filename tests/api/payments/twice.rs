//! `paymentCreate` that is sent twice with one idempotency key: begun once, answered alike.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CREATE, Order, Shop};
use crate::idempotency::{IN_FLIGHT, Sent, send};
use crate::support::ProductBuilder;
use crate::support::db::run;
use crate::support::faults::Fault;

const PATH: &str = "/v1/payment_intents";

fn input(order: &Order, key: &str) -> Value {
    json!({ "input": { "orderId": order.id, "token": order.token, "idempotencyKey": key } })
}

async fn begin(shop: &Shop, order: &Order) -> Sent {
    send(&shop.app, &order.guest, CREATE, input(order, "a key that nobody guesses")).await
}

async fn order(shop: &Shop) -> Order {
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    shop.buy(&mug, 1).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_it_again_gets_the_first_answer_and_stripe_is_not_asked() {
    let shop = Shop::open().await;
    let order = order(&shop).await;
    let first = begin(&shop, &order).await;
    assert!(first.at("/paymentCreate/clientSecret").is_string());
    assert!(first.replayed().is_empty());
    let again = begin(&shop, &order).await;
    assert_eq!(again.data(), first.data());
    assert_eq!(again.replayed(), ["paymentCreate"]);
    assert_eq!(shop.proxy.calls(PATH).len(), 1);
    // The answer is not kept in the clear: it holds what lets a customer pay.
    let secret = first.at("/paymentCreate/clientSecret").as_str().expect("a secret");
    let readable = format!("idempotency_keys WHERE position('{secret}'::bytea IN answer) > 0");
    assert_eq!(shop.app.count(&readable).await, 0);
    // Another order with the same key is another input, and the guest's token another scope.
    let mug = ProductBuilder::new("cup").price(1000).stock(5).create(&shop.app).await;
    let other = begin(&shop, &shop.buy(&mug, 1).await).await;
    assert!(other.replayed().is_empty());
    assert_ne!(other.at("/paymentCreate/clientSecret"), secret);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_first_is_at_work_the_second_is_told_to_come_again() {
    let shop = Shop::open().await;
    let order = order(&shop).await;
    shop.proxy.next(PATH, &[Fault::Slow(Duration::from_millis(1500))]);
    let second = async {
        shop.until_called(PATH, 1).await;
        begin(&shop, &order).await
    };
    let (first, second) = tokio::join!(begin(&shop, &order), second);
    assert!(first.at("/paymentCreate/clientSecret").is_string());
    assert_eq!(second.code(), Some(IN_FLIGHT), "{:#}", second.body);
    let wait = &second.body["errors"][0]["extensions"]["retryAfter"];
    assert!(wait.as_u64().is_some_and(|wait| (1..=60).contains(&wait)), "{:#}", second.body);
    let third = begin(&shop, &order).await;
    assert_eq!((third.data(), third.replayed()), (first.data(), vec!["paymentCreate"]));
    assert_eq!(shop.stripe.journal().await.intents.len(), 1);
    assert_eq!(shop.app.count("payments").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_died_at_work_is_followed_by_the_retry_which_ends_with_one_payment() {
    let shop = Shop::open().await;
    let order = order(&shop).await;
    // Stripe has made the payment, and no answer comes: then the client goes, and with it the first attempt.
    shop.proxy.next(PATH, &[Fault::HangsAfter]);
    tokio::select! {
        answer = begin(&shop, &order) => panic!("nothing answers: {:#}", answer.body),
        () = shop.until_called(PATH, 1) => {}
    }
    assert_eq!(shop.app.count("payments WHERE provider_ref IS NULL").await, 1);
    let early = begin(&shop, &order).await;
    assert_eq!(early.code(), Some(IN_FLIGHT), "the dead one's lease still lasts: {:#}", early.body);
    let mut conn = shop.app.database().connect().await;
    run(&mut conn, "UPDATE idempotency_keys SET leased_until = clock_timestamp()").await;
    let retry = begin(&shop, &order).await;
    let secret = retry.at("/paymentCreate/clientSecret").as_str().expect("a secret").to_owned();
    assert!(retry.replayed().is_empty());
    assert_eq!(begin(&shop, &order).await.data(), retry.data());
    let intents = shop.stripe.journal().await.intents;
    assert_eq!(intents.len(), 1, "{intents:?}");
    assert!(secret.starts_with(&intents[0].id));
    assert_eq!(shop.app.count("payments").await, 1);
    assert_eq!(shop.app.count("payments WHERE provider_ref IS NOT NULL AND key_round = 0").await, 1);
    let calls = shop.proxy.calls(PATH);
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].key, calls[1].key, "it is the same to Stripe");
}
