//! Requests that mean harm: each gets its answer, and the next one is served.

use axum::http::Method;
use serde_json::json;

use crate::support::TestApp;
use crate::support::client::Http;
use crate::support::ws::Socket;

/// Documents of a few kilobytes whose brackets would fill a thread's stack.
fn bottomless() -> Vec<String> {
    let nested = |open: &str, close: &str| format!("{}{}", open.repeat(4_000), close.repeat(4_000));
    vec![
        nested("{a", "}"),
        format!("{{ products(search: {}) {{ nodes {{ id }} }} }}", nested("[", "]")),
        format!("{{ products(filter: {}) {{ nodes {{ id }} }} }}", nested("{a:", "}")),
        format!("{{ {} }}", nested("...{", "}")),
        format!("query($a: Int = {}) {{ shop {{ name }} }}", nested("[", "]")),
        format!("query($a: {}) {{ shop {{ name }} }}", nested("[", "]")),
    ]
}

/// Documents of a few kilobytes, or less, that come to billions of fields.
fn boundless() -> Vec<String> {
    let chain = |spreads: usize| {
        let fragment = |number: usize| {
            format!("fragment F{number} on Query {{ {} }} ", format!("...F{} ", number + 1).repeat(spreads))
        };
        let fragments: String = (0..30).map(fragment).collect();
        format!("query {{ ...F0 }} {fragments} fragment F30 on Query {{ shop {{ name }} }}")
    };
    vec![
        chain(2),
        chain(10),
        chain(2).replacen("query", "mutation", 1),
        chain(2).replacen("query", "subscription", 1),
        "{ ...F } fragment F on Query { ...F ...F }".to_owned(),
        format!("{{ {} }}", (0..50_000).map(|number| format!("a{number}:__typename ")).collect::<String>()),
    ]
}

#[tokio::test]
async fn boundless_documents_are_refused() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    for document in boundless() {
        // Even the smallest of them would take minutes to walk.
        assert_eq!(app.guest().query(&document).await.error_code(), "COST_LIMIT_EXCEEDED", "{document:.40}");
        if document.len() < 60_000 {
            socket.subscribe(&document, json!({})).await;
            let refused = socket.receive().await;
            assert!(refused.to_string().contains("COST_LIMIT_EXCEEDED"), "{refused:#}");
        }
    }
    assert_eq!(app.guest().query("{ shop { name } }").await.text("/shop/name"), "Test Shop");
}

#[tokio::test]
async fn bottomless_documents_are_refused_over_post_get_and_websocket() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    for document in bottomless() {
        assert_eq!(app.guest().query(&document).await.error_code(), "COST_LIMIT_EXCEEDED", "{document:.40}");
        let path: String = document.bytes().map(|byte| format!("%{byte:02x}")).collect();
        // A longer one does not fit into the head of a request.
        if path.len() < 30_000 {
            let answer =
                Http::new(app.address).send(Method::GET, &format!("/graphql?query={path}"), &[], "").await;
            assert!(answer.text().contains("COST_LIMIT_EXCEEDED"), "{document:.40}");
        }
        let operation = socket.subscribe(&document, json!({})).await;
        let refused = socket.receive().await;
        assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!(operation)), "{refused:#}");
        assert!(refused.to_string().contains("COST_LIMIT_EXCEEDED"), "{refused:#}");
    }
    assert_eq!(app.guest().query("{ shop { name } }").await.text("/shop/name"), "Test Shop");
}
