//! What a socket carries: operations of every kind, side by side, each to its end.

use std::time::Duration;

use serde_json::json;

use crate::live::{AVAILABILITY, next_error};
use crate::support::ws::Socket;
use crate::support::{ProductBuilder, TestApp};

#[tokio::test]
async fn queries_and_mutations_work_over_the_socket_too() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    let query = socket.subscribe("{ products { totalCount } }", json!({})).await;
    assert_eq!(socket.next(&query).await["products"]["totalCount"], 0);
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": query }));
    let document = "mutation { cartCreate(input: { lines: [] }) { cart { itemCount } } }";
    let mutation = socket.subscribe(document, json!({})).await;
    assert_eq!(socket.next(&mutation).await["cartCreate"]["cart"]["itemCount"], 0);
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": mutation }));
}

#[tokio::test]
async fn what_does_not_begin_is_an_error_and_nothing_comes_after() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    for (document, code) in [
        ("{ products { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ products", "GRAPHQL_PARSE_FAILED"),
        ("", "BAD_REQUEST"),
        ("subscription { a: orderEvents { id } b: orderEvents { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { orderEvents { id } }", "UNAUTHENTICATED"),
        ("subscription { orderStatus(orderId: \"no id\") { to } }", "BAD_USER_INPUT"),
    ] {
        let id = socket.subscribe(document, json!({})).await;
        let message = socket.receive().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!(id)), "{message:#}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{message:#}");
        assert!(message["payload"][0]["extensions"]["requestId"].is_string(), "{message:#}");
    }
    // A field that fails in a request that was executed is part of its answer.
    let failing = socket.subscribe("{ orders(first: 1) { totalCount } }", json!({})).await;
    let message = socket.receive().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(failing)), "{message:#}");
    assert_eq!(message["payload"]["data"], json!(null));
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": failing }));
}

#[tokio::test]
async fn a_ping_comes_back_with_what_it_carried() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(app.address, "/graphql/ws").await;
    for greeted in [false, true] {
        if greeted {
            socket.send(json!({ "type": "connection_init", "payload": null })).await;
            assert_eq!(socket.receive().await, json!({ "type": "connection_ack" }));
        }
        for (ping, pong) in [
            (json!({ "type": "ping" }), json!({ "type": "pong" })),
            (json!({ "type": "ping", "payload": null }), json!({ "type": "pong" })),
            (
                json!({ "type": "ping", "payload": { "a": 1 } }),
                json!({ "type": "pong", "payload": { "a": 1 } }),
            ),
        ] {
            socket.send(json!({ "type": "pong", "payload": { "unasked": true } })).await;
            socket.send(ping).await;
            assert_eq!(socket.receive().await, pong);
        }
    }
}

/// Either side may end an operation while the other's message is on its way.
#[tokio::test]
async fn nothing_is_heard_of_an_operation_that_the_client_has_completed() {
    let app = TestApp::start().await;
    let lamp = ProductBuilder::new("lamp").create(&app).await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    socket.complete("never begun").await;
    let watching = socket.subscribe(AVAILABILITY, json!({ "ids": [lamp.variant.to_string()] })).await;
    socket.next(&watching).await;
    socket.complete(&watching).await;
    socket.complete(&watching).await;
    let query = socket.subscribe("{ shop { name } }", json!({})).await;
    socket.next(&query).await;
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": query }));
    socket.complete(&query).await;
    assert_eq!(socket.receive_within(Duration::from_millis(300)).await, None);
}

#[tokio::test]
async fn a_flood_is_answered_slowly_and_completely() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    let started = std::time::Instant::now();
    for number in 0..300 {
        socket.send(json!({ "type": "ping", "payload": { "number": number } })).await;
    }
    for number in 0..300 {
        assert_eq!(socket.receive().await["payload"]["number"], number);
    }
    // Two hundred at once, and the rest at a hundred a second.
    assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_flood_that_does_not_end_ends_the_socket() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    for _ in 0..1_300 {
        socket.send(json!({ "type": "pong" })).await;
    }
    assert_eq!(socket.close_code().await, Some(1008));
}

#[tokio::test]
async fn a_socket_carries_a_hundred_operations_and_says_so() {
    let app = TestApp::start().await;
    let lamp = ProductBuilder::new("lamp").create(&app).await;
    let variables = json!({ "ids": [lamp.variant.to_string()] });
    let mut socket = Socket::connect(app.address, json!({})).await;
    for _ in 0..100 {
        let watching = socket.subscribe(AVAILABILITY, variables.clone()).await;
        socket.next(&watching).await;
    }
    socket.subscribe(AVAILABILITY, variables.clone()).await;
    assert_eq!(next_error(&mut socket).await, "BAD_REQUEST");
    socket.complete("1").await;
    let watching = socket.subscribe(AVAILABILITY, variables).await;
    socket.next(&watching).await;
}
