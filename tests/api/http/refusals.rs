//! Requests that are refused: each with a status that says why, and an error that looks like every other.

use axum::http::{Method, StatusCode};

use super::negotiation::JSON;
use crate::support::TestApp;
use crate::support::client::{Answer, Http};
use crate::support::raw::Raw;

#[track_caller]
fn assert_coded(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.headers["content-type"].to_str().is_ok_and(|media| media.starts_with("application/json")));
    let error = &answer.json()["errors"][0];
    assert_eq!(error["extensions"]["code"], code, "{error:#}");
    assert_eq!(error["extensions"]["requestId"].as_str(), answer.headers["x-request-id"].to_str().ok());
}

#[tokio::test]
async fn a_body_that_a_foreign_page_could_send_is_never_read() {
    let app = TestApp::start().await;
    let body = "{\"query\":\"mutation { cartCreate(input: {}) { cart { id } } }\"}";
    for headers in [
        &[][..],
        &[("content-type", "text/plain")],
        &[("content-type", "application/x-www-form-urlencoded")],
        &[("content-type", "multipart/form-data; boundary=x")],
        &[("content-type", "application/json; charset=utf-16")],
        &[("content-type", "application/json"), ("content-type", "text/plain")],
        &[JSON, ("content-encoding", "gzip")],
    ] {
        let answer = Http::new(app.address).send(Method::POST, "/graphql", headers, body).await;
        assert_coded(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST");
    }
    assert_eq!(app.count("carts").await, 0);
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused() {
    let app = TestApp::start().await;
    let http = Http::new(app.address);
    for body in [
        "",
        "{",
        "null",
        "\"{ __typename }\"",
        "{}",
        "[]",
        "[1]",
        "{\"query\":\"{ __typename }\"}{}",
        "{\"query\":\"{ __typename }\",\"query\":\"{ shop { name } }\"}",
        "{\"query\":\"{ __typename }\",\"variables\":[]}",
        "{\"query\":\"\\ud800\"}",
    ] {
        let answer = http.send(Method::POST, "/graphql", &[JSON], body).await;
        assert_coded(&answer, StatusCode::BAD_REQUEST, "BAD_REQUEST");
    }
    let answer = http.send(Method::POST, "/graphql", &[JSON], vec![b'{', 0xff, b'}']).await;
    assert_coded(&answer, StatusCode::BAD_REQUEST, "BAD_REQUEST");
    let answer = http.send(Method::POST, "/graphql", &[JSON], " ".repeat(1024 * 1024 + 1)).await;
    assert_coded(&answer, StatusCode::PAYLOAD_TOO_LARGE, "BAD_REQUEST");
}

#[tokio::test]
async fn what_is_not_there_says_so_in_the_same_way() {
    let app = TestApp::start().await;
    let http = Http::new(app.address);
    for path in
        ["/", "/graphq", "/graphql/", "/playground/assets/none.js", "/media/demo/%ff", "/media/demo/none.svg"]
    {
        assert_coded(&http.send(Method::GET, path, &[], "").await, StatusCode::NOT_FOUND, "NOT_FOUND");
    }
    let upgrade = http.send(Method::GET, "/graphql/ws", &[], "").await;
    assert_coded(&upgrade, StatusCode::UPGRADE_REQUIRED, "BAD_REQUEST");
    let token = [JSON, ("authorization", "Bearer forged")];
    let refused = http.send(Method::POST, "/graphql", &token, "{\"query\":\"{ __typename }\"}").await;
    assert_coded(&refused, StatusCode::UNAUTHORIZED, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_request_has_one_host() {
    let app = TestApp::start().await;
    for hosts in ["", "host: x\r\nhost: y\r\n"] {
        let mut raw = Raw::open(app.address).await;
        raw.send(format!("GET /healthz HTTP/1.1\r\n{hosts}connection: close\r\n\r\n")).await;
        let answer = String::from_utf8(raw.read_to_end().await).expect("text");
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("BAD_REQUEST"), "{answer}");
    }
    let mut old = Raw::open(app.address).await;
    old.send("GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(String::from_utf8_lossy(&old.read_to_end().await).contains(" 200 "));
}
