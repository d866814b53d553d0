//! How a request becomes a socket.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{close_frame, upgrade};
use crate::support::TestApp;
use crate::support::client::Http;
use crate::support::ws::Socket;

#[tokio::test]
async fn both_addresses_take_sockets() {
    let app = TestApp::start().await;
    for path in ["/graphql", "/graphql/ws"] {
        let mut socket = Socket::open(app.address, path).await;
        socket.send(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.receive().await, json!({ "type": "connection_ack" }), "{path}");
    }
}

#[tokio::test]
async fn a_request_that_asks_for_no_socket_is_told_what_to_do() {
    let app = TestApp::start().await;
    let answer = Http::new(app.address).send(Method::GET, "/graphql/ws", &[], "").await;
    assert_eq!(answer.status, StatusCode::UPGRADE_REQUIRED);
    assert_eq!(answer.headers["upgrade"], "websocket");
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_REQUEST");
}

#[tokio::test]
async fn one_address_has_so_many_sockets_and_gets_back_those_it_closes() {
    let app = TestApp::start_with(|config| config.websockets.max_per_address = 2).await;
    let http = Http::new(app.address);
    let (_first, second) =
        (Socket::connect(app.address, json!({})).await, Socket::connect(app.address, json!({})).await);
    let headers = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "graphql-transport-ws"),
    ];
    for path in ["/graphql", "/graphql/ws"] {
        let answer = http.send(Method::GET, path, &headers, "").await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{path}");
    }
    drop(second);
    let mut tries = 0;
    while http.send(Method::GET, "/graphql/ws", &headers, "").await.status != StatusCode::SWITCHING_PROTOCOLS
    {
        tries += 1;
        assert!(tries < 100, "the place is not given back");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn of_several_protocols_the_right_one_is_taken() {
    let app = TestApp::start().await;
    for offered in ["graphql-transport-ws", "graphql-ws, graphql-transport-ws", "graphql-transport-ws,other"]
    {
        let (head, _) = upgrade(&app, Some(offered)).await;
        assert!(head.contains("sec-websocket-protocol: graphql-transport-ws\r\n"), "{head}");
        assert!(!head.contains("sec-websocket-extensions"), "compression is not agreed to: {head}");
    }
}

/// As the WebSocket protocol has it, the server agrees to none, and as this one has it, says why.
#[tokio::test]
async fn other_protocols_are_4406() {
    let app = TestApp::start().await;
    for offered in [None, Some("graphql-ws"), Some("soap, wamp"), Some("GraphQL-Transport-WS")] {
        let (head, mut stream) = upgrade(&app, offered).await;
        assert!(!head.contains("sec-websocket-protocol"), "{head}");
        assert_eq!(close_frame(&mut stream).await, 4406, "{offered:?}");
    }
}
