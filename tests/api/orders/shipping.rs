//! Sending orders, whole and in parts.

use cartograph::ids::{OrderId, OrderLineId};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{CANCEL, buy, fill, input, line_of, move_to, place};
use crate::support::{Client, ProductBuilder, Response, TestApp, stock_of};

const SHIP: &str = "mutation($input: OrderShipInput!) { orderShip(input: $input) {
    shipment { id carrier trackingCode trackingUrl deliveredAt actor { kind } lines { quantity line { name } } }
    order { status fulfilmentStatus nextStatuses lines { shippedQuantity quantityToShip } shipments { id } }
    userErrors { code field message } } }";

pub(super) async fn ship(staff: &Client, input: Value) -> Response {
    staff.query_with(SHIP, json!({ "input": input })).await
}

/// The types and statuses of an order's history behind its first events.
async fn history(staff: &Client, order: &str, behind: usize) -> Vec<String> {
    let document = "query($id: ID!) { order(id: $id) { events(first: 50) { nodes { type to } } } }";
    let answer = staff.query_with(document, json!({ "id": order })).await;
    let events = answer.at("/order/events/nodes").as_array().expect("events")[behind..].to_vec();
    let told = |event: &Value| event["to"].as_str().or(event["type"].as_str()).map(str::to_owned);
    events.iter().filter_map(told).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_sent_in_parts_and_shipped_with_the_last() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 5).await;
    move_to(&staff, &order, "PAID").await;
    let line = line_of(&staff, &order, 0).await;
    let first = json!({
        "orderId": order, "lines": [{ "lineId": line, "quantity": 2 }], "carrier": " DHL ", "trackingCode": "00340",
        "trackingUrl": "https://dhl.example/00340", "note": "fragile",
    });
    let sent = ship(&staff, first).await;
    let shipment = &sent.at("/orderShip/shipment");
    assert_eq!((&shipment["carrier"], &shipment["trackingCode"]), (&json!("DHL"), &json!("00340")));
    assert_eq!(shipment["lines"], json!([{ "quantity": 2, "line": { "name": "mug" } }]));
    assert_eq!(shipment["actor"]["kind"], "STAFF");
    let now = &sent.at("/orderShip/order");
    assert_eq!(
        (&now["status"], &now["fulfilmentStatus"]),
        (&json!("PROCESSING"), &json!("PARTIALLY_FULFILLED"))
    );
    assert_eq!(now["lines"], json!([{ "shippedQuantity": 2, "quantityToShip": 3 }]));
    // What was sent cannot be cancelled with the rest.
    assert_eq!(now["nextStatuses"], json!(["SHIPPED", "REFUNDED"]));
    assert_eq!(stock_of(&app, mug.variant).await, (8, 3));

    let rest = ship(&staff, json!({ "orderId": order })).await;
    assert_eq!(rest.text("/orderShip/order/status"), "SHIPPED");
    assert_eq!(rest.text("/orderShip/order/fulfilmentStatus"), "FULFILLED");
    assert_eq!(rest.int("/orderShip/shipment/lines/0/quantity"), 3);
    assert_eq!(stock_of(&app, mug.variant).await, (5, 0));
    assert_eq!(history(&staff, &order, 2).await, ["PROCESSING", "SHIPMENT_SENT", "SHIPPED"]);
    assert_eq!(app.count("outbox WHERE type = 'order.shipped'").await, 2, "one for each shipment");

    move_to(&staff, &order, "DELIVERED").await;
    assert_eq!(app.count("shipments WHERE delivered_at IS NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_an_order_to_shipped_sends_what_is_left() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 3).await;
    for status in ["PAID", "PROCESSING", "SHIPPED"] {
        move_to(&staff, &order, status).await;
    }
    let document = "query($id: ID!) { order(id: $id) { shipments { carrier lines { quantity } }
        events(first: 10) { nodes { type shipment { id } lines { quantity } } } } }";
    let answer = staff.query_with(document, json!({ "id": order })).await;
    assert_eq!(answer.at("/order/shipments"), &json!([{ "carrier": null, "lines": [{ "quantity": 3 }] }]));
    let last = answer.at("/order/events/nodes/3");
    assert!(last["shipment"]["id"].is_string(), "{last:#}");
    assert_eq!(last["lines"], json!([{ "quantity": 3 }]));
    assert_eq!(
        history(&staff, &order, 1).await,
        ["PAID", "PROCESSING", "SHIPPED"],
        "one event for each step"
    );
    assert_eq!(app.count("outbox WHERE type = 'order.shipped'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_is_refused() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, token) = buy(&app, &mug, 2).await;
    let line = line_of(&staff, &order, 0).await;
    let unpaid = ship(&staff, json!({ "orderId": order })).await;
    assert_eq!(unpaid.user_error_codes("orderShip"), ["NOTHING_LEFT"]);
    let unknown = ship(&staff, json!({ "orderId": OrderId::new().to_string() })).await;
    assert_eq!(unknown.user_error_codes("orderShip"), ["NOT_FOUND"]);
    move_to(&staff, &order, "PAID").await;
    let (other, _) = buy(&app, &mug, 1).await;
    let others = line_of(&staff, &other, 0).await;
    let with = |lines: Value| json!({ "orderId": order, "lines": lines });
    let of = |quantity: i32| json!({ "lineId": line, "quantity": quantity });
    for (input, codes, field) in [
        (with(json!([])), vec!["LINES_MISSING"], json!(["input", "lines"])),
        (with(json!([of(3)])), vec!["QUANTITY_INVALID"], json!(["input", "lines", "0", "quantity"])),
        (with(json!([of(0)])), vec!["QUANTITY_INVALID"], json!(["input", "lines", "0", "quantity"])),
        (with(json!([of(1), of(2)])), vec!["QUANTITY_INVALID"], json!(["input", "lines", "1", "quantity"])),
        (
            with(
                json!([{ "lineId": others, "quantity": 1 }, { "lineId": OrderLineId::new().to_string(), "quantity": 1 }]),
            ),
            vec!["LINE_NOT_FOUND", "LINE_NOT_FOUND"],
            json!(["input", "lines", "0", "lineId"]),
        ),
        (
            json!({ "orderId": order, "trackingUrl": "javascript:alert(1)", "carrier": "x".repeat(101) }),
            vec!["PARCEL_INVALID", "PARCEL_INVALID"],
            json!(["input", "carrier"]),
        ),
        (
            json!({ "orderId": order, "note": "x".repeat(1001) }),
            vec!["NOTE_TOO_LONG"],
            json!(["input", "note"]),
        ),
    ] {
        let refused = ship(&staff, input.clone()).await;
        assert_eq!(refused.user_error_codes("orderShip"), codes, "{input}");
        assert_eq!(json!(refused.user_errors("orderShip")[0].field), field, "{input}");
    }
    assert_eq!(stock_of(&app, mug.variant).await, (10, 3), "nothing was sent");
    assert_eq!(app.count("shipments").await, 0);
    assert_eq!(ship(&app.customer().await, with(json!([of(1)]))).await.error_code(), "FORBIDDEN");

    ship(&staff, with(json!([of(1)]))).await;
    let cancel = json!({ "input": { "orderId": order, "token": token } });
    let whole = staff.query_with(CANCEL, cancel).await;
    assert_eq!(whole.user_error_codes("orderCancel"), ["PARTLY_SHIPPED"]);
    assert_eq!(
        move_to(&staff, &order, "CANCELLED").await.user_error_codes("orderStatusUpdate"),
        ["PARTLY_SHIPPED"]
    );
    ship(&staff, json!({ "orderId": order })).await;
    let all_gone = ship(&staff, json!({ "orderId": order })).await;
    assert_eq!(all_gone.user_error_codes("orderShip"), ["NOTHING_LEFT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_send_the_same_pieces_at_once_one_does() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 5).await;
    move_to(&staff, &order, "PAID").await;
    let line = line_of(&staff, &order, 0).await;
    let three = json!({ "orderId": order, "lines": [{ "lineId": line, "quantity": 3 }] });
    let sent = join_all((0..8).map(|_| ship(&staff, three.clone()))).await;
    let won = sent.iter().filter(|answer| answer.at("/orderShip/shipment").is_object()).count();
    assert_eq!(won, 1, "three of five leave but once");
    assert_eq!(stock_of(&app, mug.variant).await, (7, 2));
    assert_eq!(app.count("shipments").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_shipments_takes_few_statements() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let (staff, customer) = (app.staff().await, app.customer().await);
    let document = "{ viewer { orders(first: 10) { nodes { id fulfilmentStatus paymentStatus nextStatuses
        lines { quantity shippedQuantity quantityToShip product { name } }
        shipments { id carrier lines { quantity line { name product { name } } } } returns { id lines { quantity } }
        events(first: 20) { nodes { type amount { amount } shipment { id } refunds { id } payment { id } lines { quantity } } } } } } }";
    let mut counts = Vec::new();
    for _ in 0..2 {
        for _ in 0..3 {
            fill(&customer, mug.variant, 3).await;
            let order = place(&customer, input(None)).await.text("/orderPlace/order/id").to_owned();
            move_to(&staff, &order, "PAID").await;
            let line = line_of(&staff, &order, 0).await;
            for _ in 0..2 {
                let one = json!({ "orderId": order, "lines": [{ "lineId": line, "quantity": 1 }] });
                assert!(ship(&staff, one).await.at("/orderShip/shipment").is_object());
            }
        }
        let (answer, statements) = app.statements(customer.query(document)).await;
        assert_eq!(answer.at("/viewer/orders/nodes/0/shipments").as_array().map(Vec::len), Some(2));
        assert_eq!(answer.text("/viewer/orders/nodes/0/events/nodes/1/amount/amount"), "30.00");
        counts.push(statements.count());
    }
    assert_eq!(counts[0], counts[1], "the number of statements depends on the number of orders");
    assert!(counts[0] <= 11, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn shipments_are_seen_by_whoever_sees_their_order() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let (staff, customer, stranger) = (app.staff().await, app.customer().await, app.customer().await);
    fill(&customer, mug.variant, 1).await;
    let order = place(&customer, input(None)).await.text("/orderPlace/order/id").to_owned();
    move_to(&staff, &order, "PAID").await;
    let sent = ship(&staff, json!({ "orderId": order, "carrier": "DHL" })).await;
    let id = sent.text("/orderShip/shipment/id");
    let document =
        "query($id: ID!) { node(id: $id) { id ... on Shipment { carrier lines { line { name } } } } }";
    for client in [&customer, &staff] {
        let seen = client.query_with(document, json!({ "id": id })).await;
        assert_eq!(seen.text("/node/carrier"), "DHL");
    }
    for client in [&stranger, &app.guest()] {
        assert_eq!(client.query_with(document, json!({ "id": id })).await.at("/node"), &Value::Null);
    }
}
