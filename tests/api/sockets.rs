//! The websocket itself: what it carries, how it ends, and what a client is told that breaks the rules.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use crate::live::{AVAILABILITY, FEED, next_error};
use crate::support::client::Http;
use crate::support::ws::Socket;
use crate::support::{ProductBuilder, TestApp};

#[tokio::test]
async fn queries_and_mutations_work_over_the_socket_too() {
    let app = TestApp::start().await;
    let mut socket = Socket::open(app.address, "/graphql").await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.receive().await["type"], "pong");
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
    let query = socket.subscribe("{ products { totalCount } }", json!({})).await;
    assert_eq!(socket.next(&query).await["products"]["totalCount"], 0);
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": query }));
    for (document, code) in [
        ("{ products { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ products", "GRAPHQL_PARSE_FAILED"),
        ("subscription { a: orderEvents { id } b: orderEvents { id } }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        socket.subscribe(document, json!({})).await;
        assert_eq!(next_error(&mut socket).await, code);
    }
}

#[tokio::test]
async fn a_client_that_breaks_the_protocol_is_told_how() {
    let app = TestApp::start().await;
    let init = || json!({ "type": "connection_init" });
    let subscribe = || json!({ "type": "subscribe", "id": "1", "payload": { "query": FEED } });
    let endless = json!({ "type": "subscribe", "id": "1", "payload": { "query": AVAILABILITY, "variables": {
        "ids": [ProductBuilder::new("lamp").create(&app).await.variant.to_string()] } } });
    for (messages, code) in [
        (vec![json!("what?")], 4400),
        (vec![json!({ "type": "start", "id": "1" })], 4400),
        (vec![init(), json!({ "type": "subscribe", "id": "1" })], 4400),
        (vec![subscribe()], 4401),
        (vec![json!({ "type": "connection_init", "payload": { "Authorization": "Bearer forged" } })], 4403),
        (vec![json!({ "type": "connection_init", "payload": { "token": 5 } })], 4403),
        (vec![init(), endless.clone(), endless], 4409),
        (vec![init(), init()], 4429),
    ] {
        let mut socket = Socket::open(app.address, "/graphql/ws").await;
        for message in &messages {
            socket.send(message.clone()).await;
        }
        assert_eq!(socket.close_code().await, Some(code), "{messages:?}");
    }
    let mut silent = Socket::open_offering(app.address, "/graphql/ws", None).await;
    assert_eq!(silent.close_code().await, Some(4406));
}

#[tokio::test]
async fn a_message_that_cannot_be_taken_is_answered_with_why() {
    let app = TestApp::start().await;
    let mut long = Socket::connect(app.address, json!({})).await;
    long.send_text("x".repeat(1024 * 1024 + 1)).await;
    assert_eq!(long.close_code().await, Some(1009));
    let mut binary = Socket::connect(app.address, json!({})).await;
    binary.send_bytes(vec![0xff, 0xfe]).await;
    assert_eq!(binary.close_code().await, Some(4400));
}

/// The protocol's clients end a subscription for good when it answers with an error, but greet anew after this close code.
#[tokio::test]
async fn a_socket_ends_with_its_token_and_without_an_error() {
    let app = TestApp::start().await;
    let buyer = app.customer().await;
    let lamp = ProductBuilder::new("lamp").create(&app).await;
    let mut socket = Socket::connect(app.address, json!({ "Authorization": buyer.authorization() })).await;
    let watching = socket.subscribe(AVAILABILITY, json!({ "ids": [lamp.variant.to_string()] })).await;
    socket.next(&watching).await;
    app.app.clock.advance(TimeDelta::hours(1));
    assert_eq!(socket.close().await, (Some(4403), 0));
}

#[tokio::test]
async fn a_server_that_stops_answers_what_it_was_asked_and_sends_its_clients_elsewhere() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let lamp = ProductBuilder::new("lamp").stock(5).create(&app).await;
    let mut socket = Socket::connect(app.address, json!({ "Authorization": staff.authorization() })).await;
    let watching = socket.subscribe(AVAILABILITY, json!({ "ids": [lamp.variant.to_string()] })).await;
    socket.next(&watching).await;

    // Somebody holds the stock, so that the mutation is still running when the server is told to stop.
    let mut holder = app.database().connect().await;
    holder.batch_execute("BEGIN; SELECT * FROM inventory FOR UPDATE").await.expect("the stock is held");
    let document = "mutation($id: ID!) { inventoryAdjust(input: { variantId: $id, delta: 2 }) {
        variant { onHand } userErrors { code } } }";
    let adjusting = socket.subscribe(document, json!({ "id": lamp.variant.to_string() })).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    app.stop();
    tokio::time::sleep(Duration::from_millis(300)).await;
    holder.batch_execute("COMMIT").await.expect("the stock is let go");

    assert_eq!(socket.next(&adjusting).await["inventoryAdjust"]["variant"]["onHand"], 7);
    assert_eq!(socket.receive().await, json!({ "type": "complete", "id": adjusting }));
    assert_eq!(socket.close_code().await, Some(1012));
}

#[tokio::test]
async fn a_load_balancer_has_time_to_notice_that_a_server_stops() {
    let app = TestApp::start_with(|config| config.http.shutdown_delay = Duration::from_mins(1)).await;
    app.stop();
    let ready = Http::new(app.address).send(Method::GET, "/readyz", &[], "").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.guest().query("{ products { totalCount } }").await.int("/products/totalCount"), 0);
}
