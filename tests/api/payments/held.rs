//! Money that a bank holds until staff take it, or give it up.

use std::time::Duration;

use axum::http::Method;
use cartograph::config::CaptureMode;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{INVOICE_HOLD, Order, Shop, is_paid_back};
use crate::support::faults::Fault;
use crate::support::stripe::GOOD_CARD;
use crate::support::{Client, ProductBuilder, stock_of};

const LINES: &str = "query($id: ID!, $token: String) { order(id: $id, token: $token) { lines { id } } }";

/// A shop that takes its customers' money later.
async fn open() -> Shop {
    Shop::open_with(CaptureMode::Manual).await.hearing().await
}

/// An order whose customer's bank holds the money, and the payment.
async fn held(shop: &Shop) -> (Order, Value) {
    let mug = ProductBuilder::new("mug").price(1000).stock(9).create(&shop.app).await;
    let order = shop.buy(&mug, 3).await;
    let payment = hold(shop, &order).await;
    (order, payment)
}

/// Has the customer pay; their payment.
async fn hold(shop: &Shop, order: &Order) -> Value {
    let begun = shop.begin(order).await;
    shop.stripe.pay(begun["clientSecret"].as_str().expect("a secret"), GOOD_CARD).await.expect("a good card");
    let payment = begun["payment"]["id"].clone();
    let authorized = |seen: &Value| {
        let payments = seen["payments"].as_array().expect("a list");
        payments.iter().any(|other| other["id"] == payment && other["status"] == "AUTHORIZED")
    };
    shop.until(order, authorized).await;
    payment
}

async fn cancel_a_piece(shop: &Shop, staff: &Client, order: &Order) {
    let lines = staff.query_with(LINES, json!({ "id": order.id })).await.at("/order/lines/0/id").clone();
    let lines = json!([{ "lineId": lines, "quantity": 1 }]);
    shop.does(staff, "orderLinesCancel", json!({ "orderId": order.id, "lines": lines })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_without_a_time_until_its_money_is_taken() {
    let shop = open().await;
    let staff = shop.app.staff().await;
    let (order, payment) = held(&shop).await;
    shop.app.app.clock.advance(TimeDelta::minutes(4));
    let seen = shop.look(&order).await;
    assert_eq!(
        (&seen["status"], &seen["expiresAt"], &seen["paid"]["amount"]),
        (&json!("PENDING"), &Value::Null, &json!("0.00"))
    );
    shop.does(&staff, "paymentCapture", json!({ "paymentId": payment })).await;
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!(
        (&seen["paid"]["amount"], &seen["payments"][0]["status"]),
        (&json!("30.00"), &json!("CAPTURED"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_a_bank_holds_less_is_taken_and_the_rest_is_no_refund() {
    let shop = open().await;
    let staff = shop.app.staff().await;
    let (order, payment) = held(&shop).await;
    cancel_a_piece(&shop, &staff, &order).await;
    let again = shop.begin(&order).await;
    assert_eq!(again["payment"]["id"], payment, "what is held is enough: {again:#}");
    shop.does(&staff, "paymentCapture", json!({ "paymentId": payment })).await;
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!(seen["paid"]["amount"], "20.00");
    // Stripe tells of what it let go as of a refund; one of the same amount by the owner is another.
    let [released] = &shop.stripe.journal().await.refunds[..] else { panic!("one refund") };
    let object = json!({ "id": released.id, "amount": released.amount, "currency": "usd", "status": "succeeded",
                         "payment_intent": released.payment_intent, "metadata": {} });
    for _ in 0..2 {
        shop.tell("refund.created", object.clone()).await;
    }
    assert_eq!(shop.look(&order).await["refunds"], json!([]));
    let form =
        [("payment_intent", released.payment_intent.as_deref().expect("a payment")), ("amount", "1000")];
    shop.stripe.as_owner(Method::POST, "/v1/refunds", &form).await;
    let seen = shop.until(&order, is_paid_back).await;
    assert_eq!(
        (&seen["refunded"]["amount"], &seen["refunds"][0]["reason"]),
        (&json!("10.00"), &json!("EXTERNAL"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_cancelled_before_its_money_is_taken_costs_nothing() {
    let shop = open().await;
    let staff = shop.app.staff().await;
    let (order, payment) = held(&shop).await;
    shop.proxy.always("/capture", Fault::DropsBefore);
    shop.does(&staff, "paymentCapture", json!({ "paymentId": payment })).await;
    // The attempt and its repetitions.
    shop.until_called("/capture", 3).await;
    shop.does(&order.guest, "orderCancel", json!({ "orderId": order.id, "token": order.token })).await;
    shop.proxy.heal();
    // The breaker's pause, and the job's.
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    let seen = shop.until(&order, |seen| seen["payments"][0]["status"] == "CANCELLED").await;
    assert_eq!(
        (&seen["status"], &seen["refunds"], &seen["paid"]["amount"]),
        (&json!("CANCELLED"), &json!([]), &json!("0.00"))
    );
    let journal = shop.stripe.journal().await;
    assert_eq!((journal.intents[0].status.as_str(), journal.charges[0].amount_captured), ("canceled", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_amount_is_being_taken_another_is_refused() {
    let shop = open().await;
    let staff = shop.app.staff().await;
    let (order, payment) = held(&shop).await;
    shop.proxy.always("/capture", Fault::DropsBefore);
    let capture = async |amount: &str| {
        let input = json!({ "paymentId": payment, "amount": amount });
        shop.asks(&staff, "paymentCapture", input).await["userErrors"].clone()
    };
    assert_eq!(capture("12.00").await, json!([]));
    assert_eq!(capture("30.00").await[0]["code"], "AMOUNT_INVALID");
    assert_eq!(capture("12.00").await, json!([]), "the same is the same");
    shop.proxy.heal();
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    let seen = shop.until(&order, |seen| seen["paid"]["amount"] == "12.00").await;
    // The rest may never come: the order has its time again.
    assert_eq!(seen["status"], "PENDING");
    assert!(seen["expiresAt"].is_string(), "{seen:#}");
    shop.app.app.clock.advance(TimeDelta::hours(2));
    let seen = shop.until(&order, is_paid_back).await;
    assert_eq!((&seen["status"], &seen["refunded"]["amount"]), (&json!("CANCELLED"), &json!("12.00")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_counts_on_one_payment_does_not_lapse_for_another() {
    let shop = open().await;
    let staff = shop.app.staff().await;
    let (order, payment) = held(&shop).await;
    shop.proxy.always("/cancel", Fault::DropsBefore);
    shop.does(&staff, "paymentCancel", json!({ "paymentId": payment })).await;
    shop.until_called("/cancel", 1).await;
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    let other = hold(&shop, &order).await;
    assert_ne!(other, payment);
    shop.proxy.heal();
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    let seen = shop.until(&order, |seen| seen["payments"][0]["status"] == "CANCELLED").await;
    assert_eq!((&seen["expiresAt"], &seen["payments"][1]["status"]), (&Value::Null, &json!("AUTHORIZED")));
    // When nothing is held any more it has.
    shop.does(&staff, "paymentCancel", json!({ "paymentId": other })).await;
    let seen = shop.until(&order, |seen| seen["payments"][1]["status"] == "CANCELLED").await;
    assert!(seen["expiresAt"].is_string(), "{seen:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_while_stripe_was_told_of_it_is_nobodys_to_pay() {
    let shop = open().await;
    let staff = shop.app.staff().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(9).create(&shop.app).await;
    let order = shop.buy(&mug, 3).await;
    shop.proxy.next("/v1/payment_intents", &[Fault::Late(Duration::from_millis(1500))]);
    let meanwhile = async {
        shop.until_called("/v1/payment_intents", 1).await;
        let payment = shop.look(&order).await["payments"][0]["id"].clone();
        shop.does(&staff, "paymentCancel", json!({ "paymentId": payment })).await;
        shop.until(&order, |seen| seen["payments"][0]["status"] == "CANCELLED").await;
    };
    let (begun, ()) = tokio::join!(shop.begin(&order), meanwhile);
    assert_eq!((&begun["clientSecret"], &begun["userErrors"][0]["code"]), (&Value::Null, &json!("GIVEN_UP")));
    for _ in 0..600 {
        if shop.stripe.journal().await.intents[0].status == "canceled" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(shop.stripe.journal().await.intents[0].status, "canceled", "at Stripe as well");
    // One that was cancelled at Stripe's pages makes way for another.
    let first = shop.begin(&order).await;
    let journal = shop.stripe.journal().await;
    let open = journal.intents.iter().find(|intent| intent.status != "canceled").expect("one is open");
    shop.app.app.clock.advance(TimeDelta::seconds(1));
    let form: [(&str, &str); 0] = [];
    shop.stripe.as_owner(Method::POST, &format!("/v1/payment_intents/{}/cancel", open.id), &form).await;
    let second = shop.begin(&order).await;
    assert!(
        second["clientSecret"].is_string() && second["clientSecret"] != first["clientSecret"],
        "{second:#}"
    );
    assert_eq!(stock_of(&shop.app, mug.variant).await, (9, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_chooses_an_invoice_in_place_of_what_a_bank_holds_has_the_time_for_it() {
    let shop = open().await;
    let (order, _) = held(&shop).await;
    let begin = json!({ "orderId": order.id, "token": order.token, "provider": "MANUAL" });
    shop.does(&order.guest, "paymentCreate", begin).await;
    let seen = shop.until(&order, |seen| seen["payments"][0]["status"] == "CANCELLED").await;
    let expires = seen["expiresAt"].as_str().expect("a time").parse::<DateTime<Utc>>().expect("a time");
    assert!(expires > shop.app.app.clock.now() + INVOICE_HOLD - TimeDelta::hours(1), "{seen:#}");
}
