//! Each verb by itself, and what the cart shows after it.

use serde_json::json;

use super::{add, change, lines, product, read};
use crate::support::db::run;
use crate::support::{ProductBuilder, TestApp};

#[tokio::test]
async fn a_guest_fills_a_cart_by_sku_and_gets_a_token_to_come_back_with() {
    let app = TestApp::start().await;
    ProductBuilder::new("mug").name("Stone Mug").sku("MUG").price(1850).create(&app).await;
    ProductBuilder::new("tee")
        .name("Tee")
        .option("Size")
        .choice("M", 2400, 5)
        .sku("TEE-M")
        .create(&app)
        .await;
    let wanted = json!({ "lines": [{ "sku": "MUG", "quantity": 2 }, { "sku": "TEE-M" }] });
    let answer = change(&app.guest(), "cartLinesAdd", wanted).await;

    assert_eq!(
        lines(&answer, "/cartLinesAdd/cart"),
        [("Stone Mug".to_owned(), 2), ("Tee (M)".to_owned(), 1)]
    );
    assert_eq!(answer.int("/cartLinesAdd/cart/itemCount"), 3);
    assert_eq!(answer.text("/cartLinesAdd/cart/lines/0/unitPrice/amount"), "18.50");
    assert_eq!(answer.text("/cartLinesAdd/cart/lines/0/total/amount"), "37.00");
    assert_eq!(answer.text("/cartLinesAdd/cart/lines/0/product/name"), "Stone Mug");
    assert_eq!(answer.text("/cartLinesAdd/cart/subtotal/amount"), "61.00");
    assert_eq!(answer.at("/cartLinesAdd/cart/total"), &json!({ "amount": "61.00", "currency": "USD" }));
    assert_eq!(answer.at("/cartLinesAdd/cart/warnings"), &json!([]));

    let token = answer.text("/cartLinesAdd/cart/token");
    assert_eq!(token.len(), 43, "256 bits in base64url");
    let again = read(&app.guest(), &format!("(token: {token:?})")).await;
    assert_eq!(again.at("/cart"), answer.at("/cartLinesAdd/cart"));
}

#[tokio::test]
async fn adding_what_is_there_adds_quantities_and_one_variant_named_twice_is_summed() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mug = ProductBuilder::new("mug").sku("MUG").stock(100).create(&app).await;
    add(&customer, &mug, 2).await;
    let twice = json!({ "lines": [
        { "variantId": mug.variant.to_string(), "quantity": 3 },
        { "sku": "MUG", "quantity": 4 },
    ] });
    let answer = change(&customer, "cartLinesAdd", twice).await;
    assert_eq!(lines(&answer, "/cartLinesAdd/cart"), [("mug".to_owned(), 9)]);
    assert!(answer.at("/cartLinesAdd/cart/token").is_null(), "a customer's cart has no token");
}

#[tokio::test]
async fn create_makes_a_guest_a_cart_and_gives_a_customer_the_one_they_have() {
    let app = TestApp::start().await;
    let empty = app
        .guest()
        .query("mutation { cartCreate { cart { token itemCount total { amount currency } } } }")
        .await;
    assert_eq!(empty.at("/cartCreate/cart/total"), &json!({ "amount": "0.00", "currency": "USD" }));
    assert_eq!(empty.text("/cartCreate/cart/token").len(), 43);

    let customer = app.customer().await;
    let mug = product(&app, "mug").await;
    let first = add(&customer, &mug, 1).await;
    let wanted = json!({ "lines": [{ "variantId": mug.variant.to_string(), "quantity": 2 }] });
    let second = change(&customer, "cartCreate", wanted).await;
    assert_eq!(second.text("/cartCreate/cart/id"), first.text("/cartLinesAdd/cart/id"));
    assert_eq!(second.int("/cartCreate/cart/itemCount"), 3);
}

#[tokio::test]
async fn update_sets_quantities_and_zero_takes_a_line_out() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    add(&customer, &product(&app, "mug").await, 2).await;
    let filled = add(&customer, &product(&app, "tee").await, 2).await;
    let wanted = json!({ "lines": [
        { "lineId": filled.text("/cartLinesAdd/cart/lines/0/id"), "quantity": 0 },
        { "lineId": filled.text("/cartLinesAdd/cart/lines/1/id"), "quantity": 7 },
    ] });
    let answer = change(&customer, "cartLinesUpdate", wanted).await;
    assert_eq!(lines(&answer, "/cartLinesUpdate/cart"), [("tee".to_owned(), 7)]);
    assert_eq!(lines(&read(&customer, "").await, "/cart"), [("tee".to_owned(), 7)]);
}

#[tokio::test]
async fn remove_takes_out_the_lines_named_and_clear_all_of_them() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    for slug in ["mug", "tee", "hat"] {
        add(&customer, &product(&app, slug).await, 1).await;
    }
    let cart = read(&customer, "").await;
    let ids = [cart.text("/cart/lines/0/id"), cart.text("/cart/lines/2/id")];
    let answer = change(&customer, "cartLinesRemove", json!({ "lineIds": ids })).await;
    assert_eq!(lines(&answer, "/cartLinesRemove/cart"), [("tee".to_owned(), 1)]);

    let answer = change(&customer, "cartClear", json!({})).await;
    assert_eq!(answer.at("/cartClear/cart/lines"), &json!([]));
    assert_eq!(answer.text("/cartClear/cart/id"), cart.text("/cart/id"));
    let again = change(&customer, "cartClear", json!({})).await;
    assert_eq!(again.user_errors("cartClear"), [], "clearing an empty cart is no error");
}

#[tokio::test]
async fn a_cart_warns_of_what_changed_until_the_shopper_has_seen_it() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let [mug, tee, hat] = ["mug", "tee", "hat"];
    let mug = ProductBuilder::new(mug).price(1000).stock(10).create(&app).await;
    for other in [product(&app, tee).await, product(&app, hat).await] {
        add(&customer, &other, 1).await;
    }
    let filled = add(&customer, &mug, 5).await;
    let line = filled.text("/cartLinesAdd/cart/lines/2/id").to_owned();
    let mut db = app.database().connect().await;
    run(&mut db, &format!("UPDATE product_variants SET price = 1250 WHERE id = '{}'", mug.variant.0)).await;
    run(&mut db, &format!("UPDATE inventory SET on_hand = 3 WHERE variant_id = '{}'", mug.variant.0)).await;
    run(&mut db, "UPDATE products SET status = 'archived' WHERE slug = 'tee'").await;

    let cart = read(&customer, "").await;
    assert_eq!(cart.texts("/cart/warnings", "/code"), ["UNAVAILABLE", "PRICE_CHANGED", "INSUFFICIENT_STOCK"]);
    assert_eq!(cart.text("/cart/lines/0/name"), "tee", "what is no longer sold keeps its name");
    assert!(cart.at("/cart/lines/0/product").is_null());
    assert_eq!(cart.text("/cart/warnings/1/line/id"), line);
    assert_eq!(cart.text("/cart/warnings/1/oldPrice/amount"), "10.00");
    assert_eq!(cart.text("/cart/warnings/1/newPrice/amount"), "12.50");
    assert_eq!(cart.int("/cart/warnings/2/available"), 3);
    assert_eq!(cart.int("/cart/warnings/2/missing"), 2);
    assert_eq!(cart.text("/cart/lines/2/total/amount"), "62.50", "the cart shows the price of now");

    // Taking less is always possible, and shows the shopper the new price.
    let less =
        change(&customer, "cartLinesUpdate", json!({ "lines": [{ "lineId": line, "quantity": 4 }] })).await;
    assert_eq!(less.user_errors("cartLinesUpdate"), []);
    assert_eq!(less.texts("/cartLinesUpdate/cart/warnings", "/code"), ["UNAVAILABLE", "INSUFFICIENT_STOCK"]);
}

/// A line stays, named and at the price its owner knows; what is being prepared behind it is not theirs to read.
#[tokio::test]
async fn of_a_line_whose_product_became_a_draft_only_the_name_is_told() {
    let app = TestApp::start().await;
    let (guest, mug, tee) = (app.guest(), product(&app, "mug").await, product(&app, "tee").await);
    let begun = add(&guest, &mug, 2).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let lines = json!({ "token": token, "lines": [{ "variantId": tee.variant.to_string() }] });
    change(&guest, "cartLinesAdd", lines).await;
    let mut db = app.database().connect().await;
    run(&mut db, "UPDATE products SET status = 'draft' WHERE slug = 'mug'").await;
    run(&mut db, "UPDATE product_variants SET price = 7777").await;

    let cart = read(&guest, &format!("(token: {token:?})")).await;
    let line = cart.at("/cart/lines/0");
    assert_eq!(line["name"], "mug");
    assert_eq!((&line["variant"], &line["product"]), (&json!(null), &json!(null)));
    assert_eq!((&line["unitPrice"]["amount"], &line["total"]["amount"]), (&json!("10.00"), &json!("20.00")));
    assert_eq!(cart.text("/cart/lines/1/unitPrice/amount"), "77.77", "what is sold costs what it costs now");
    assert_eq!(cart.text("/cart/subtotal/amount"), "97.77");
    assert_eq!(cart.texts("/cart/warnings", "/code"), ["UNAVAILABLE", "PRICE_CHANGED"]);
    let warned = guest
        .query(&format!("{{ cart(token: {token:?}) {{ warnings {{ line {{ variant {{ sku }} }} }} }} }}"))
        .await;
    assert_eq!(warned.at("/cart/warnings/0/line/variant"), &json!(null));

    let document = format!(
        r#"mutation {{ accountRegister(input: {{ email: "ada@example.com", password: "a long password", name: "Ada",
            cartToken: {token:?} }}) {{ cartMerge {{ dropped {{ name variant {{ id }} }} }} }} }}"#
    );
    let merged = guest.query(&document).await;
    assert_eq!(merged.at("/accountRegister/cartMerge/dropped"), &json!([{ "name": "mug", "variant": null }]));
}
