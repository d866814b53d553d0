//! What browsers are told, on every answer, and whose pages may use the API.

use axum::http::{HeaderMap, Method, StatusCode};

use super::negotiation::JSON;
use crate::support::TestApp;
use crate::support::client::{Answer, Http};

const SHOP: &str = "https://shop.example";

async fn app() -> TestApp {
    TestApp::start_with(|config| {
        config.cors.origins = vec![SHOP.to_owned(), "http://localhost:3000".to_owned()];
        config.shop.public_url = Some("https://api.shop.example".to_owned());
    })
    .await
}

async fn preflight(app: &TestApp, origin: &str, method: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    Http::new(app.address).send(Method::OPTIONS, "/graphql", &headers, "").await
}

#[track_caller]
fn assert_unreadable(headers: &HeaderMap) {
    let cors = headers.keys().find(|name| name.as_str().starts_with("access-control-"));
    assert_eq!(cors, None, "{headers:?}");
}

fn vary(answer: &Answer) -> String {
    let values = answer.headers.get_all("vary").iter().map(|value| value.to_str().expect("text"));
    values.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_page_of_the_list_may_ask_and_read() {
    let app = app().await;
    for origin in [SHOP, "http://localhost:3000"] {
        let leave = preflight(&app, origin, "POST").await;
        assert_eq!(leave.status, StatusCode::NO_CONTENT);
        let header = |name: &str| leave.headers[name].to_str().expect("text");
        assert_eq!(header("access-control-allow-origin"), origin);
        assert_eq!(header("access-control-allow-credentials"), "true");
        assert_eq!(header("access-control-allow-methods"), "GET, POST");
        for name in ["authorization", "content-type", "x-request-id"] {
            assert!(
                header("access-control-allow-headers").split(", ").any(|allowed| allowed == name),
                "{name}"
            );
        }
        assert!(leave.headers.contains_key("access-control-max-age"));
        let asked = [JSON, ("origin", origin)];
        let answer = Http::new(app.address)
            .send(Method::POST, "/graphql", &asked, "{\"query\":\"{ __typename }\"}")
            .await;
        assert_eq!(answer.headers["access-control-allow-origin"], origin);
        assert!(
            answer.headers["access-control-expose-headers"]
                .to_str()
                .is_ok_and(|names| names.contains("x-request-id"))
        );
        for answer in [&leave, &answer] {
            assert!(vary(answer).contains("origin"), "{}", vary(answer));
        }
    }
}

#[tokio::test]
async fn any_other_page_may_not() {
    let app = app().await;
    for origin in [
        "null",
        "https://evil.example",
        "https://shop.example.evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "*",
    ] {
        let refused = preflight(&app, origin, "POST").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(refused.json()["errors"][0]["extensions"]["code"], "FORBIDDEN");
        assert_unreadable(&refused.headers);
        let asked = [JSON, ("origin", origin)];
        let answer = Http::new(app.address)
            .send(Method::POST, "/graphql", &asked, "{\"query\":\"{ __typename }\"}")
            .await;
        assert_unreadable(&answer.headers);
        assert!(vary(&answer).contains("origin"));
    }
    let strict = TestApp::start().await;
    assert_eq!(
        preflight(&strict, "http://localhost:3000", "POST").await.status,
        StatusCode::FORBIDDEN,
        "not by default"
    );
}

#[tokio::test]
async fn every_answer_says_what_it_is_not() {
    let app = app().await;
    let http = Http::new(app.address);
    let query = "{\"query\":\"{ __typename }\"}";
    for (method, path, headers, body, status) in [
        (Method::POST, "/graphql", &[JSON][..], query, 200),
        (Method::POST, "/graphql", &[], query, 415),
        (Method::PUT, "/graphql", &[], "", 405),
        (Method::GET, "/healthz", &[], "", 200),
        (Method::GET, "/nowhere", &[], "", 404),
        (Method::GET, "/graphql/ws", &[], "", 426),
    ] {
        let answer = http.send(method, path, headers, body).await;
        assert_eq!(answer.status, status, "{path}");
        let header = |name: &str| answer.headers[name].to_str().expect("text");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("strict-transport-security"), "max-age=31536000");
        assert!(answer.headers.contains_key("x-request-id"));
        if path.starts_with("/graphql") {
            assert_eq!(vary(&answer), "accept, authorization, cookie, origin");
        }
    }
    let plain = TestApp::start().await;
    let answer = Http::new(plain.address).send(Method::GET, "/healthz", &[], "").await;
    assert!(!answer.headers.contains_key("strict-transport-security"), "there is no https to insist on");
}
