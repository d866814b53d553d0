//! Orders that are not paid in time, and money that comes all the same.

use chrono::TimeDelta;
use serde_json::json;

use super::{Order, Shop, is_paid_back};
use crate::pricing::{code, used};
use crate::support::builders::Product;
use crate::support::faults::Fault;
use crate::support::stripe::GOOD_CARD;
use crate::support::{ProductBuilder, stock_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_not_paid_in_time_lapses_and_its_stock_returns() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 2).await;
    let secret = shop.secret(&order).await;
    shop.app.app.clock.advance(TimeDelta::minutes(59));
    assert_eq!(shop.look(&order).await["status"], "PENDING");
    shop.app.app.clock.advance(TimeDelta::minutes(62));
    let seen = shop.until_status(&order, "CANCELLED").await;
    assert_eq!(seen["cancelReason"], "EXPIRED");
    assert_eq!(stock_of(&shop.app, mug.variant).await, (5, 0));
    shop.until(&order, |seen| seen["payments"][0]["status"] == "CANCELLED").await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect_err("the payment was given up");
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_late_is_honoured_while_the_stock_is_there() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 2).await;
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    shop.proxy.always("/v1/payment_intents", Fault::DropsBefore);
    shop.app.app.clock.advance(TimeDelta::hours(2));
    shop.until_status(&order, "CANCELLED").await;
    shop.proxy.heal();
    shop.app.app.clock.advance(TimeDelta::hours(2));
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!(seen["refunds"], json!([]));
    assert_eq!(seen["paid"]["amount"], "25.00");
    assert_eq!(stock_of(&shop.app, mug.variant).await, (5, 2));
}

/// An order with the code, which lapses although it was paid: no word of it came. Its use is free again.
async fn lapsed_with_code(shop: &Shop, mug: &Product) -> Order {
    let order = shop.buy_with(mug, 2, &["ONCE"]).await;
    let secret = shop.secret(&order).await;
    assert_eq!(used(&shop.app, "ONCE").await, 1);
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    shop.proxy.always("/v1/payment_intents", Fault::DropsBefore);
    shop.app.app.clock.advance(TimeDelta::hours(2));
    shop.until_status(&order, "CANCELLED").await;
    assert_eq!(used(&shop.app, "ONCE").await, 0);
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_taken_up_again_uses_its_code_again() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let limits = json!({ "code": "ONCE", "percent": "10", "usageLimit": 1, "usageLimitPerCustomer": 1 });
    let discount = code(&shop.app, limits).await;
    let order = lapsed_with_code(&shop, &mug).await;
    // That the code is offered no longer is nothing to somebody who has ordered with it.
    let close = "mutation($id: ID!) { discountDeactivate(input: { id: $id }) { userErrors { code } } }";
    let closed = shop.app.staff().await.query_with(close, json!({ "id": discount })).await;
    assert!(closed.user_errors("discountDeactivate").is_empty(), "{:#}", closed.body);
    shop.proxy.heal();
    shop.app.app.clock.advance(TimeDelta::hours(2));
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!((&seen["paid"]["amount"], &seen["refunds"]), (&json!("22.50"), &json!([])));
    assert_eq!(used(&shop.app, "ONCE").await, 1);
    assert_eq!(shop.app.count("discount_uses WHERE used = 1").await, 1);
    assert_eq!(shop.app.count("order_discounts WHERE given_back_at IS NULL").await, 1);
    assert_eq!(stock_of(&shop.app, mug.variant).await, (5, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_back_when_the_code_was_used_up_meanwhile() {
    for limit in ["usageLimit", "usageLimitPerCustomer"] {
        let shop = Shop::open().await;
        let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
        code(&shop.app, json!({ "code": "ONCE", "percent": "10", limit: 1 })).await;
        let late = lapsed_with_code(&shop, &mug).await;
        // The same customer, whichever of the limits it is.
        shop.buy_with(&mug, 1, &["ONCE"]).await;
        shop.proxy.heal();
        // Within the hold of the other order.
        shop.app.app.clock.advance(TimeDelta::minutes(20));
        let back = shop.until(&late, is_paid_back).await;
        assert_eq!(
            (&back["status"], &back["cancelReason"]),
            (&json!("CANCELLED"), &json!("EXPIRED")),
            "{limit}"
        );
        assert_eq!(back["refunds"][0]["reason"], "LATE_PAYMENT", "{limit}");
        assert_eq!((&back["paid"], &back["paid"]["amount"]), (&back["refunded"], &json!("22.50")));
        assert_eq!(used(&shop.app, "ONCE").await, 1, "{limit}");
        assert_eq!(shop.app.count("order_discounts WHERE given_back_at IS NULL").await, 1);
        assert_eq!(stock_of(&shop.app, mug.variant).await, (5, 1), "{limit}");
    }
}

/// Two customers, one last piece, both pay: ten times in a row.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_pay_for_the_last_piece_one_has_it_and_the_other_their_money() {
    let shop = Shop::open().await;
    for round in 0..10 {
        let mug = ProductBuilder::new(&format!("mug-{round}")).price(1250).stock(1).create(&shop.app).await;
        let late = shop.buy(&mug, 1).await;
        let secret = shop.secret(&late).await;
        shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
        // No word of it comes before the order's time is up.
        shop.proxy.always("/v1/payment_intents", Fault::DropsBefore);
        shop.app.app.clock.advance(TimeDelta::hours(2));
        shop.until_status(&late, "CANCELLED").await;
        let quick = shop.buy(&mug, 1).await;
        shop.proxy.heal();
        // The breaker's pause.
        shop.app.app.clock.advance(TimeDelta::minutes(5));
        let secret = shop.secret(&quick).await;
        shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
        shop.app.app.clock.advance(TimeDelta::minutes(10));
        let paid = shop.until_status(&quick, "PAID").await;
        assert_eq!(paid["refunds"], json!([]), "{round}");
        let back = shop.until(&late, is_paid_back).await;
        assert_eq!(back["status"], "CANCELLED", "{round}");
        assert_eq!(back["refunds"][0]["reason"], "LATE_PAYMENT");
        assert_eq!(back["paid"], back["refunded"]);
        assert_eq!(stock_of(&shop.app, mug.variant).await, (1, 1));
    }
    let journal = shop.stripe.journal().await;
    assert_eq!(journal.charges.iter().map(|charge| charge.amount_captured).sum::<i64>(), 20 * 1250);
    assert_eq!(journal.refunds.iter().map(|refund| refund.amount).sum::<i64>(), 10 * 1250);
}
