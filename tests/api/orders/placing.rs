//! Placing an order: what is frozen, and what a key is good for.

use diesel_async::RunQueryDsl;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{ORDER, address, fill, input, place};
use crate::support::{Client, ProductBuilder, Response, TestApp, stock_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_freezes_what_was_bought() {
    let app = TestApp::start().await;
    let mug =
        ProductBuilder::new("mug").name("Stone Mug").sku("MUG-1").price(1850).stock(10).create(&app).await;
    let customer = app.customer().await;
    fill(&customer, mug.variant, 3).await;
    let filled = customer.query("{ cart { updatedAt } }").await;

    let placed = place(&customer, input(None)).await;
    assert!(placed.user_errors("orderPlace").is_empty(), "{:#}", placed.body);
    let order = placed.at("/orderPlace/order");
    assert_eq!(order["status"], "PENDING");
    assert_eq!(order["nextStatuses"], json!(["PAID", "CANCELLED"]));
    assert_eq!(order["subtotal"], json!({ "amount": "55.50", "currency": "USD" }));
    assert_eq!(order["total"]["amount"], "55.50");
    assert_eq!(order["shippingAddress"]["country"], "GB");
    assert_eq!(
        order["events"]["nodes"],
        json!([{ "sequence": 1, "type": "PLACED", "from": null, "to": "PENDING", "actor": { "kind": "CUSTOMER" } }])
    );
    assert_eq!(placed.at("/orderPlace/token"), &Value::Null);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 3));

    // Whatever becomes of the product, the order says what was bought.
    diesel::sql_query("UPDATE products SET name = 'Other', status = 'archived'")
        .execute(&mut app.db().await)
        .await
        .unwrap();
    diesel::sql_query("UPDATE product_variants SET price = 1, sku = 'OTHER'")
        .execute(&mut app.db().await)
        .await
        .unwrap();
    let again = customer
        .query_with(
            "query($id: ID) { order(id: $id) { total { amount } lines { name sku quantity unitPrice { amount } total { amount } product { slug } } } }",
            json!({ "id": order["id"] }),
        )
        .await;
    assert_eq!(
        again.at("/order/lines/0"),
        &json!({ "name": "Stone Mug", "sku": "MUG-1", "quantity": 3, "unitPrice": { "amount": "18.50" },
                 "total": { "amount": "55.50" }, "product": null })
    );
    assert_eq!(again.text("/order/total/amount"), "55.50");
    let cart = customer.query("{ cart { itemCount updatedAt } }").await;
    assert_eq!(cart.int("/cart/itemCount"), 0);
    assert!(cart.text("/cart/updatedAt") > filled.text("/cart/updatedAt"), "to be emptied is a change");
}

/// Places an order as a client does that sends it again as long as another is at it.
async fn place_at_last(client: &Client, input: Value) -> Response {
    loop {
        let answer = place(client, input.clone()).await;
        match answer.errors() {
            [] => return answer,
            errors => assert_eq!(errors[0]["extensions"]["code"], "CONFLICT", "{:#}", answer.body),
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_places_one_order_however_often_it_is_sent() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let guest = app.guest();
    let token = fill(&guest, mug.variant, 2).await;
    let mut keyed = input(token.as_deref());
    keyed["idempotencyKey"] = "once".into();

    let placed = join_all((0..8).map(|_| place_at_last(&guest, keyed.clone()))).await;

    for answer in &placed {
        assert_eq!(answer.at("/orderPlace/order/id"), placed[0].at("/orderPlace/order/id"));
        assert_eq!(answer.text("/orderPlace/token"), placed[0].text("/orderPlace/token"));
    }
    assert_eq!(app.count("orders").await, 1);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 2));

    assert_eq!(app.count("idempotency_keys").await, 1);
    let token = placed[0].text("/orderPlace/token");
    let seen = app.guest().query_with(ORDER, json!({ "token": token })).await;
    assert_eq!(seen.at("/order/id"), placed[0].at("/orderPlace/order/id"));

    // The same key for something else is a mistake of the client's.
    keyed["email"] = "grace@example.com".into();
    let reused = place(&guest, keyed.clone()).await;
    assert_eq!(reused.user_error_codes("orderPlace"), ["IDEMPOTENCY_KEY_REUSED"]);

    // Another buyer's same key has nothing to do with it.
    let other = fill(&guest, mug.variant, 1).await;
    let mut same_key = input(other.as_deref());
    same_key["idempotencyKey"] = "once".into();
    assert!(place(&guest, same_key).await.at("/orderPlace/order").is_object());
    assert_eq!(app.count("orders").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_key_stands_for_one_cart() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    let mut carts = Vec::new();
    for quantity in [1, 2] {
        let mut keyed = input(fill(&app.guest(), mug.variant, quantity).await.as_deref());
        keyed["idempotencyKey"] = "once".into();
        carts.push(keyed);
    }
    let placed = place(&customer, carts[0].clone()).await;
    assert!(placed.at("/orderPlace/order").is_object(), "{:#}", placed.body);
    let other = place(&customer, carts[1].clone()).await;
    assert_eq!(other.user_error_codes("orderPlace"), ["IDEMPOTENCY_KEY_REUSED"]);
    let again = place(&customer, carts[0].clone()).await;
    assert_eq!(again.at("/orderPlace/order/id"), placed.at("/orderPlace/order/id"));
    assert_eq!(stock_of(&app, mug.variant).await, (10, 1));
}

#[tokio::test]
async fn what_an_order_answers_with_shows_what_it_took() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(5).create(&app).await;
    let document = "mutation($lines: [CartLineInput!]!, $address: AddressInput!) {
        cartLinesAdd(input: { lines: $lines }) { cart { lines { product { stock } variant { stock } } } }
        orderPlace(input: { shippingAddress: $address }) { order { lines { product { stock } variant { stock } } } } }";
    let lines = json!([{ "variantId": mug.variant.to_string(), "quantity": 2 }]);
    let answer =
        app.customer().await.query_with(document, json!({ "lines": lines, "address": address() })).await;
    let stock = |stock: i32| json!({ "product": { "stock": stock }, "variant": { "stock": stock } });
    assert_eq!(answer.at("/cartLinesAdd/cart/lines/0"), &stock(5));
    assert_eq!(answer.at("/orderPlace/order/lines/0"), &stock(3));
}
