//! What staff change of an order, and what its history tells of it.

use serde_json::{Value, json};

use super::{buy, move_to};
use crate::support::{Client, ProductBuilder, Response, TestApp};

const EDIT: &str = "mutation($input: OrderEditInput!) { orderEdit(input: $input) {
    order { email shippingAddress { name city } billingAddress { name } total { amount } }
    userErrors { code field message } } }";
const HISTORY: &str = "query($id: ID!, $token: String) { order(id: $id, token: $token) { events(first: 20) {
    nodes { type edited to actor { kind } } } } }";

async fn edit(staff: &Client, order: &str, changes: Value) -> Response {
    let mut input = changes;
    input["orderId"] = order.into();
    staff.query_with(EDIT, json!({ "input": input })).await
}

fn grace() -> Value {
    json!({ "name": "Grace Hopper", "line1": "1 Navy Yard", "city": "Washington", "country": "us" })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_leaves_an_event_that_names_it_and_keeps_private_what_it_was() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, token) = buy(&app, &mug, 1).await;
    let changed =
        edit(&staff, &order, json!({ "email": "Grace@Example.com", "shippingAddress": grace() })).await;
    let now = &changed.at("/orderEdit/order");
    assert_eq!(now["email"], "grace@example.com");
    assert_eq!(now["shippingAddress"], json!({ "name": "Grace Hopper", "city": "Washington" }));
    assert_eq!(now["total"]["amount"], "10.00");
    let billed = edit(&staff, &order, json!({ "billingAddress": grace(), "note": "by phone" })).await;
    assert_eq!(billed.text("/orderEdit/order/billingAddress/name"), "Grace Hopper");
    let unbilled = edit(&staff, &order, json!({ "billingAddress": null })).await;
    assert_eq!(unbilled.at("/orderEdit/order/billingAddress"), &Value::Null);
    edit(&staff, &order, json!({ "note": "She will call again." })).await;

    let seen = app.guest().query_with(HISTORY, json!({ "id": order, "token": token })).await;
    let edited: Vec<&Value> = seen.at("/order/events/nodes").as_array().unwrap()[1..].iter().collect();
    let fields: Vec<&Value> = edited.iter().map(|event| &event["edited"]).collect();
    assert_eq!(
        json!(fields),
        json!([["EMAIL", "SHIPPING_ADDRESS"], ["BILLING_ADDRESS"], ["BILLING_ADDRESS"], []])
    );
    for event in edited {
        assert_eq!((&event["type"], &event["actor"]["kind"]), (&json!("EDITED"), &json!("STAFF")));
    }
    let notes =
        "query($id: ID!, $token: String) { order(id: $id, token: $token) { events { nodes { note } } } }";
    let refused = app.guest().query_with(notes, json!({ "id": order, "token": token })).await;
    assert!(!refused.body.to_string().contains("She will call"), "remarks are for staff");
    let read = staff.query_with(notes, json!({ "id": order })).await;
    assert_eq!(read.text("/order/events/nodes/4/note"), "She will call again.");
    let kept = "(SELECT FROM order_events WHERE data::text ~* 'grace|navy|ada') AS kept";
    assert_eq!(app.count(kept).await, 0, "a history that nobody can rewrite holds no addresses");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_says_so_already_or_has_left_stays_as_it_is() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 1).await;
    let wrong = json!({ "name": "", "line1": "1", "city": "X", "country": "ZZ" });
    for (changes, codes) in [
        (json!({}), vec!["NOTHING_CHANGES"]),
        (json!({ "email": "ada@example.com" }), vec!["NOTHING_CHANGES"]),
        (json!({ "note": "  " }), vec!["NOTHING_CHANGES"]),
        (json!({ "email": "nobody" }), vec!["EMAIL_INVALID"]),
        (json!({ "shippingAddress": wrong }), vec!["ADDRESS_INVALID", "ADDRESS_INVALID"]),
        (
            json!({ "billingAddress": wrong, "note": "x".repeat(1001) }),
            vec!["NOTE_TOO_LONG", "ADDRESS_INVALID", "ADDRESS_INVALID"],
        ),
    ] {
        assert_eq!(
            edit(&staff, &order, changes.clone()).await.user_error_codes("orderEdit"),
            codes,
            "{changes}"
        );
    }
    for status in ["PAID", "PROCESSING", "SHIPPED"] {
        move_to(&staff, &order, status).await;
    }
    let late = edit(&staff, &order, json!({ "shippingAddress": grace() })).await;
    assert_eq!(late.user_error_codes("orderEdit"), ["NOTHING_LEFT"]);
    assert_eq!(app.count("order_events WHERE type = 'EDITED'").await, 0);
    assert!(
        edit(&staff, &order, json!({ "billingAddress": grace() })).await.at("/orderEdit/order").is_object()
    );
    assert_eq!(edit(&app.customer().await, &order, json!({ "note": "x" })).await.error_code(), "FORBIDDEN");
}
