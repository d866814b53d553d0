//! Paying back, whatever goes wrong on the way.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::{Order, Shop, is_paid_back};
use crate::orders::move_to;
use crate::support::faults::Fault;
use crate::support::stripe::GOOD_CARD;
use crate::support::{Client, ProductBuilder};

const REFUND: &str = "mutation($input: OrderRefundInput!) { orderRefund(input: $input) {
    refunds { id amount { amount } reason } order { status refunded { amount } } userErrors { code field } } }";

async fn paid(shop: &Shop) -> Order {
    let mug = ProductBuilder::new("mug").price(1000).stock(9).create(&shop.app).await;
    let order = shop.buy(&mug, 3).await;
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    shop.until_status(&order, "PAID").await;
    order
}

async fn refund(staff: &Client, order: &Order, more: Value) -> Value {
    let mut input = json!({ "orderId": order.id });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    staff.query_with(REFUND, json!({ "input": input })).await.at("/orderRefund").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn some_of_the_money_goes_back_and_never_more_than_came_in() {
    let shop = Shop::with_webhooks().await;
    let staff = shop.app.staff().await;
    let order = paid(&shop).await;
    let first = refund(&staff, &order, json!({ "amount": "12.50" })).await;
    assert_eq!(first["userErrors"], json!([]));
    assert_eq!(first["order"]["refunded"]["amount"], "12.50");
    let too_much = refund(&staff, &order, json!({ "amount": "17.51" })).await;
    assert_eq!(too_much["userErrors"][0]["code"], "AMOUNT_INVALID");
    // Everybody at once: the rest goes back once.
    let all =
        futures_util::future::join_all((0..6).map(|_| refund(&staff, &order, json!({ "amount": "17.50" }))))
            .await;
    assert_eq!(all.iter().filter(|answer| answer["userErrors"] == json!([])).count(), 1);
    let seen = shop.until(&order, is_paid_back).await;
    assert_eq!(seen["refunded"]["amount"], "30.00");
    assert_eq!(seen["status"], "PAID");
    let journal = shop.stripe.journal().await;
    let mut back: Vec<i64> = journal.refunds.iter().map(|refund| refund.amount).collect();
    back.sort_unstable();
    assert_eq!(back, [1250, 1750]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_made_once_whatever_becomes_of_the_answer() {
    for fault in
        [Fault::FailsAfter, Fault::DropsAfter, Fault::LostAfter, Fault::HangsAfter, Fault::FailsBefore]
    {
        let shop = Shop::with_webhooks().await;
        let staff = shop.app.staff().await;
        let order = paid(&shop).await;
        // First it looks what there is; then it asks, and insists.
        let look = Fault::Late(Duration::from_millis(1));
        shop.proxy.next("/v1/refunds", &[look, fault, fault, fault]);
        move_to(&staff, &order.id, "CANCELLED").await;
        let seen = shop.until(&order, is_paid_back).await;
        assert_eq!(seen["status"], "CANCELLED");
        assert_eq!(seen["refunds"][0]["reason"], "ORDER_CANCELLED");
        let journal = shop.stripe.journal().await;
        let back: Vec<i64> = journal.refunds.iter().map(|refund| refund.amount).collect();
        assert_eq!(back, [3000], "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_owner_pays_back_at_stripe_is_in_the_books() {
    let shop = Shop::with_webhooks().await;
    let staff = shop.app.staff().await;
    let order = paid(&shop).await;
    let intent = shop.stripe.journal().await.intents[0].id.clone();
    let form = [("payment_intent", intent.as_str()), ("amount", "1000")];
    shop.stripe.as_owner(Method::POST, "/v1/refunds", &form).await;
    let seen = shop.until(&order, is_paid_back).await;
    assert_eq!(seen["refunds"][0]["reason"], "EXTERNAL");
    assert_eq!(seen["refunded"]["amount"], "10.00");
    let rest = refund(&staff, &order, json!({})).await;
    assert_eq!(rest["refunds"][0]["amount"]["amount"], "20.00");
}
