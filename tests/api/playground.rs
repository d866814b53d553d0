//! The playground: its samples as they stand, and the page itself in a real browser.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use cartograph::config::Mode;
use cartograph::demo;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::client::Http;
use crate::support::stripe::Stripe;
use crate::support::ws::Socket;
use crate::support::{Client, TestApp};

/// What a browser needs on a busy machine; it takes about ten seconds on an idle one.
const BROWSER_PATIENCE: Duration = Duration::from_secs(180);

async fn demo_shop() -> TestApp {
    let app = TestApp::start_with(|config| Stripe::account().configure(config)).await;
    assert!(demo::load(&app.app).await.expect("the demo shop can be loaded"));
    app
}

fn playground() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("playground")
}

/// One sample: its document, its variables, and who should be signed in.
struct Sample {
    name: String,
    document: String,
    variables: Value,
    role: Option<String>,
}

/// All samples in the order of their numbers, which is the order a visitor runs them in.
fn samples() -> Vec<Sample> {
    let entries = std::fs::read_dir(playground().join("samples")).expect("the samples are there");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a sample can be listed").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "graphql"));
    files.sort();
    let sample = |path: &PathBuf| {
        let document = std::fs::read_to_string(path).expect("a sample can be read");
        let variables = std::fs::read_to_string(path.with_extension("variables.json"));
        Sample {
            name: path.file_stem().expect("a sample has a name").to_string_lossy().into_owned(),
            variables: variables
                .map_or(json!({}), |text| serde_json::from_str(&text).expect("variables are JSON")),
            role: document.lines().find_map(|line| line.strip_prefix("# role: ")).map(str::to_owned),
            document,
        }
    };
    files.iter().map(sample).collect()
}

/// One of the demo's accounts, signed in.
async fn demo_account(app: &TestApp, name: &str) -> Client {
    let document = "mutation($email: String!) {
        sessionCreate(input: { email: $email, password: \"cartograph-demo\" }) { session { accessToken } } }";
    let email = format!("{name}@example.com");
    let answer = app.guest().query_with(document, json!({ "email": email })).await;
    let token = answer.text("/sessionCreate/session/accessToken");
    app.guest().with_authorization(&format!("Bearer {token}"))
}

/// Nothing in the answer is an error of either kind, and none of its lists is empty.
fn assert_useful(name: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match key.as_str() {
                    "userErrors" => assert_eq!(value, &json!([]), "{name}"),
                    "warnings" | "options" | "nextStatuses" => {}
                    _ => assert_useful(name, value),
                }
            }
        }
        Value::Array(items) => {
            assert!(!items.is_empty(), "{name} shows an empty list");
            items.iter().for_each(|item| assert_useful(name, item));
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_sample_runs_as_it_stands_on_the_demo_shop() {
    let app = demo_shop().await;
    let mut latest_order = None;
    let samples = samples();
    assert!(samples.len() >= 12);
    for sample in samples {
        let client = match &sample.role {
            Some(role) => demo_account(&app, role).await,
            None => app.guest(),
        };
        let mut variables = sample.variables;
        if variables.get("idempotencyKey").is_some() {
            variables["idempotencyKey"] = json!("a-key-of-this-run");
        }
        if variables.get("orderId").is_some() {
            variables["orderId"] = json!(latest_order);
        }
        let data = if sample.document.contains("\nsubscription ") {
            let authorization = json!({ "Authorization": client.authorization() });
            let mut socket = Socket::connect(app.address, authorization).await;
            let operation = socket.subscribe(&sample.document, variables).await;
            socket.next(&operation).await
        } else {
            let answer = client.query_with(&sample.document, variables).await;
            assert_eq!(answer.body.get("errors"), None, "{}", sample.name);
            answer.data().clone()
        };
        assert_useful(&sample.name, &data);
        if let Some(order) = data.pointer("/orderPlace/order/id") {
            latest_order = Some(order.clone());
        }
    }
    assert!(latest_order.is_some(), "some sample places an order");
}

#[tokio::test]
async fn a_visitor_browses_signs_in_buys_and_watches_the_order_live() {
    let app = demo_shop().await;
    let mut visit = Command::new("node");
    visit
        .arg(playground().join("e2e/run.mjs"))
        .arg(format!("http://{}", app.address))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let visit = tokio::time::timeout(BROWSER_PATIENCE, visit.output());
    let output =
        visit.await.expect("the visit ends in time").expect("node runs: 'make test' checks that it is there");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test]
async fn the_page_allows_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    let http = Http::new(app.address);
    let page = http.send(Method::GET, "/playground", &[], "").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers["content-security-policy"].to_str().expect("a policy");
    assert!(policy.contains("default-src 'none'") || policy.contains("default-src 'self'"), "{policy}");
    for loophole in ["*", "http:", "https:", "unsafe-eval"] {
        assert!(!policy.split([' ', ';']).any(|word| word.trim_matches('\'') == loophole), "{policy}");
    }
    assert!(!page.text().contains("//cdn"), "the page asks for nothing elsewhere");
    let browser = [("accept", "text/html,application/xhtml+xml")];
    let sent_on = http.send(Method::GET, "/graphql", &browser, "").await;
    assert_eq!(
        (sent_on.status, &sent_on.headers["location"]),
        (StatusCode::SEE_OTHER, &"/playground".parse().unwrap())
    );
}

#[tokio::test]
async fn in_production_there_is_no_playground() {
    let app = TestApp::start_with(|config| {
        config.mode = Mode::Production;
        config.graphql.playground = false;
    })
    .await;
    let http = Http::new(app.address);
    for path in ["/playground", "/playground/", "/media/demo/stoneware-mug.svg"] {
        assert_eq!(http.send(Method::GET, path, &[], "").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let browser = [("accept", "text/html")];
    assert_eq!(http.send(Method::GET, "/graphql", &browser, "").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn without_introspection_the_schema_does_not_describe_itself() {
    let app = TestApp::start_with(|config| config.graphql.introspection = false).await;
    let typename = app.guest().query("{ __typename shop { name __typename } }").await;
    assert_eq!(typename.text("/__typename"), "Query");
    for query in ["{ __schema { types { name } } }", "{ __type(name: \"Order\") { name } }"] {
        let answer = app.guest().query(query).await;
        assert_eq!(answer.error_code(), "FORBIDDEN", "{query}");
    }
    let misspelt = app.guest().query("{ shops { name } }").await;
    assert_eq!(misspelt.error_code(), "GRAPHQL_VALIDATION_FAILED");
    assert!(!misspelt.body.to_string().contains("Did you mean"), "{}", misspelt.body);
}
