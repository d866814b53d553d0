//! Documents that are named and not sent: persisted as they come, or trusted from the start.

use std::path::PathBuf;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::negotiation::JSON;
use crate::support::TestApp;
use crate::support::client::{Answer, Http};
use crate::support::process::{DataDir, run};
use crate::support::redis::RedisServer;
use crate::support::ws::Socket;

const SHOP: &str = "query Shop { shop { name } }";
const ADD: &str = "mutation Add { cartCreate(input: {}) { cart { id } userErrors { code } } }";

fn hash(text: &str) -> String {
    cartograph::secrets::sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn persisted(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } })
}

async fn post(app: &TestApp, accept: &str, body: &Value) -> Answer {
    let headers = [JSON, ("accept", accept)];
    Http::new(app.address).send(Method::POST, "/graphql", &headers, body.to_string()).await
}

async fn ask(app: &TestApp, body: Value) -> Value {
    post(app, "application/json", &body).await.json()
}

/// What is answered to [`SHOP`].
fn is_shop(answer: &Value) {
    let expected = json!({ "shop": { "name": "Test Shop" } });
    assert_eq!((&answer["data"], answer.get("errors")), (&expected, None), "{answer}");
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no error: {answer:#}"))
}

async fn by_get(app: &TestApp, text: &str) -> Answer {
    let extensions: String = persisted(text).to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
    Http::new(app.address).send(Method::GET, &format!("/graphql?extensions={extensions}"), &[], "").await
}

#[tokio::test]
async fn a_document_that_was_sent_with_its_hash_need_not_be_sent_again() {
    let app = TestApp::start().await;
    let named = json!({ "extensions": persisted(SHOP) });
    // The message is what Apollo's and urql's clients look for.
    let unknown = post(&app, "application/json", &named).await;
    assert_eq!((unknown.status, code(&unknown.json())), (StatusCode::OK, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(post(&app, "application/graphql-response+json", &named).await.status, StatusCode::NOT_FOUND);
    assert_eq!(code(&by_get(&app, SHOP).await.json()), "PERSISTED_QUERY_NOT_FOUND");

    is_shop(&ask(&app, json!({ "query": SHOP, "extensions": persisted(SHOP) })).await);
    is_shop(&ask(&app, named).await);
    is_shop(&by_get(&app, SHOP).await.json());
    is_shop(&ask(&app, json!({ "documentId": format!("sha256:{}", hash(SHOP)) })).await);
    let mut socket = Socket::connect(app.address, json!({})).await;
    socket
        .send(json!({ "id": "1", "type": "subscribe", "payload": { "extensions": persisted(SHOP) } }))
        .await;
    assert_eq!(socket.next("1").await, json!({ "shop": { "name": "Test Shop" } }));
}

#[tokio::test]
async fn a_document_is_kept_under_its_own_hash_only_and_only_when_it_is_good() {
    let app = TestApp::start().await;
    let forged =
        post(&app, "application/json", &json!({ "query": SHOP, "extensions": persisted(ADD) })).await;
    assert_eq!((forged.status, code(&forged.json())), (StatusCode::BAD_REQUEST, "BAD_REQUEST"));
    assert_eq!(code(&ask(&app, json!({ "extensions": persisted(ADD) })).await), "PERSISTED_QUERY_NOT_FOUND");
    for bad in ["{ nothing }", "{", "{ ...F } fragment F on Query { ...F ...F }"] {
        assert_ne!(
            code(&ask(&app, json!({ "query": bad, "extensions": persisted(bad) })).await),
            "BAD_REQUEST"
        );
        assert_eq!(
            code(&ask(&app, json!({ "extensions": persisted(bad) })).await),
            "PERSISTED_QUERY_NOT_FOUND",
            "{bad}"
        );
    }
    for extension in [
        json!({ "version": 2, "sha256Hash": hash(SHOP) }),
        json!({ "version": 1 }),
        json!({ "version": 1, "sha256Hash": 5 }),
        json!("hash"),
    ] {
        let answer = ask(&app, json!({ "query": SHOP, "extensions": { "persistedQuery": extension } })).await;
        assert_eq!(code(&answer), "BAD_REQUEST", "{extension}");
    }
}

#[tokio::test]
async fn a_persisted_mutation_is_not_run_by_get() {
    let app = TestApp::start().await;
    ask(&app, json!({ "query": ADD, "extensions": persisted(ADD) })).await;
    assert_eq!(app.count("carts").await, 1);
    assert_eq!(by_get(&app, ADD).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(app.count("carts").await, 1);
}

#[tokio::test]
async fn copies_of_the_server_share_what_they_keep_through_redis() {
    let prefix = format!("test-{}", uuid::Uuid::now_v7());
    let with_redis = |config: &mut cartograph::config::Config| {
        config.redis.url = Some(RedisServer::shared().into());
        config.redis.prefix = prefix.clone();
    };
    let one = TestApp::start_with(with_redis).await;
    let other = TestApp::start_beside(&one, with_redis).await;
    ask(&one, json!({ "query": SHOP, "extensions": persisted(SHOP) })).await;
    for _ in 0..100 {
        let answer = ask(&other, json!({ "extensions": persisted(SHOP) })).await;
        if answer["data"]["shop"]["name"] == "Test Shop" {
            return;
        }
        assert_eq!(code(&answer), "PERSISTED_QUERY_NOT_FOUND");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the other copy never hears of it");
}

/// A manifest of a test, gone with it.
struct Manifest(PathBuf);

impl Manifest {
    fn write(contents: &Value) -> Self {
        let path = std::env::temp_dir().join(format!("cartograph-manifest-{}.json", uuid::Uuid::now_v7()));
        std::fs::write(&path, contents.to_string()).expect("a file can be written");
        Self(path)
    }
}

impl Drop for Manifest {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn with_a_manifest_its_documents_are_executed_and_no_others() {
    // As Relay writes it: by MD5.
    let manifest = Manifest::write(&json!({ "5d41402abc4b2a76b9719d911017c592": SHOP, "add": ADD }));
    let app = TestApp::start_with(|config| config.graphql.trusted_documents = Some(manifest.0.clone())).await;
    for trusted in [
        json!({ "doc_id": "5d41402abc4b2a76b9719d911017c592" }),
        json!({ "id": "5d41402abc4b2a76b9719d911017c592" }),
        json!({ "documentId": format!("sha256:{}", hash(SHOP)) }),
        json!({ "extensions": persisted(SHOP) }),
        json!({ "query": SHOP }),
    ] {
        is_shop(&ask(&app, trusted).await);
    }
    let other = "{ __typename }";
    for untrusted in [
        json!({ "query": other }),
        json!({ "query": other, "extensions": persisted(other) }),
        json!({ "query": other, "documentId": "add" }),
        json!({ "extensions": persisted(other) }),
        json!({ "documentId": "another" }),
        json!([{ "query": other }]),
    ] {
        let answer = post(&app, "application/json", &untrusted).await;
        let batch = answer.json().is_array();
        assert_eq!(answer.status, if batch { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{untrusted}");
        assert!(answer.text().contains("DOCUMENT_NOT_TRUSTED"), "{}", answer.text());
    }
    let mut socket = Socket::connect(app.address, json!({})).await;
    socket.send(json!({ "id": "1", "type": "subscribe", "payload": { "documentId": "add" } })).await;
    socket.next("1").await;
    socket.receive().await;
    socket.subscribe(other, json!({})).await;
    assert!(socket.receive().await.to_string().contains("DOCUMENT_NOT_TRUSTED"));
    assert_eq!(app.count("carts").await, 1);
}

#[tokio::test]
async fn a_manifest_of_another_schema_ends_the_start() {
    let manifest = Manifest::write(
        &json!({ "a": SHOP, "b": "{ nothing }", "c": "{", "d": "query($x: Nope) { shop { name } }" }),
    );
    let path = manifest.0.to_str().expect("text");
    let variables = [("PORT", "0"), ("TRUSTED_DOCUMENTS", path), ("LOG", "error")];
    let refused = run(&DataDir::new(), &["serve"], &variables).await;
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(said.contains("TRUSTED_DOCUMENTS: 3 documents cannot be executed"), "{said}");
    assert_eq!(
        said.lines().filter(|line| line.contains("a trusted document cannot be executed")).count(),
        3,
        "{said}"
    );
    assert!(said.contains("Unknown field") && said.contains("nothing"), "{said}");
}
