//! Refunds that take several attempts, and what is told of each of them.

use std::time::Duration;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Order, Shop, is_paid_back};
use crate::support::ProductBuilder;
use crate::support::faults::Fault;
use crate::support::stripe::{GOOD_CARD, JournalRefund};

async fn paid(shop: &Shop) -> Order {
    let mug = ProductBuilder::new("mug").price(3000).stock(9).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    shop.until_status(&order, "PAID").await;
    order
}

/// A refund as Stripe tells of it.
fn told(refund: &JournalRefund, status: &str) -> Value {
    json!({ "id": refund.id, "amount": refund.amount, "currency": "usd", "payment_intent": refund.payment_intent,
            "status": status, "metadata": refund.metadata })
}

async fn until_refund(shop: &Shop, order: &Order, status: &str) -> Value {
    shop.until(order, |seen| seen["refunds"][0]["status"] == status).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_an_attempt_that_failed_is_not_told_of_the_next() {
    let shop = Shop::with_webhooks().await;
    let staff = shop.app.staff().await;
    let order = paid(&shop).await;
    shop.does(&staff, "orderRefund", json!({ "orderId": order.id, "amount": "10.00" })).await;
    let seen = until_refund(&shop, &order, "SUCCEEDED").await;
    let first = shop.stripe.journal().await.refunds.remove(0);
    shop.stripe.return_refund(&first.id).await;
    until_refund(&shop, &order, "FAILED").await;
    // Word that it was made, which took its time.
    shop.tell("refund.created", told(&first, "succeeded")).await;
    assert_eq!(shop.look(&order).await["refunds"][0]["status"], "FAILED");

    // Before another is made, what is told of the first is as little news.
    shop.proxy.always("/v1/refunds", Fault::DropsBefore);
    shop.does(&staff, "refundRetry", json!({ "refundId": seen["refunds"][0]["id"] })).await;
    for status in ["failed", "succeeded"] {
        shop.tell("refund.updated", told(&first, status)).await;
        assert_eq!(shop.look(&order).await["refunds"][0]["status"], "PENDING", "{status}");
    }
    shop.proxy.heal();
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    until_refund(&shop, &order, "SUCCEEDED").await;
    let refunds = shop.stripe.journal().await.refunds;
    assert_eq!(refunds.len(), 2);
    for status in ["failed", "succeeded", "failed"] {
        shop.tell("refund.updated", told(&first, status)).await;
    }
    let charge =
        json!({ "amount_refunded": 1000, "currency": "usd", "payment_intent": first.payment_intent });
    shop.tell("charge.refunded", charge).await;
    let seen = shop.look(&order).await;
    assert_eq!(
        (&seen["refunds"][0]["status"], &seen["refunded"]["amount"]),
        (&json!("SUCCEEDED"), &json!("10.00"))
    );
    assert_eq!(seen["refunds"].as_array().map(Vec::len), Some(1));
    let kinds: Vec<&Value> =
        seen["events"]["nodes"].as_array().unwrap().iter().map(|event| &event["type"]).collect();
    let times = |kind: &str| kinds.iter().filter(|seen| **seen == kind).count();
    assert_eq!((times("REFUND_SUCCEEDED"), times("REFUND_FAILED")), (2, 1), "{kinds:?}");
    // What the bank says of the attempt that counts, counts.
    let second = refunds.iter().find(|refund| refund.id != first.id).expect("another");
    shop.tell("refund.failed", told(second, "failed")).await;
    assert_eq!(shop.look(&order).await["refunds"][0]["status"], "FAILED");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_stripe_may_still_be_at_it_it_is_sent_no_other_key() {
    let shop = Shop::open().await;
    let staff = shop.app.staff().await;
    let order = paid(&shop).await;
    // It begins late, when the next attempt has come and gone, and what stands before it fails meanwhile.
    let look = Fault::Late(Duration::from_millis(1));
    let faults = [look, Fault::Hesitates(Duration::from_secs(12)), Fault::LostBefore, Fault::LostBefore];
    shop.proxy.next("/v1/refunds", &faults);
    shop.does(&staff, "orderRefund", json!({ "orderId": order.id, "amount": "10.00" })).await;
    until_refund(&shop, &order, "SUCCEEDED").await;
    let calls = shop.proxy.calls("/v1/refunds");
    let keys: Vec<_> =
        calls.iter().filter(|call| call.method == Method::POST).map(|call| &call.key).collect();
    assert!(keys.len() > 3 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!(shop.stripe.journal().await.refunds.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn word_of_a_refund_that_comes_before_that_of_its_payment_brings_both() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(3000).stock(9).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    let intent = shop.stripe.journal().await.intents[0].id.clone();
    let form = [("payment_intent", intent.as_str()), ("amount", "1000")];
    shop.stripe.as_owner(Method::POST, "/v1/refunds", &form).await;
    shop.tell("refund.created", told(&shop.stripe.journal().await.refunds[0], "succeeded")).await;
    let seen = shop.until(&order, is_paid_back).await;
    assert_eq!((&seen["status"], &seen["refunds"][0]["reason"]), (&json!("PAID"), &json!("EXTERNAL")));
    assert_eq!(seen["refunded"]["amount"], "10.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_failed_before_anybody_heard_of_it_is_not_made_again_by_itself() {
    let shop = Shop::open().await;
    let staff = shop.app.staff().await;
    let order = paid(&shop).await;
    let look = Fault::Late(Duration::from_millis(1));
    shop.proxy.next("/v1/refunds", &[look, Fault::LostAfter, Fault::LostBefore, Fault::LostBefore]);
    shop.does(&staff, "orderRefund", json!({ "orderId": order.id, "amount": "10.00" })).await;
    let mut made = Vec::new();
    for _ in 0..1200 {
        made = shop.stripe.journal().await.refunds;
        if !made.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shop.stripe.return_refund(&made[0].id).await;
    let seen = until_refund(&shop, &order, "FAILED").await;
    assert_eq!(seen["refunded"]["amount"], "10.00", "it is the customer's all the same");
    assert_eq!(shop.stripe.journal().await.refunds.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_stripe_repeats_is_over_whatever_silence_was_before() {
    let shop = Shop::open().await;
    let staff = shop.app.staff().await;
    let order = paid(&shop).await;
    let look = Fault::Late(Duration::from_millis(1));
    shop.proxy.next("/v1/refunds", &[look, Fault::HangsBefore, Fault::FailsBefore]);
    shop.does(&staff, "orderRefund", json!({ "orderId": order.id, "amount": "10.00" })).await;
    until_refund(&shop, &order, "SUCCEEDED").await;
    let calls = shop.proxy.calls("/v1/refunds");
    let keys: Vec<_> =
        calls.iter().filter(|call| call.method == Method::POST).map(|call| &call.key).collect();
    assert_ne!(keys[0], keys[keys.len() - 1], "it would fail for ever");
    assert_eq!(shop.stripe.journal().await.refunds.len(), 1);
}
