//! Shipping: flat, by weight, free from an amount, by country.

use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{amounts, fill, method, order, place, set_shipping, write};
use crate::support::builders::Product;
use crate::support::{ProductBuilder, TestApp};

async fn weigh(app: &TestApp, product: &Product, grams: i32) {
    let statement =
        format!("UPDATE product_variants SET weight_grams = {grams} WHERE id = '{}'", product.variant.0);
    diesel::sql_query(statement).execute(&mut app.db().await).await.expect("a weight");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_methods_nothing_is_charged_and_with_them_the_cheapest_is_taken() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    let customer = app.customer().await;
    fill(&customer, &[(&mug, 1)]).await;
    let free = place(&customer, order(None)).await;
    assert_eq!(amounts(&free, "/orderPlace/order"), ["10.00", "0.00", "0.00", "0.00", "10.00"]);
    assert_eq!(free.at("/orderPlace/order/shippingMethodName"), &Value::Null);

    let express = json!({ "code": "express", "name": "Express", "price": "9.90", "countries": ["gb", "GB"] });
    let express = method(&app, express).await;
    method(&app, json!({ "code": "standard", "name": "Standard", "price": "4.90", "freeFrom": "50" })).await;
    method(&app, json!({ "code": "off", "name": "Off", "price": "0", "active": false })).await;
    method(&app, json!({ "code": "abroad", "name": "Abroad", "price": "0", "countries": ["FR"] })).await;

    fill(&customer, &[(&mug, 1)]).await;
    let cheapest = place(&customer, order(None)).await;
    assert_eq!(amounts(&cheapest, "/orderPlace/order"), ["10.00", "0.00", "4.90", "0.00", "14.90"]);
    assert_eq!(cheapest.text("/orderPlace/order/shippingMethodName"), "Standard");

    // Chosen with the order, or by the cart.
    fill(&customer, &[(&mug, 1)]).await;
    let mut chosen = order(None);
    chosen["shippingMethodId"] = express.clone().into();
    let chosen = place(&customer, chosen).await;
    assert_eq!(amounts(&chosen, "/orderPlace/order"), ["10.00", "0.00", "9.90", "0.00", "19.90"]);
    fill(&customer, &[(&mug, 5)]).await;
    let cart = set_shipping(&customer, json!({ "country": "gb", "shippingMethodId": express })).await;
    assert_eq!(amounts(&cart, "/cartShippingUpdate/cart"), ["50.00", "0.00", "9.90", "0.00", "59.90"]);
    assert_eq!(
        cart.at("/cartShippingUpdate/cart/availableShippingMethods"),
        &json!([{ "method": { "code": "express" }, "price": { "amount": "9.90" } },
                { "method": { "code": "standard" }, "price": { "amount": "0.00" } }])
    );
    let by_cart = place(&customer, order(None)).await;
    assert_eq!(by_cart.text("/orderPlace/order/shippingMethodName"), "Express");

    // A method that does not go there is refused, not swapped for another.
    fill(&customer, &[(&mug, 1)]).await;
    let mut elsewhere = order(None);
    elsewhere["shippingAddress"]["country"] = "DE".into();
    let refused = place(&customer, elsewhere).await;
    assert_eq!(refused.user_error_codes("orderPlace"), ["SHIPPING_METHOD_UNAVAILABLE"]);

    // To a new destination the cart forgets it.
    let moved = set_shipping(&customer, json!({ "country": "DE" })).await;
    assert_eq!(moved.text("/cartShippingUpdate/cart/shippingMethod/method/code"), "standard");
    for (input, code) in [
        (json!({ "shippingMethodId": express }), "SHIPPING_METHOD_UNAVAILABLE"),
        (
            json!({ "shippingMethodId": "shipping_method_01h455vb4pex5vsknk084sn02q" }),
            "SHIPPING_METHOD_NOT_FOUND",
        ),
        (json!({ "country": "XX" }), "COUNTRY_UNKNOWN"),
        (json!({ "country": null, "region": "OR" }), "REGION_INVALID"),
        (json!({ "region": "x".repeat(201) }), "REGION_INVALID"),
    ] {
        let refused = set_shipping(&customer, input.clone()).await;
        assert_eq!(refused.user_error_codes("cartShippingUpdate"), [code], "{input}");
    }
    let cart = customer.query("{ cart { shippingCountry shippingMethod { method { code } } } }").await;
    assert_eq!(
        cart.at("/cart"),
        &json!({ "shippingCountry": "DE", "shippingMethod": { "method": { "code": "standard" } } })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_by_weight_follows_what_is_in_the_cart() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    let card = ProductBuilder::new("card").price(500).stock(100).create(&app).await;
    weigh(&app, &mug, 400).await;
    let ladder = json!([{ "upToGrams": 500, "price": "3" }, { "upToGrams": 2000, "price": "5.50" }]);
    method(&app, json!({ "code": "parcel", "name": "Parcel", "pricesByWeight": ladder, "freeFrom": "30" }))
        .await;
    let customer = app.customer().await;
    for (lines, shipping) in [
        // What has no weight weighs nothing.
        (vec![(&card, 2)], "3.00"),
        (vec![(&mug, 1)], "3.00"),
        (vec![(&mug, 2), (&card, 1)], "5.50"),
        (vec![(&mug, 3)], "0.00"),
    ] {
        fill(&customer, &lines).await;
        let cart = set_shipping(&customer, json!({ "country": "GB" })).await;
        assert_eq!(cart.text("/cartShippingUpdate/cart/shipping/amount"), shipping);
        let placed = place(&customer, order(None)).await;
        assert_eq!(placed.text("/orderPlace/order/shipping/amount"), shipping);
        assert_eq!(
            placed.text("/orderPlace/order/total/amount"),
            cart.text("/cartShippingUpdate/cart/total/amount")
        );
    }
    fill(&customer, &[(&mug, 6)]).await;
    let cart = set_shipping(&customer, json!({ "country": "GB" })).await;
    assert_eq!(cart.at("/cartShippingUpdate/cart/shipping"), &Value::Null);
    let refused = place(&customer, order(None)).await;
    assert_eq!(refused.user_error_codes("orderPlace"), ["SHIPPING_UNAVAILABLE"]);
    assert_eq!(app.count("orders").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_shipping_costs_is_not_known_before_it_is_known_where_to() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).create(&app).await;
    method(&app, json!({ "code": "standard", "name": "Standard", "price": "4.90" })).await;
    let guest = app.guest();
    let token = fill(&guest, &[(&mug, 1)]).await.expect("a token");
    let document = format!(
        "query($token: String) {{ cart(token: $token) {{ {} shippingMethod {{ method {{ code }} }}
        availableShippingMethods {{ method {{ code }} }} }} }}",
        super::PRICED
    );
    let cart = guest.query_with(&document, json!({ "token": token })).await;
    assert_eq!(amounts(&cart, "/cart"), ["10.00", "0.00", "unknown", "0.00", "10.00"]);
    assert_eq!(cart.texts("/cart/availableShippingMethods", "/method/code"), ["standard"]);
    // The order knows, and the buyer who expects another total is asked again.
    let mut expecting = order(Some(&token));
    expecting["expectedTotal"] = "10.00".into();
    assert_eq!(place(&guest, expecting.clone()).await.user_error_codes("orderPlace"), ["TOTAL_CHANGED"]);
    expecting["expectedTotal"] = "14.90".into();
    assert!(place(&guest, expecting).await.at("/orderPlace/order").is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_keeps_what_its_method_was() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).create(&app).await;
    let standard = method(&app, json!({ "code": "standard", "name": "Standard", "price": "4.90" })).await;
    let customer = app.customer().await;
    fill(&customer, &[(&mug, 1)]).await;
    set_shipping(&customer, json!({ "country": "GB", "shippingMethodId": standard })).await;
    let placed = place(&customer, order(None)).await;
    let staff = app.staff().await;
    write(&staff, "shippingMethodUpdate", json!({ "id": standard, "name": "Slow", "price": "1" })).await;
    let deleted = write(&staff, "shippingMethodDelete", json!({ "id": standard })).await;
    assert_eq!(deleted.text("/shippingMethodDelete/deletedShippingMethodId"), standard);
    let order = placed.text("/orderPlace/order/id");
    let document = "query($id: ID) { order(id: $id) { shippingMethodName shipping { amount } } }";
    let kept = customer.query_with(document, json!({ "id": order })).await;
    assert_eq!(
        kept.at("/order"),
        &json!({ "shippingMethodName": "Standard", "shipping": { "amount": "4.90" } })
    );
}
