//! What a cart refuses, whatever it is asked, and what answering costs.

use serde_json::{Value, json};

use super::{add, change, lines, product, read};
use crate::support::db::{count, run};
use crate::support::{ProductBuilder, TestApp};

/// Asks for something refused and checks that it is refused for that reason, at that place, and that nothing happened.
async fn assert_refused(mutation: &str, ask: impl Fn(&str, &str) -> Value, code: &str, field: &[&str]) {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mug = ProductBuilder::new("mug").sku("MUG").stock(2000).create(&app).await;
    ProductBuilder::new("rare").sku("RARE").stock(3).create(&app).await;
    ProductBuilder::new("draft").sku("DRAFT").draft().create(&app).await;
    ProductBuilder::new("archived").sku("ARCHIVED").archived().create(&app).await;
    let gone = ProductBuilder::new("gone")
        .option("Size")
        .choice("S", 100, 5)
        .sku("S")
        .choice("M", 100, 5)
        .create(&app)
        .await;
    let mut db = app.database().connect().await;
    run(&mut db, &format!("UPDATE product_variants SET archived_at = now() WHERE id = '{}'", gone.variant.0))
        .await;
    let cart = add(&customer, &mug, 600).await;
    let line = cart.text("/cartLinesAdd/cart/lines/0/id");

    let input = ask(line, &mug.variant.to_string());
    let answer = change(&customer, mutation, input.clone()).await;
    let errors = answer.user_errors(mutation);
    let [error] = errors.as_slice() else { panic!("one error expected for {input}: {errors:?}") };
    assert_eq!(error.code.as_deref(), Some(code), "{input}: {error:?}");
    assert_eq!(error.field.as_deref().unwrap_or_default(), field, "{input}: {error:?}");
    assert!(!error.message.is_empty());
    assert!(answer.at(&format!("/{mutation}/cart")).is_null());
    assert_eq!(lines(&read(&customer, "").await, "/cart"), [("mug".to_owned(), 600)], "{input}");
    assert_eq!(count(&mut db, "SELECT count(*) AS n FROM carts").await, 1);
}

/// A line that is fine, before the one at fault: all or nothing.
fn after_a_good_one(line: Value) -> Value {
    json!({ "lines": [{ "sku": "RARE", "quantity": 1 }, line] })
}

#[tokio::test]
async fn adding_is_refused_as_a_whole() {
    for (line, code, field) in [
        (json!({ "sku": "NONE" }), "NOT_FOUND", "sku"),
        (json!({ "sku": "" }), "NOT_FOUND", "sku"),
        (json!({ "sku": "NUL\0" }), "NOT_FOUND", "sku"),
        (json!({ "variantId": "variant_01h455vb4pex5vsknk084sn02q" }), "NOT_FOUND", "variantId"),
        (json!({ "sku": "DRAFT" }), "NOT_FOUND", "sku"),
        (json!({ "sku": "ARCHIVED" }), "NOT_AVAILABLE", "sku"),
        (json!({ "sku": "S" }), "NOT_AVAILABLE", "sku"),
        (json!({ "sku": "MUG", "quantity": 0 }), "QUANTITY_INVALID", "quantity"),
        (json!({ "sku": "MUG", "quantity": -1 }), "QUANTITY_INVALID", "quantity"),
        (json!({ "sku": "MUG", "quantity": i32::MIN }), "QUANTITY_INVALID", "quantity"),
        (json!({ "sku": "MUG", "quantity": 401 }), "QUANTITY_LIMIT_EXCEEDED", "quantity"),
        (json!({ "sku": "MUG", "quantity": i32::MAX }), "QUANTITY_LIMIT_EXCEEDED", "quantity"),
    ] {
        let ask = |_: &str, _: &str| after_a_good_one(line.clone());
        assert_refused("cartLinesAdd", ask, code, &["input", "lines", "1", field]).await;
    }
}

#[tokio::test]
async fn changing_is_refused_as_a_whole() {
    let unknown = "cart_line_01h455vb4pex5vsknk084sn02q";
    let ask = |_: &str, _: &str| json!({ "lines": [{ "lineId": unknown, "quantity": 1 }] });
    assert_refused("cartLinesUpdate", ask, "NOT_FOUND", &["input", "lines", "0", "lineId"]).await;
    let ask = |line: &str, _: &str| json!({ "lines": [{ "lineId": line, "quantity": 5 }, { "lineId": line, "quantity": 6 }] });
    assert_refused("cartLinesUpdate", ask, "LINE_REPEATED", &["input", "lines", "1", "lineId"]).await;
    for (quantity, code) in [(-1, "QUANTITY_INVALID"), (1001, "QUANTITY_LIMIT_EXCEEDED")] {
        let ask = |line: &str, _: &str| json!({ "lines": [{ "lineId": line, "quantity": quantity }] });
        assert_refused("cartLinesUpdate", ask, code, &["input", "lines", "0", "quantity"]).await;
    }
    let ask = |line: &str, _: &str| json!({ "lineIds": [line, unknown] });
    assert_refused("cartLinesRemove", ask, "NOT_FOUND", &["input", "lineIds", "1"]).await;
    for (mutation, list) in
        [("cartLinesAdd", "lines"), ("cartLinesUpdate", "lines"), ("cartLinesRemove", "lineIds")]
    {
        let ask = |_: &str, _: &str| json!({ list: [] });
        assert_refused(mutation, ask, "LINES_REQUIRED", &["input", list]).await;
    }
    let ask = |line: &str, _: &str| json!({ "lineIds": vec![line; 101] });
    assert_refused("cartLinesRemove", ask, "LINE_LIMIT_EXCEEDED", &["input", "lineIds"]).await;
}

#[tokio::test]
async fn more_than_there_is_cannot_be_added_and_the_answer_says_how_much_there_is() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mug = ProductBuilder::new("mug").stock(5).create(&app).await;
    let cart = add(&customer, &mug, 3).await;
    let wanted = json!({ "lines": [{ "variantId": mug.variant.to_string(), "quantity": 3 }] });
    let answer = change(&customer, "cartLinesAdd", wanted).await;
    let errors = answer.user_errors("cartLinesAdd");
    assert_eq!(errors[0].code.as_deref(), Some("INSUFFICIENT_STOCK"));
    assert_eq!(errors[0].message, "Only 5 of 'mug' are available, and the cart already has 3.");

    let line = cart.text("/cartLinesAdd/cart/lines/0/id");
    let wanted = json!({ "lines": [{ "lineId": line, "quantity": 6 }] });
    let answer = change(&customer, "cartLinesUpdate", wanted).await;
    assert_eq!(answer.user_error_codes("cartLinesUpdate"), ["INSUFFICIENT_STOCK"]);
    assert_eq!(lines(&read(&customer, "").await, "/cart"), [("mug".to_owned(), 3)]);
}

#[tokio::test]
async fn every_reason_is_told_at_once() {
    let app = TestApp::start().await;
    let wanted = json!({ "lines": [{ "sku": "NONE" }, { "sku": "NEITHER", "quantity": 2 }] });
    let answer = change(&app.guest(), "cartLinesAdd", wanted).await;
    assert_eq!(answer.user_error_codes("cartLinesAdd"), ["NOT_FOUND", "NOT_FOUND"]);
    let mut db = app.database().connect().await;
    assert_eq!(
        count(&mut db, "SELECT count(*) AS n FROM carts").await,
        0,
        "a refused guest leaves no cart behind"
    );
}

#[tokio::test]
async fn what_can_never_be_right_is_an_error_of_the_request() {
    let app = TestApp::start().await;
    let order = "order_01h455vb4pex5vsknk084sn02q";
    let variant = "variant_01h455vb4pex5vsknk084sn02q";
    for (mutation, input) in [
        ("cartLinesAdd", json!({ "lines": [{ "quantity": 1 }] })),
        ("cartLinesAdd", json!({ "lines": [{ "sku": "MUG", "variantId": variant }] })),
        ("cartLinesAdd", json!({ "lines": [{ "variantId": order }] })),
        ("cartLinesAdd", json!({ "lines": [{ "variantId": "42" }] })),
        ("cartLinesAdd", json!({ "cartId": order, "lines": [{ "sku": "MUG" }] })),
        ("cartLinesUpdate", json!({ "lines": [{ "lineId": order, "quantity": 1 }] })),
        ("cartLinesRemove", json!({ "lineIds": [order] })),
        ("cartClear", json!({ "cartId": "" })),
    ] {
        let answer = change(&app.guest(), mutation, input.clone()).await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{mutation} {input}");
    }
    assert_eq!(read(&app.guest(), &format!("(id: {order:?})")).await.error_code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_cart_holds_a_hundred_lines_and_no_more() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mut variants = Vec::new();
    for index in 0..101 {
        variants.push(product(&app, &format!("product-{index}")).await.variant.to_string());
    }
    let all: Vec<Value> = variants.iter().map(|id| json!({ "variantId": id })).collect();
    let answer = change(&customer, "cartLinesAdd", json!({ "lines": all })).await;
    assert_eq!(answer.user_error_codes("cartLinesAdd"), ["LINE_LIMIT_EXCEEDED"]);
    let answer = change(&customer, "cartLinesAdd", json!({ "lines": all[..100] })).await;
    assert_eq!(answer.int("/cartLinesAdd/cart/itemCount"), 100);
    let answer = change(&customer, "cartLinesAdd", json!({ "lines": all[100..] })).await;
    assert_eq!(answer.user_error_codes("cartLinesAdd"), ["LINE_LIMIT_EXCEEDED"]);
    // More of what is there is no new line.
    let answer = change(&customer, "cartLinesAdd", json!({ "lines": all[..1] })).await;
    assert_eq!(answer.int("/cartLinesAdd/cart/itemCount"), 101);
}

#[tokio::test]
async fn answering_the_whole_cart_costs_the_same_for_one_line_and_for_fifty() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mut variants = Vec::new();
    for index in 0..50 {
        variants.push(product(&app, &format!("product-{index}")).await.variant.to_string());
    }
    let all: Vec<Value> = variants.iter().map(|id| json!({ "variantId": id })).collect();
    let mut counts = Vec::new();
    for wanted in [&all[..1], &all[..], &all[..1]] {
        let (answer, statements) =
            app.statements(change(&customer, "cartLinesAdd", json!({ "lines": wanted }))).await;
        assert_eq!(answer.user_errors("cartLinesAdd"), []);
        statements.assert_at_most(6);
        statements.assert_prepared();
        counts.push(statements.count());
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");

    let (_, statements) = app.statements(read(&customer, "")).await;
    statements.assert_at_most(3);
    statements.assert_prepared();
}
