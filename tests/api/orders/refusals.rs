//! What cannot be ordered, and that nothing is left of the attempt.

use cartograph::catalog::expect_currency;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{fill, input, place};
use crate::support::{ProductBuilder, TestApp, stock_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_order_leaves_no_trace_and_its_key_is_still_good() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(5).create(&app).await;
    let guest = app.guest();
    let token = fill(&guest, mug.variant, 5).await;
    diesel::sql_query("UPDATE inventory SET on_hand = 2").execute(&mut app.db().await).await.unwrap();
    let mut keyed = input(token.as_deref());
    keyed["idempotencyKey"] = "k".into();

    let refused = place(&guest, keyed.clone()).await;
    assert_eq!(refused.user_error_codes("orderPlace"), ["INSUFFICIENT_STOCK"]);
    assert!(refused.user_errors("orderPlace")[0].message.contains("only 2"), "{:#}", refused.body);
    for table in ["orders", "order_lines", "order_events", "outbox", "idempotency_keys"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    assert_eq!(stock_of(&app, mug.variant).await, (2, 0));

    diesel::sql_query("UPDATE inventory SET on_hand = 5").execute(&mut app.db().await).await.unwrap();
    assert!(place(&guest, keyed).await.at("/orderPlace/order").is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_ordered_is_named() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(5).create(&app).await;
    let guest = app.guest();
    let token = fill(&guest, mug.variant, 1).await;
    let with = |name: &str, value: Value| {
        let mut input = input(token.as_deref());
        input[name] = value;
        input
    };
    for (input, code, field) in [
        (with("email", "nobody".into()), "EMAIL_INVALID", json!(["input", "email"])),
        (with("email", Value::Null), "EMAIL_INVALID", json!(["input", "email"])),
        (with("cartToken", "wrong".into()), "CART_NOT_FOUND", Value::Null),
        (with("cartToken", Value::Null), "CART_NOT_FOUND", Value::Null),
        (with("idempotencyKey", "".into()), "IDEMPOTENCY_KEY_INVALID", json!(["input", "idempotencyKey"])),
        (
            with("idempotencyKey", "k".repeat(256).into()),
            "IDEMPOTENCY_KEY_INVALID",
            json!(["input", "idempotencyKey"]),
        ),
        (with("expectedTotal", "9.99".into()), "TOTAL_CHANGED", json!(["input", "expectedTotal"])),
        (
            with("shippingAddress", json!({ "name": "A", "line1": "B", "city": "C", "country": "ZZ" })),
            "ADDRESS_INVALID",
            json!(["input", "shippingAddress", "country"]),
        ),
        (
            with("billingAddress", json!({ "name": " ", "line1": "B", "city": "C", "country": "DE" })),
            "ADDRESS_INVALID",
            json!(["input", "billingAddress", "name"]),
        ),
    ] {
        let refused = place(&guest, input.clone()).await;
        let errors = refused.user_errors("orderPlace");
        assert_eq!(errors[0].code.as_deref(), Some(code), "{input:#} {:#}", refused.body);
        assert_eq!(json!(errors[0].field), field, "{input:#}");
    }
    assert_eq!(app.count("orders").await, 0);
    assert!(place(&guest, with("expectedTotal", "10.00".into())).await.at("/orderPlace/order").is_object());
    let empty = place(&guest, input(token.as_deref())).await;
    assert_eq!(empty.user_error_codes("orderPlace"), ["CART_EMPTY"]);

    let archived = fill(&guest, mug.variant, 1).await;
    diesel::sql_query("UPDATE products SET status = 'archived'").execute(&mut app.db().await).await.unwrap();
    let unavailable = place(&guest, input(archived.as_deref())).await;
    assert_eq!(unavailable.user_error_codes("orderPlace"), ["PRODUCT_UNAVAILABLE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_charges_in_its_one_currency() {
    let app = TestApp::start().await;
    let (dollars, euros) = ("USD".parse().unwrap(), "EUR".parse().unwrap());
    let expect = async |currency| expect_currency(&*app.db().await, currency).await;
    assert!(expect(euros).await.is_ok(), "a shop without prices may begin with any currency");
    let mug = ProductBuilder::new("mug").stock(5).create(&app).await;
    ProductBuilder::new("tee").create(&app).await;
    assert!(expect(dollars).await.is_ok());
    let error = expect(euros).await.unwrap_err().to_string();
    assert!(error.contains("prices in USD, but SHOP_CURRENCY is EUR"), "{error}");

    let guest = app.guest();
    let token = fill(&guest, mug.variant, 1).await;
    let foreign = format!("UPDATE product_variants SET currency = 'EUR' WHERE id = '{}'", mug.variant.0);
    diesel::sql_query(foreign).execute(&mut app.db().await).await.unwrap();
    assert!(expect(dollars).await.is_err());
    let refused = place(&guest, input(token.as_deref())).await;
    assert_eq!(refused.user_error_codes("orderPlace"), ["CURRENCY_MISMATCH"]);

    // A currency that nobody knows is nobody's dollars.
    diesel::sql_query("UPDATE product_variants SET currency = 'QQQ'")
        .execute(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(guest.query("{ product(slug: \"mug\") { price { amount } } }").await.error_code(), "INTERNAL");
}
