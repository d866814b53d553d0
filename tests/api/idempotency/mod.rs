//! Mutations with an idempotency key: done once, answered alike.

mod at_once;
mod every;
mod leases;
mod replay;
mod sessions;
mod undone;

use std::time::Duration;

use axum::http::Method;
use cartograph::ids::VariantId;
use serde_json::{Value, json};

use crate::support::client::{Answer, Client, Http};
use crate::support::{Response, TestApp};

/// What a retry answers with when the first one is still at work.
pub(crate) const IN_FLIGHT: &str = "CONFLICT";

const ADD: &str = "mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) {
    cart { id token itemCount lines { id quantity product { name averageRating slug } } total: subtotal { currency amount } }
    userErrors { code } } }";

/// An answer as it went over the line.
pub(crate) struct Sent {
    answer: Answer,
    pub(crate) body: Value,
}

impl Sent {
    /// The bytes of its data.
    pub(crate) fn data(&self) -> &str {
        let text = self.answer.text();
        text.split(",\"extensions\":").next().unwrap_or(text)
    }

    /// The keys of the answer that were replayed.
    pub(crate) fn replayed(&self) -> Vec<&str> {
        let replayed = self.body["extensions"]["idempotency"]["replayed"].as_array();
        replayed.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The code of its one error, if it has one.
    pub(crate) fn code(&self) -> Option<&str> {
        self.body["errors"][0]["extensions"]["code"].as_str()
    }

    /// The data, without an error.
    #[track_caller]
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        assert!(self.body["errors"].is_null(), "{:#}", self.body);
        self.body["data"].pointer(pointer).unwrap_or_else(|| panic!("{pointer} in {:#}", self.body))
    }

    /// The cookies it sets.
    fn cookies(&self) -> Vec<&str> {
        let cookies = self.answer.headers.get_all("set-cookie").iter();
        cookies.map(|cookie| cookie.to_str().expect("text")).collect()
    }
}

/// Sends a document and keeps the bytes of its answer.
pub(crate) async fn send(app: &TestApp, client: &Client, document: &str, variables: Value) -> Sent {
    send_with(app, client, &[], document, variables).await
}

async fn send_with(
    app: &TestApp,
    client: &Client,
    headers: &[(&str, &str)],
    document: &str,
    variables: Value,
) -> Sent {
    let mut headers = [&[("content-type", "application/json")], headers].concat();
    headers.extend(client.authorization().map(|value| ("authorization", value)));
    let body = json!({ "query": document, "variables": variables }).to_string();
    let answer = Http::new(app.address).send(Method::POST, "/graphql", &headers, body).await;
    let body = answer.json();
    Sent { answer, body }
}

/// The same until nobody else is at work on it, as a client does.
async fn send_until_answered(app: &TestApp, client: &Client, document: &str, variables: Value) -> Sent {
    for _ in 0..50 {
        let sent = send(app, client, document, variables.clone()).await;
        if sent.code() != Some(IN_FLIGHT) {
            return sent;
        }
        let wait = &sent.body["errors"][0]["extensions"]["retryAfter"];
        assert!(wait.as_u64().is_some_and(|wait| (1..=60).contains(&wait)), "{:#}", sent.body);
        // A test has less patience than it is asked for.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody answers");
}

/// So many of a variant, for a cart, with this key.
fn lines(variant: VariantId, quantity: i32, key: &str) -> Value {
    let lines = json!([{ "variantId": variant.to_string(), "quantity": quantity }]);
    json!({ "input": { "lines": lines, "idempotencyKey": key } })
}

/// How many pieces are in the client's cart.
async fn in_cart(client: &Client) -> i64 {
    let answer: Response = client.query("{ cart { itemCount } }").await;
    answer.at("/cart").as_object().map_or(0, |cart| cart["itemCount"].as_i64().expect("a number"))
}
