//! What happens in the shop, told to a real server over HTTP that fails in every way it can.

mod arriving;
mod endpoints;
mod failing;
mod private;
mod replaying;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::db::run;
use crate::support::{Client, Response, TestApp};

const CREATE: &str = "mutation($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) {
    webhookEndpoint { id url description eventTypes enabled disabledReason deliveries { nodes { id } } }
    secret userErrors { code field message } } }";
const UPDATE: &str = "mutation($input: WebhookEndpointUpdateInput!) { webhookEndpointUpdate(input: $input) {
    webhookEndpoint { url description eventTypes enabled disabledReason failingSince } userErrors { code field message } } }";
const ROTATE: &str = "mutation($id: ID!) { webhookEndpointSecretRotate(input: { id: $id }) {
    webhookEndpoint { previousSecretUntil } secret userErrors { code message } } }";
const TEST: &str = "mutation($id: ID!) { webhookEndpointTest(input: { id: $id }) {
    webhookDelivery { id type } userErrors { code message } } }";
const REPLAY: &str = "mutation($id: ID!) { webhookDeliveryReplay(input: { id: $id }) {
    webhookDelivery { id eventId payload replay attempts { status } } userErrors { code message } } }";
const ENDPOINT: &str = "query($id: ID!) { node(id: $id) { ... on WebhookEndpoint {
    enabled disabledReason disabledAt failingSince
    deliveries(first: 100) { totalCount nodes { id eventId type payload replay deliveredAt nextAttemptAt
        endpoint { id } attempts { at status durationMs error } } } } } }";

/// An endpoint that was made.
struct Made {
    id: String,
    secret: String,
}

/// Makes an endpoint for these types of events.
async fn create(admin: &Client, url: &str, types: &[&str]) -> Made {
    let input = json!({ "url": url, "eventTypes": types });
    let created = admin.query_with(CREATE, json!({ "input": input })).await;
    assert_eq!(created.user_error_codes("webhookEndpointCreate"), [""; 0]);
    Made {
        id: created.text("/webhookEndpointCreate/webhookEndpoint/id").to_owned(),
        secret: created.text("/webhookEndpointCreate/secret").to_owned(),
    }
}

async fn endpoint(admin: &Client, id: &str) -> Response {
    admin.query_with(ENDPOINT, json!({ "id": id })).await
}

/// The endpoint, once it is as it should be.
async fn endpoint_when(admin: &Client, id: &str, expected: impl Fn(&Value) -> bool) -> Value {
    let mut found = Value::Null;
    for _ in 0..1200 {
        found = endpoint(admin, id).await.at("/node").clone();
        if expected(&found) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never comes to be: {found:#}");
}

/// The deliveries of an endpoint, newest first.
fn deliveries(endpoint: &Value) -> &Vec<Value> {
    endpoint["deliveries"]["nodes"].as_array().expect("a list")
}

/// Has what waits for another attempt due at once.
async fn hurry(app: &TestApp) {
    let due = "UPDATE jobs SET run_at = now() WHERE finished_at IS NULL AND died_at IS NULL";
    let mut conn = app.database().connect().await;
    run(&mut conn, due).await;
    run(&mut conn, "UPDATE webhook_endpoints SET paused_until = now() WHERE paused_until IS NOT NULL").await;
    app.app.worker.wake();
}

/// Waits until no job is open, having each attempt made at once.
async fn settled(app: &TestApp) {
    for _ in 0..1200 {
        let open = app.count("jobs WHERE finished_at IS NULL AND died_at IS NULL").await;
        if open + app.count("outbox WHERE fanned_out_at IS NULL").await == 0 {
            return;
        }
        hurry(app).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("jobs are still open");
}
