//! How sockets end: with their tokens, their servers, and clients that are gone.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use crate::live::AVAILABILITY;
use crate::support::client::Http;
use crate::support::ws::Socket;
use crate::support::{ProductBuilder, TestApp};

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

#[tokio::test]
async fn a_client_that_closes_is_answered() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    socket.close_with(1000).await;
    assert_eq!(socket.close_code().await, Some(1000));
}

#[tokio::test]
async fn a_silent_client_is_let_go_and_one_that_answers_pings_is_not() {
    let timeout = Duration::from_millis(500);
    let app = TestApp::start_with(|config| config.websockets.timeout = timeout).await;
    let mut listening = Socket::connect(app.address, json!({})).await;
    let silent = Socket::connect(app.address, json!({})).await;
    // Reading answers pings.
    assert_eq!(listening.receive_within(timeout * 4).await, None);
    // The other's were on their way all the time, but a client that reads only now is too late.
    let (code, messages) = { silent }.close().await;
    assert_eq!((code, messages), (None, 0));
    listening.send(json!({ "type": "ping" })).await;
    assert_eq!(listening.receive().await["type"], "pong");
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_let_go() {
    let app = TestApp::start_with(|config| config.websockets.timeout = Duration::from_millis(500)).await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    // Each comes back as it is. The server takes no more of them once nothing of what it says is taken.
    let ping = json!({ "type": "ping", "payload": { "text": "x".repeat(1_000_000) } }).to_string();
    let mut sent = 0;
    while socket.try_send_text(&ping).await {
        sent += 1;
        assert!(sent < 1000, "the server goes on listening");
    }
    let (code, answered) = socket.close().await;
    assert_eq!(code, None);
    assert!(answered < sent, "{answered} of {sent}");
}
