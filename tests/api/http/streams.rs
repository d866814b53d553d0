//! Answers that go on over HTTP: server-sent events, and multipart as Apollo Client reads it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::negotiation::JSON;
use crate::live::AVAILABILITY;
use crate::support::client::Http;
use crate::support::raw::Raw;
use crate::support::{ProductBuilder, TestApp};

const EVENTS: (&str, &str) = ("accept", "text/event-stream");
const APOLLO: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9";

/// Opens a stream and leaves it open.
async fn open(app: &TestApp, accept: &str, authorization: Option<&str>, body: &Value) -> Raw {
    let mut raw = Raw::open(app.address).await;
    let body = body.to_string();
    let authorization = authorization.map(|value| format!("authorization: {value}\r\n")).unwrap_or_default();
    raw.send(format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: {accept}\r\n{authorization}\
         content-length: {}\r\n\r\n{body}",
        body.len()
    ))
    .await;
    raw
}

async fn watching(app: &TestApp) -> Value {
    let lamp = ProductBuilder::new("lamp").stock(5).create(app).await;
    json!({ "query": AVAILABILITY, "variables": { "ids": [lamp.variant.to_string()] } })
}

#[tokio::test]
async fn any_operation_can_be_answered_with_events() {
    let app = TestApp::start().await;
    let http = Http::new(app.address);
    for (body, data) in [
        (json!({ "query": "{ __typename }" }), json!({ "__typename": "Query" })),
        (json!({ "query": "mutation { __typename }" }), json!({ "__typename": "Mutation" })),
    ] {
        let answer = http.send(Method::POST, "/graphql", &[JSON, EVENTS], body.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["content-type"], "text/event-stream; charset=utf-8");
        let text = answer.text();
        let event = text.strip_prefix(":\n\nevent: next\ndata: ");
        let event = event.and_then(|rest| rest.strip_suffix("\n\nevent: complete\ndata: \n\n"));
        let event = event.unwrap_or_else(|| panic!("not one event and the end: {text}"));
        let event: Value = serde_json::from_str(event).expect("JSON, on one line");
        assert_eq!((&event["data"], event.get("errors")), (&data, None));
    }
    // What is wrong with the operation is said in the stream: a browser's EventSource would show no other answer.
    let wrong = http.send(Method::GET, "/graphql?query=%7Bnothing%7D", &[EVENTS], "").await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(
        wrong.text().contains("event: next\ndata: {\"errors\":[")
            && wrong.text().ends_with("event: complete\ndata: \n\n")
    );
    let mutation = http.send(Method::GET, "/graphql?query=mutation%7B__typename%7D", &[EVENTS], "").await;
    assert_eq!(mutation.status, StatusCode::METHOD_NOT_ALLOWED);
    let unread = [("content-type", "text/plain"), EVENTS];
    let refused = http.send(Method::POST, "/graphql", &unread, "{\"query\":\"{ __typename }\"}").await;
    assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_subscription_goes_on_as_events() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let body = watching(&app).await;
    let mut events = open(&app, EVENTS.1, None, &body).await;
    let first = events.read_until("event: next\n").await;
    assert!(first.contains("HTTP/1.1 200 OK") && first.contains("cache-control: no-store"), "{first}");
    let adjust = "mutation($id: ID!) { inventoryAdjust(input: { variantId: $id, delta: -5 }) { userErrors { code } } }";
    staff.query_with(adjust, json!({ "id": body["variables"]["ids"][0] })).await.data();
    events.read_until("event: next\n").await;
    let json_only = Http::new(app.address)
        .send(Method::POST, "/graphql", &[JSON, ("accept", "application/json")], body.to_string())
        .await;
    assert_eq!(json_only.status, StatusCode::NOT_ACCEPTABLE);
    app.stop();
    let end = String::from_utf8(events.read_to_end().await).expect("text");
    assert!(!end.contains("complete"), "who is cut off asks again: {end}");
}

#[tokio::test]
async fn a_subscription_goes_on_in_parts_and_says_why_it_ends() {
    let app = TestApp::start().await;
    let buyer = app.customer().await;
    let mut parts = open(&app, APOLLO, buyer.authorization(), &watching(&app).await).await;
    let first = parts.read_until("\r\ncontent-type: application/json\r\n\r\n{\"payload\":{\"data\":").await;
    assert!(
        first.contains("content-type: multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\""),
        "{first}"
    );
    // In chunks of HTTP: the line end behind the boundary is the first chunk's.
    assert!(first.contains("\r\n--graphql\r\n"), "{first}");
    app.app.clock.advance(TimeDelta::hours(1));
    let end = parts.read_until("\r\n0\r\n\r\n").await;
    assert!(end.contains("\"payload\":null") && end.contains("UNAUTHENTICATED"), "{end}");
    assert!(end.contains("\r\n--graphql\r\n4\r\n--\r\n"), "the last boundary, in two chunks: {end}");
}

#[tokio::test]
async fn an_address_has_so_many_streams_and_one_that_is_left_ends() {
    let app = TestApp::start().await;
    let body = watching(&app).await;
    let mut open_streams = Vec::new();
    for _ in 0..100 {
        let mut stream = open(&app, EVENTS.1, None, &body).await;
        stream.read_until("event: next\n").await;
        open_streams.push(stream);
    }
    let mut more = open(&app, EVENTS.1, None, &body).await;
    let refused = more.read_until("RATE_LIMITED").await;
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
    drop(open_streams.pop());
    for _ in 0..100 {
        let mut next = open(&app, EVENTS.1, None, &body).await;
        if next.read_until("HTTP/1.1 ").await.contains("200 OK") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the stream that was left goes on");
}
