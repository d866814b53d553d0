//! Placing orders, finding them again, moving them on.

use cartograph::catalog::expect_currency;
use cartograph::ids::{OrderId, VariantId};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::builders::{Product, ProductBuilder};
use crate::support::client::{Client, Response};
use crate::support::{TestApp, stock_of};

const ADD: &str = "mutation($input: CartLinesAddInput!) {
    cartLinesAdd(input: $input) { cart { id token } userErrors { code message field } } }";
const PLACE: &str = "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
    order { id number status nextStatuses email subtotal { amount currency } total { amount }
            shippingAddress { name country postalCode } billingAddress { name }
            lines { name productName variantName sku quantity unitPrice { amount } total { amount } product { slug } variant { id } }
            events(first: 5) { nodes { sequence type from to actor { kind } } } }
    token userErrors { code message field } } }";
const CANCEL: &str = "mutation($input: OrderCancelInput!) { orderCancel(input: $input) {
    order { status nextStatuses } userErrors { code message field } } }";
const UPDATE: &str = "mutation($input: OrderStatusUpdateInput!) { orderStatusUpdate(input: $input) {
    order { status nextStatuses } userErrors { code message field } } }";
const ORDER: &str = "query($id: ID, $number: Int, $token: String) { order(id: $id, number: $number, token: $token) { id number } }";

fn address() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London", "postalCode": "SW1Y 4JH", "country": "gb" })
}

/// Puts so many of a variant into the client's cart; a guest gets a new cart and its token.
async fn fill(client: &Client, variant: VariantId, quantity: i32) -> Option<String> {
    let lines = json!([{ "variantId": variant.to_string(), "quantity": quantity }]);
    let added = client.query_with(ADD, json!({ "input": { "lines": lines } })).await;
    assert!(added.user_errors("cartLinesAdd").is_empty(), "{:#}", added.body);
    added.at("/cartLinesAdd/cart/token").as_str().map(str::to_owned)
}

fn input(token: Option<&str>) -> Value {
    let mut input = json!({ "shippingAddress": address() });
    if let Some(token) = token {
        input["cartToken"] = token.into();
        input["email"] = "ada@example.com".into();
    }
    input
}

async fn place(client: &Client, input: Value) -> Response {
    client.query_with(PLACE, json!({ "input": input })).await
}

/// A guest who buys so many of a variant: the order's id and token.
async fn buy(app: &TestApp, product: &Product, quantity: i32) -> (String, String) {
    let guest = app.guest();
    let token = fill(&guest, product.variant, quantity).await;
    let placed = place(&guest, input(token.as_deref())).await;
    (placed.text("/orderPlace/order/id").to_owned(), placed.text("/orderPlace/token").to_owned())
}

async fn move_to(staff: &Client, order: &str, status: &str) -> Response {
    staff.query_with(UPDATE, json!({ "input": { "orderId": order, "status": status } })).await
}

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

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_the_last_ten_pieces() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let buyers = join_all((0..200).map(|_| async {
        let guest = app.guest();
        let token = fill(&guest, mug.variant, 1).await;
        (guest, token)
    }))
    .await;

    let placed = join_all(buyers.iter().map(|(guest, token)| place(guest, input(token.as_deref())))).await;

    let bought = placed.iter().filter(|answer| answer.at("/orderPlace/order").is_object()).count();
    assert_eq!(bought, 10);
    for refused in placed.iter().filter(|answer| answer.at("/orderPlace/order").is_null()) {
        assert_eq!(refused.user_error_codes("orderPlace"), ["INSUFFICIENT_STOCK"]);
        assert_eq!(refused.at("/orderPlace/token"), &Value::Null);
    }
    assert_eq!(stock_of(&app, mug.variant).await, (10, 10));
    let counts = app.guest().query("{ product(slug: \"mug\") { stock inStock } }").await;
    assert_eq!((counts.int("/product/stock"), counts.at("/product/inStock")), (0, &json!(false)));
    for (table, expected) in [("orders", 10), ("order_lines", 10), ("order_events", 10)] {
        assert_eq!(app.count(table).await, expected, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn carts_in_opposite_order_do_not_deadlock() {
    let app = TestApp::start().await;
    let one = ProductBuilder::new("one").stock(1000).create(&app).await;
    let other = ProductBuilder::new("other").stock(1000).create(&app).await;
    let buyers = join_all((0..40).map(|number| {
        let (app, pair) = (&app, if number % 2 == 0 { [&one, &other] } else { [&other, &one] });
        async move {
            let guest = app.guest();
            let lines: Vec<Value> = pair
                .iter()
                .map(|product| json!({ "variantId": product.variant.to_string(), "quantity": 1 }))
                .collect();
            let added = guest.query_with(ADD, json!({ "input": { "lines": lines } })).await;
            (guest, added.text("/cartLinesAdd/cart/token").to_owned())
        }
    }))
    .await;
    let placed = join_all(buyers.iter().map(|(guest, token)| place(guest, input(Some(token))))).await;
    for answer in &placed {
        assert!(answer.at("/orderPlace/order").is_object(), "{:#}", answer.body);
    }
    assert_eq!(stock_of(&app, one.variant).await, (1000, 40));
    assert_eq!(stock_of(&app, other.variant).await, (1000, 40));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_places_one_order_however_often_it_is_sent() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let guest = app.guest();
    let token = fill(&guest, mug.variant, 2).await;
    let mut keyed = input(token.as_deref());
    keyed["idempotencyKey"] = "once".into();

    let placed = join_all((0..8).map(|_| place(&guest, keyed.clone()))).await;

    for answer in &placed {
        assert_eq!(answer.at("/orderPlace/order/id"), placed[0].at("/orderPlace/order/id"));
        assert_eq!(answer.text("/orderPlace/token"), placed[0].text("/orderPlace/token"));
    }
    assert_eq!(app.count("orders").await, 1);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 2));

    // Nothing that the database keeps could show the order to whoever reads it.
    let kept: Vec<Value> = cartograph::db::schema::idempotency_keys::table
        .select(cartograph::db::schema::idempotency_keys::result)
        .load(&mut app.db().await)
        .await
        .unwrap();
    let order: OrderId = placed[0].text("/orderPlace/order/id").parse().unwrap();
    assert_eq!(kept, [json!(order.0)]);
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

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_seen_by_their_owner_the_token_holder_and_staff() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(50).create(&app).await;
    let (customer, stranger, staff) = (app.customer().await, app.customer().await, app.staff().await);
    fill(&customer, mug.variant, 1).await;
    let placed = place(&customer, input(None)).await;
    let (id, number) = (placed.text("/orderPlace/order/id"), placed.int("/orderPlace/order/number"));
    let (guest_id, token) = buy(&app, &mug, 1).await;

    for (client, variables, seen) in [
        (&customer, json!({ "id": id }), true),
        (&customer, json!({ "number": number }), true),
        (&staff, json!({ "id": id }), true),
        (&stranger, json!({ "id": id }), false),
        (&stranger, json!({ "number": number }), false),
        (&app.guest(), json!({ "id": id }), false),
        (&app.guest(), json!({ "id": guest_id }), false),
        (&app.guest(), json!({ "id": guest_id, "token": token }), true),
        (&app.guest(), json!({ "token": token }), true),
        (&app.guest(), json!({ "id": id, "token": token }), false),
        (&app.guest(), json!({ "token": "wrong" }), false),
        (&customer, json!({ "id": OrderId::new().to_string() }), false),
        (&customer, json!({ "number": -1 }), false),
    ] {
        let answer = client.query_with(ORDER, variables.clone()).await;
        assert_eq!(answer.at("/order").is_object(), seen, "{variables:#}");
    }
    for variables in [
        json!({}),
        json!({ "id": id, "number": number }),
        json!({ "id": "order_1" }),
        json!({ "id": mug.id.to_string() }),
    ] {
        assert_eq!(customer.query_with(ORDER, variables).await.error_code(), "BAD_USER_INPUT");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_lives_along_its_transitions_only() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 2).await;
    for wrong in ["PENDING", "PROCESSING", "SHIPPED", "DELIVERED", "REFUNDED"] {
        let refused = move_to(&staff, &order, wrong).await;
        assert_eq!(refused.user_error_codes("orderStatusUpdate"), ["WRONG_TRANSITION"], "{wrong}");
    }
    for status in ["PAID", "PROCESSING", "SHIPPED", "DELIVERED"] {
        let moved = move_to(&staff, &order, status).await;
        assert_eq!(moved.text("/orderStatusUpdate/order/status"), status);
    }
    // Shipped pieces have left the shop.
    assert_eq!(stock_of(&app, mug.variant).await, (8, 0));
    let sequences: Vec<i32> = cartograph::db::schema::order_events::table
        .order(cartograph::db::schema::order_events::sequence)
        .select(cartograph::db::schema::order_events::sequence)
        .load(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(sequences, [1, 2, 3, 4, 5]);
    let unknown = move_to(&staff, &OrderId::new().to_string(), "PAID").await;
    assert_eq!(unknown.user_error_codes("orderStatusUpdate"), ["NOT_FOUND"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_cancel_while_pending_and_the_stock_returns() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, token) = buy(&app, &mug, 4).await;
    let cancel = |client: Client, token: Value| {
        let variables = json!({ "input": { "orderId": order, "token": token } });
        async move { client.query_with(CANCEL, variables).await }
    };
    for client in [app.guest(), app.customer().await] {
        let refused = cancel(client, Value::Null).await;
        assert_eq!(refused.user_error_codes("orderCancel"), ["NOT_FOUND"]);
    }
    assert_eq!(stock_of(&app, mug.variant).await, (10, 4));
    let cancelled = cancel(app.guest(), token.clone().into()).await;
    assert_eq!(cancelled.at("/orderCancel/order"), &json!({ "status": "CANCELLED", "nextStatuses": [] }));
    assert_eq!(stock_of(&app, mug.variant).await, (10, 0));
    let again = cancel(app.guest(), token.into()).await;
    assert_eq!(again.user_error_codes("orderCancel"), ["NO_LONGER_PENDING"]);

    let (paid, token) = buy(&app, &mug, 1).await;
    move_to(&staff, &paid, "PAID").await;
    let late = app.guest().query_with(CANCEL, json!({ "input": { "orderId": paid, "token": token } })).await;
    assert_eq!(late.user_error_codes("orderCancel"), ["NO_LONGER_PENDING"]);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_move_an_order_at_once_one_does() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, token) = buy(&app, &mug, 3).await;
    let pay = join_all((0..10).map(|_| move_to(&staff, &order, "PAID")));
    let cancel = join_all((0..10).map(|_| {
        let variables = json!({ "input": { "orderId": order, "token": token } });
        let guest = app.guest();
        async move { guest.query_with(CANCEL, variables).await }
    }));
    let (paid, cancelled) = tokio::join!(pay, cancel);
    let won = paid.iter().filter(|answer| answer.at("/orderStatusUpdate/order").is_object()).count()
        + cancelled.iter().filter(|answer| answer.at("/orderCancel/order").is_object()).count();
    assert_eq!(won, 1);
    assert_eq!(app.count("order_events").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_orders_on_is_for_staff() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let (order, _) = buy(&app, &mug, 1).await;
    assert_eq!(move_to(&app.guest(), &order, "PAID").await.error_code(), "UNAUTHENTICATED");
    assert_eq!(move_to(&app.customer().await, &order, "PAID").await.error_code(), "FORBIDDEN");
    assert_eq!(app.guest().query("{ orders { nodes { id } } }").await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.customer().await.query("{ orders { nodes { id } } }").await.error_code(), "FORBIDDEN");
    let found = app
        .staff()
        .await
        .query("{ orders(filter: { status: [PENDING] }) { totalCount nodes { id status } } }")
        .await;
    assert_eq!(found.texts("/orders/nodes", "/status"), ["PENDING"]);
    assert_eq!(found.int("/orders/totalCount"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn placing_and_listing_keep_their_budgets() {
    let app = TestApp::start().await;
    let mut counts = Vec::new();
    for lines in [1, 50, 100] {
        let customer = app.customer().await;
        for number in 0..lines {
            let product = ProductBuilder::new(&format!("p-{lines}-{number}")).stock(10).create(&app).await;
            fill(&customer, product.variant, 1).await;
        }
        let place =
            "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) { token userErrors { code } } }";
        let mut keyed = input(None);
        keyed["idempotencyKey"] = format!("{lines}").into();
        keyed["email"] = "ada@example.com".into();
        let (placed, statements) =
            app.statements(customer.query_with(place, json!({ "input": keyed }))).await;
        assert!(placed.user_errors("orderPlace").is_empty(), "{:#}", placed.body);
        // One more reads the order for the answer.
        statements.assert_at_most(12);
        counts.push(statements.count());
        let history =
            "{ viewer { orders(first: 10) { nodes { id number lines { quantity product { name } } } } } }";
        let (answer, statements) = app.statements(customer.query(history)).await;
        assert_eq!(answer.at("/viewer/orders/nodes/0/lines").as_array().map(Vec::len), Some(lines));
        statements.assert_at_most(4);
    }
    assert_eq!(counts[0], counts[2], "the number of statements depends on the number of lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn history_pages_hold_every_order_once() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let customer = app.customer().await;
    let mut numbers = Vec::new();
    for _ in 0..7 {
        fill(&customer, mug.variant, 1).await;
        numbers.push(place(&customer, input(None)).await.int("/orderPlace/order/number"));
    }
    numbers.reverse();
    let page =
        "query($after: String) { viewer { orders(first: 3, after: $after) { totalCount nodes { number }
        pageInfo { hasNextPage endCursor } } } }";
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = customer.query_with(page, json!({ "after": after })).await;
        assert_eq!(answer.int("/viewer/orders/totalCount"), 7);
        seen.extend(
            answer
                .at("/viewer/orders/nodes")
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["number"].as_i64().unwrap()),
        );
        if answer.at("/viewer/orders/pageInfo/hasNextPage") == &json!(false) {
            break;
        }
        after = answer.at("/viewer/orders/pageInfo/endCursor").clone();
    }
    assert_eq!(seen, numbers);
}
