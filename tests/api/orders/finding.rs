//! Finding orders again: whose they are, page by page, in few statements.

use cartograph::ids::OrderId;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{ORDER, buy, fill, input, place};
use crate::support::{ProductBuilder, TestApp};

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
        statements.assert_prepared();
        counts.push(statements.count());
        let history =
            "{ viewer { orders(first: 10) { nodes { id number lines { quantity product { name } } } } } }";
        let (answer, statements) = app.statements(customer.query(history)).await;
        assert_eq!(answer.at("/viewer/orders/nodes/0/lines").as_array().map(Vec::len), Some(lines));
        statements.assert_at_most(4);
        statements.assert_prepared();
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

#[tokio::test(flavor = "multi_thread")]
async fn staff_find_orders_by_when_they_were_placed() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let staff = app.staff().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(buy(&app, &mug, 1).await.0);
    }
    // PostgreSQL's clock was hours behind the server's: the time that the order shows is the one that counts.
    let moved = "UPDATE orders SET created_at = created_at - interval '3 hours'";
    diesel::sql_query(moved).execute(&mut app.db().await).await.unwrap();
    let document =
        "query($filter: OrderFilter) { orders(filter: $filter) { totalCount nodes { id createdAt } } }";
    let all = staff.query_with(document, json!({})).await;
    ids.reverse();
    assert_eq!(all.texts("/orders/nodes", "/id"), ids);
    let middle = all.text("/orders/nodes/1/createdAt");
    for (filter, expected) in [
        (json!({ "placedFrom": middle }), &ids[..2]),
        (json!({ "placedBefore": middle }), &ids[2..]),
        (json!({ "placedFrom": middle, "placedBefore": middle }), &[]),
        (json!({ "placedFrom": "0001-01-01T00:00:00Z", "placedBefore": "9999-12-31T23:59:59Z" }), &ids[..]),
    ] {
        let found = staff.query_with(document, json!({ "filter": filter })).await;
        assert_eq!(found.texts("/orders/nodes", "/id"), expected, "{filter}");
        assert_eq!(found.int("/orders/totalCount"), expected.len() as i64, "{filter}");
    }
}
