//! Discount codes: what they take off, and why they do not.

use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{amounts, code, fill, method, order, place, set_codes, set_shipping, used, write};
use crate::support::{ProductBuilder, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_takes_off_what_it_says_from_cart_and_order() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(999).stock(100).create(&app).await;
    let pen = ProductBuilder::new("pen").price(501).stock(100).create(&app).await;
    method(&app, json!({ "code": "standard", "name": "Standard", "price": "4.90" })).await;
    code(&app, json!({ "code": "welcome10", "percent": "10" })).await;
    code(&app, json!({ "code": "FIVER", "amount": "5" })).await;
    code(&app, json!({ "code": "HUGE", "amount": "5000" })).await;
    code(&app, json!({ "code": "POST-FREE", "freeShipping": true })).await;
    let customer = app.customer().await;
    for (codes, discount, shipping, total, taken) in [
        (vec!["Welcome10"], "2.50", "4.90", "27.39", json!([["WELCOME10", "2.50"]])),
        (vec!["fiver"], "5.00", "4.90", "24.89", json!([["FIVER", "5.00"]])),
        (vec!["HUGE"], "24.99", "4.90", "4.90", json!([["HUGE", "24.99"]])),
        (vec![" post-free "], "0.00", "0.00", "24.99", json!([["POST-FREE", "4.90"]])),
        (
            vec!["POST-FREE", "HUGE"],
            "24.99",
            "0.00",
            "0.00",
            json!([["HUGE", "24.99"], ["POST-FREE", "4.90"]]),
        ),
        (vec![], "0.00", "4.90", "29.89", json!([])),
    ] {
        fill(&customer, &[(&mug, 2), (&pen, 1)]).await;
        set_shipping(&customer, json!({ "country": "GB" })).await;
        let cart = set_codes(&customer, None, &codes).await;
        let expected = ["24.99", discount, shipping, "0.00", total];
        assert_eq!(amounts(&cart, "/cartDiscountCodesUpdate/cart"), expected, "{codes:?}");
        let mut input = order(None);
        input["expectedTotal"] = total.into();
        let placed = place(&customer, input).await;
        assert_eq!(amounts(&placed, "/orderPlace/order"), expected, "{codes:?}");
        let pairs: Vec<Value> = placed
            .at("/orderPlace/order/discounts")
            .as_array()
            .expect("a list")
            .iter()
            .map(|used| json!([used["code"], used["amount"]["amount"]]))
            .collect();
        assert_eq!(Value::from(pairs), taken);
        // A code is for one order: the next cart begins without.
        let next = customer.query("{ cart { discountCodes { code } } }").await;
        assert_eq!(next.at("/cart/discountCodes"), &json!([]));
    }
    assert_eq!(
        (used(&app, "HUGE").await, used(&app, "POST-FREE").await, used(&app, "fiver").await),
        (2, 2, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_does_not_apply_says_why_and_keeps_the_order_back() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    for (name, more, reason, refusal) in [
        ("EARLY", json!({ "startsAt": "2999-01-01T00:00:00Z" }), "NOT_STARTED", "DISCOUNT_NOT_STARTED"),
        ("LATE", json!({ "endsAt": "2020-01-01T00:00:00Z" }), "EXPIRED", "DISCOUNT_EXPIRED"),
        ("RICH", json!({ "minimumSubtotal": "10.01" }), "MINIMUM", "DISCOUNT_MINIMUM"),
        ("GONE", json!({}), "NOT_FOUND", "DISCOUNT_NOT_FOUND"),
        ("FULL", json!({ "usageLimit": 1 }), "USED_UP", "DISCOUNT_USED_UP"),
    ] {
        let mut input = json!({ "code": name, "percent": "50" });
        for (key, value) in more.as_object().expect("an object") {
            input[key] = value.clone();
        }
        let id = code(&app, input).await;
        let guest = app.guest();
        let token = fill(&guest, &[(&mug, 1)]).await;
        let set = set_codes(&guest, token.as_deref(), &[name]).await;
        assert!(set.user_errors("cartDiscountCodesUpdate").is_empty(), "{:#}", set.body);
        match name {
            "GONE" => {
                write(&app.staff().await, "discountDeactivate", json!({ "id": id })).await;
            }
            "FULL" => {
                let filled = "UPDATE discounts SET used = usage_limit WHERE code = 'FULL'";
                diesel::sql_query(filled).execute(&mut app.db().await).await.unwrap();
            }
            _ => {}
        }
        let document = "query($token: String) { cart(token: $token) { total { amount }
            discountCodes { code applicable reason message amount { amount } } } }";
        let cart = guest.query_with(document, json!({ "token": token })).await;
        let shown = cart.at("/cart/discountCodes/0");
        assert_eq!((&shown["applicable"], &shown["reason"]), (&json!(false), &json!(reason)));
        assert!(shown["message"].as_str().is_some_and(|message| message.contains(name)));
        assert_eq!(cart.text("/cart/total/amount"), "10.00");
        let refused = place(&guest, order(token.as_deref())).await;
        assert_eq!(refused.user_error_codes("orderPlace"), [refusal]);
        // Without it, the order is placed.
        set_codes(&guest, token.as_deref(), &[]).await;
        assert!(place(&guest, order(token.as_deref())).await.at("/orderPlace/order").is_object());
    }
    assert_eq!(app.count("order_discounts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_cannot_be_set_change_nothing() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).create(&app).await;
    code(&app, json!({ "code": "A", "percent": "50" })).await;
    code(&app, json!({ "code": "B", "amount": "1" })).await;
    code(&app, json!({ "code": "C", "freeShipping": true })).await;
    let customer = app.customer().await;
    fill(&customer, &[(&mug, 1)]).await;
    set_codes(&customer, None, &["A"]).await;
    for (codes, code, field) in [
        (vec!["NONE"], "DISCOUNT_NOT_FOUND", json!(["input", "codes", "0"])),
        (vec!["C", "nul\0"], "DISCOUNT_NOT_FOUND", json!(["input", "codes", "1"])),
        (vec!["A", "B"], "DISCOUNTS_EXCLUSIVE", json!(["input", "codes", "1"])),
        (vec!["A", "B", "C"], "DISCOUNTS_EXCLUSIVE", json!(["input", "codes"])),
    ] {
        let refused = set_codes(&customer, None, &codes).await;
        assert_eq!(refused.user_error_codes("cartDiscountCodesUpdate"), [code], "{codes:?}");
        assert_eq!(json!(refused.user_errors("cartDiscountCodesUpdate")[0].field), field);
    }
    // Nobody sets those of a cart that is not theirs.
    let stranger = set_codes(&app.customer().await, None, &["A"]).await;
    assert_eq!(stranger.user_error_codes("cartDiscountCodesUpdate"), ["NOT_FOUND"]);
    let cart = customer.query("{ cart { discountCodes { code } total { amount } } }").await;
    assert_eq!(
        cart.at("/cart"),
        &json!({ "discountCodes": [{ "code": "A" }], "total": { "amount": "5.00" } })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_takes_nothing_off_is_not_used_up() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).create(&app).await;
    code(&app, json!({ "code": "POST", "freeShipping": true, "usageLimit": 1 })).await;
    let customer = app.customer().await;
    fill(&customer, &[(&mug, 1)]).await;
    set_codes(&customer, None, &["POST"]).await;
    assert!(place(&customer, order(None)).await.at("/orderPlace/order").is_object());
    assert_eq!((used(&app, "POST").await, app.count("order_discounts").await), (0, 0));
}
