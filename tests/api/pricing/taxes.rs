//! Tax: by destination and class, within prices or on top.

use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{address, amounts, fill, method, order, place, rate, set_shipping, write};
use crate::support::{ProductBuilder, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn tax_within_prices_follows_class_and_destination() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1190).stock(100).create(&app).await;
    let book = ProductBuilder::new("book").price(1070).stock(100).create(&app).await;
    let staff = app.staff().await;
    let changed = staff
        .query_with(
            "mutation($input: ProductUpdateInput!) { productUpdate(input: $input) { product { taxClass } userErrors { code } } }",
            json!({ "input": { "id": book.id.to_string(), "taxClass": "books" } }),
        )
        .await;
    assert_eq!(changed.text("/productUpdate/product/taxClass"), "books");
    rate(&app, "DE", None, "standard", "19").await;
    rate(&app, "DE", None, "books", "7").await;
    rate(&app, "GB", None, "standard", "20").await;
    method(&app, json!({ "code": "standard", "name": "Standard", "price": "5.95" })).await;
    let customer = app.customer().await;
    // The price stays, the tax within it goes by where it goes: 1.90 + 0.70 + 0.95; 1.98 + 0 + 0.99; nothing.
    for (country, tax) in [("DE", "3.55"), ("GB", "2.98"), ("FR", "0.00")] {
        fill(&customer, &[(&mug, 1), (&book, 1)]).await;
        let cart = set_shipping(&customer, json!({ "country": country })).await;
        let expected = ["22.60", "0.00", "5.95", tax, "28.55"];
        assert_eq!(amounts(&cart, "/cartShippingUpdate/cart"), expected, "{country}");
        assert_eq!(cart.at("/cartShippingUpdate/cart/pricesIncludeTax"), &json!(true));
        let mut input = order(None);
        input["shippingAddress"] = address(country, "");
        let placed = place(&customer, input).await;
        assert_eq!(amounts(&placed, "/orderPlace/order"), expected, "{country}");
    }
    let again = customer
        .query("{ viewer { orders(last: 1) { nodes { tax { amount } lines { tax { amount } } } } } }")
        .await;
    assert_eq!(again.text("/viewer/orders/nodes/0/tax/amount"), "3.55");
    assert_eq!(again.texts("/viewer/orders/nodes/0/lines", "/tax/amount"), ["1.90", "0.70"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tax_on_top_of_prices_follows_the_region() {
    let app = TestApp::start_with(|config| config.shop.prices_include_tax = false).await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    rate(&app, "US", Some("ny"), "standard", "8.875").await;
    rate(&app, "US", None, "standard", "1").await;
    rate(&app, "US", Some("OR"), "standard", "0").await;
    let customer = app.customer().await;
    for (region, tax, total) in
        [(" Ny", "0.89", "10.89"), ("OR", "0.00", "10.00"), ("TX", "0.10", "10.10"), ("", "0.10", "10.10")]
    {
        fill(&customer, &[(&mug, 1)]).await;
        let cart = set_shipping(&customer, json!({ "country": "US", "region": region })).await;
        assert_eq!(
            amounts(&cart, "/cartShippingUpdate/cart"),
            ["10.00", "0.00", "0.00", tax, total],
            "{region}"
        );
        let mut input = order(None);
        input["shippingAddress"] = address("US", region);
        input["expectedTotal"] = total.into();
        let placed = place(&customer, input).await;
        assert_eq!(amounts(&placed, "/orderPlace/order"), ["10.00", "0.00", "0.00", tax, total], "{region}");
        assert_eq!(placed.at("/orderPlace/order/pricesIncludeTax"), &json!(false));
    }
    fill(&customer, &[(&mug, 1)]).await;
    let unknown = set_shipping(&customer, json!({ "country": null })).await;
    assert_eq!(amounts(&unknown, "/cartShippingUpdate/cart"), ["10.00", "0.00", "0.00", "unknown", "10.00"]);
    let shop = app.guest().query("{ shop { pricesIncludeTax } }").await;
    assert_eq!(shop.at("/shop/pricesIncludeTax"), &json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_rate_takes_the_firsts_place_and_orders_keep_theirs() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1200).stock(100).create(&app).await;
    rate(&app, "GB", None, "standard", "20").await;
    let customer = app.customer().await;
    fill(&customer, &[(&mug, 1)]).await;
    let placed = place(&customer, order(None)).await;
    assert_eq!(placed.text("/orderPlace/order/tax/amount"), "2.00");
    rate(&app, "GB", None, "standard", "0").await;
    let staff = app.staff().await;
    let rates = staff.query("{ taxRates { totalCount nodes { id percent region } } }").await;
    assert_eq!(rates.int("/taxRates/totalCount"), 1);
    assert_eq!(rates.text("/taxRates/nodes/0/percent"), "0");
    let id = rates.text("/taxRates/nodes/0/id");
    let deleted = write(&staff, "taxRateDelete", json!({ "id": id })).await;
    assert_eq!(deleted.text("/taxRateDelete/deletedTaxRateId"), id);
    let again = write(&staff, "taxRateDelete", json!({ "id": id })).await;
    assert_eq!(again.user_error_codes("taxRateDelete"), ["NOT_FOUND"]);
    let kept = customer.query("{ viewer { orders { nodes { tax { amount } } } } }").await;
    assert_eq!(kept.text("/viewer/orders/nodes/0/tax/amount"), "2.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_in_yen_has_no_cents_to_round_to() {
    let app = TestApp::start_with(|config| config.shop.currency = "JPY".parse().expect("a currency")).await;
    let cup = ProductBuilder::new("cup").price(1234).stock(100).create(&app).await;
    diesel::sql_query("UPDATE product_variants SET currency = 'JPY'")
        .execute(&mut app.db().await)
        .await
        .unwrap();
    rate(&app, "JP", None, "standard", "10").await;
    method(&app, json!({ "code": "post", "name": "Post", "price": "500" })).await;
    super::code(&app, json!({ "code": "FIVE", "percent": "5" })).await;
    let cents = json!({ "code": "x", "name": "X", "price": "4.90" });
    let refused = write(&app.staff().await, "shippingMethodCreate", cents).await;
    assert_eq!(refused.user_error_codes("shippingMethodCreate"), ["INVALID_AMOUNT"]);
    let customer = app.customer().await;
    fill(&customer, &[(&cup, 3)]).await;
    super::set_codes(&customer, None, &["five"]).await;
    let mut input = order(None);
    input["shippingAddress"] = address("JP", "");
    // 3702, of which 185 (185.1); 4017 with shipping hold 365 (365.18).
    let placed = place(&customer, input).await;
    assert_eq!(amounts(&placed, "/orderPlace/order"), ["3702", "185", "500", "365", "4017"]);
}
