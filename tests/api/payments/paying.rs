//! From an order to its money.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use super::Shop;
use crate::orders::move_to;
use crate::support::db::run;
use crate::support::faults::Fault;
use crate::support::stripe::{GOOD_CARD, POOR_CARD};
use crate::support::{ProductBuilder, stock_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_by_card_and_told_of_by_webhook() {
    let shop = Shop::with_webhooks().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 2).await;
    let begun = shop.begin(&order).await;
    assert_eq!(begun["userErrors"], json!([]));
    assert_eq!(begun["payment"]["status"], "PENDING");
    assert_eq!(begun["payment"]["provider"], "STRIPE");
    assert_eq!(begun["payment"]["amount"]["amount"], "25.00");
    assert!(begun["publishableKey"].as_str().is_some_and(|key| key.starts_with("pk_")));
    // To begin again is to go on.
    let again = shop.begin(&order).await;
    assert_eq!(
        (&again["payment"]["id"], &again["clientSecret"]),
        (&begun["payment"]["id"], &begun["clientSecret"])
    );

    let secret = begun["clientSecret"].as_str().expect("a secret");
    shop.stripe.pay(secret, POOR_CARD).await.expect_err("too little money");
    let seen = shop.until(&order, |seen| !seen["payments"][0]["failure"].is_null()).await;
    assert_eq!(seen["status"], "PENDING");
    shop.stripe.pay(secret, GOOD_CARD).await.expect("a good card");
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!(seen["paid"]["amount"], "25.00");
    assert_eq!(seen["due"]["amount"], "0.00");
    assert_eq!(seen["expiresAt"], json!(null));
    assert_eq!(seen["payments"].as_array().map(Vec::len), Some(1));
    assert_eq!(seen["payments"][0]["status"], "CAPTURED");
    let kinds: Vec<&str> = seen["events"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["PLACED", "PAYMENT_FAILED", "STATUS_CHANGED"]);
    let journal = shop.stripe.journal().await;
    assert_eq!(journal.intents.len(), 1);
    assert_eq!(stock_of(&shop.app, mug.variant).await, (5, 2));
    let closed = shop.begin(&order).await;
    assert_eq!(closed["userErrors"][0]["code"], "NOT_PENDING");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_payments_that_stripe_makes_for_one_of_ours_customers_are_given_but_one() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    shop.proxy.next("/v1/payment_intents", &[Fault::Late(Duration::from_millis(1500))]);
    let meanwhile = async {
        shop.until_called("/v1/payment_intents", 1).await;
        // As a third attempt does that got no answer: from now on Stripe is asked with another key.
        run(&mut shop.app.database().connect().await, "UPDATE payments SET key_round = key_round + 1").await;
        shop.secret(&order).await
    };
    let (late, early) = tokio::join!(shop.secret(&order), meanwhile);
    assert_eq!(shop.stripe.journal().await.intents.len(), 2, "it was to be made twice");
    assert_eq!(late, early);
    shop.stripe.pay(&late, GOOD_CARD).await.expect("a good card");
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    shop.until_status(&order, "PAID").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_word_of_stripes_the_shop_asks() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    shop.until_status(&order, "PAID").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_stripe_is_away_the_order_waits_and_the_customer_is_told() {
    let shop = Shop::with_webhooks().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    shop.proxy.always("/v1/payment_intents", Fault::FailsAfter);
    let told = shop.begin(&order).await;
    assert_eq!(told["userErrors"][0]["code"], "GATEWAY_UNAVAILABLE", "{told:#}");
    assert_eq!(shop.look(&order).await["status"], "PENDING");
    shop.proxy.heal();
    // The breaker's pause; longer, and webhooks would seem stale.
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!(seen["payments"].as_array().map(Vec::len), Some(1));
    let taken: i64 = shop.stripe.journal().await.charges.iter().map(|charge| charge.amount_captured).sum();
    assert_eq!(taken, 1250);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_paid_by_hand_cannot_be_paid_by_card_as_well() {
    let shop = Shop::with_webhooks().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let staff = shop.app.staff().await;
    let order = shop.buy(&mug, 1).await;
    let secret = shop.secret(&order).await;
    move_to(&staff, &order.id, "PAID").await;
    let seen = shop.until(&order, |seen| seen["payments"][0]["status"] == "CANCELLED").await;
    assert_eq!(seen["payments"][1]["status"], "CAPTURED");
    shop.stripe.pay(&secret, GOOD_CARD).await.expect_err("the payment was given up");
    assert_eq!(shop.look(&order).await["paid"]["amount"], "12.50");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_pays_for_what_is_not_theirs() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    for token in [json!(null), json!("another")] {
        for client in [shop.app.guest(), shop.app.customer().await] {
            let input = json!({ "orderId": order.id, "token": token });
            let answer = client.query_with(super::CREATE, json!({ "input": input })).await;
            assert_eq!(answer.user_error_codes("paymentCreate"), ["NOT_FOUND"]);
        }
    }
    assert_eq!(shop.app.count("payments").await, 0);
}
