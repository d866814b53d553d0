//! Somebody who sends mutations with a key until they know what became of them, as a good client does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::Method;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::ledger::{Mark, Sent};
use crate::shop::Shop;
use crate::support::client::Http;

/// How long one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many of the mutations are sent once more though they were answered, and how many twice at once.
const REPEATED: f64 = 0.12;
const DOUBLED: f64 = 0.08;
/// Why something is refused that is done a moment later: stock comes, codes become free, Stripe answers again.
const PASSING: [&str; 3] = ["INSUFFICIENT_STOCK", "DISCOUNT_USED_UP", "GATEWAY_UNAVAILABLE"];

/// A client with its own chances.
pub(crate) struct Caller {
    pub(crate) shop: Arc<Shop>,
    pub(crate) chances: StdRng,
    authorization: Option<String>,
    /// Until when it insists.
    until: Instant,
    /// Whether it sends some things twice.
    restless: bool,
}

/// What became of a mutation.
#[derive(Debug)]
pub(crate) enum Became {
    /// It was done: its payload.
    Done(Value),
    /// It was refused, with these codes.
    Refused(Vec<String>),
    /// The time was over before anybody could say.
    Unknown,
}

impl Became {
    pub(crate) fn done(self) -> Option<Value> {
        match self {
            Self::Done(payload) => Some(payload),
            Self::Refused(_) | Self::Unknown => None,
        }
    }
}

/// An answer that is one.
pub(crate) struct Answered {
    /// Its data, to the byte.
    data: String,
    payload: Value,
}

impl Answered {
    fn is_done(&self) -> bool {
        codes(&self.payload).is_empty()
    }
}

impl Caller {
    pub(crate) fn new(shop: &Arc<Shop>, actor: u64, authorization: Option<String>) -> Self {
        let chances = shop.plan.chances_of(actor);
        Self { shop: Arc::clone(shop), chances, authorization, until: shop.plan.end(), restless: true }
    }

    /// The same, but one that sends nothing twice.
    pub(crate) fn calm(self) -> Self {
        Self { restless: false, ..self }
    }

    /// Whether something happens that does so often.
    pub(crate) fn by_chance(&mut self, part: f64) -> bool {
        self.chances.random_bool(part)
    }

    /// Waits a while, by chance, of at most so many milliseconds.
    pub(crate) async fn wait(&mut self, at_most: u64) {
        tokio::time::sleep(Duration::from_millis(self.chances.random_range(0..=at_most))).await;
    }

    /// Sends a mutation with a new key, on and on.
    pub(crate) async fn mutate(&mut self, field: &str, document: &str, input: Value) -> Became {
        self.mutate_as(&Uuid::now_v7().to_string(), Mark::Nothing, field, document, input).await
    }

    /// The same with a key that the effect is marked with.
    pub(crate) async fn mutate_as(
        &mut self,
        key: &str,
        mark: Mark,
        field: &str,
        document: &str,
        mut input: Value,
    ) -> Became {
        input["idempotencyKey"] = key.into();
        let request = json!({ "query": document, "variables": { "input": input } }).to_string();
        let second = self.click_twice(&request).await;
        let mut sent = Sent {
            key: key.to_owned(),
            mark,
            answer: None,
            refused: false,
            request,
            authorization: self.authorization.clone(),
        };
        let first = self.insist(&sent.request, field).await;
        let second = match second {
            Some(click) => click.await.ok().flatten().and_then(|text| read(&text, field)),
            None => None,
        };
        let became = match self.agreed(&sent.request, first, second) {
            None => Became::Unknown,
            Some(answer) => {
                let codes = codes(&answer.payload);
                if codes.is_empty() {
                    sent.answer = Some(answer.data);
                    Became::Done(answer.payload)
                } else {
                    sent.refused = true;
                    self.shop.ledger.refused(&codes);
                    Became::Refused(codes)
                }
            }
        };
        if let Some(first) = &sent.answer
            && self.restless
            && self.by_chance(REPEATED)
            && let Some(again) = self.insist(&sent.request, field).await
        {
            self.shop.ledger.compare(&sent.request, first, &again.data);
        }
        self.shop.ledger.write(sent);
        became
    }

    /// Sometimes sends the same at the same time, to any server.
    async fn click_twice(&mut self, request: &str) -> Option<JoinHandle<Option<String>>> {
        if !self.restless || !self.by_chance(DOUBLED) {
            return None;
        }
        let (address, request) = (self.shop.servers.any(&mut self.chances).await, request.to_owned());
        let authorization = self.authorization.clone();
        Some(tokio::spawn(async move { ask(address, &request, authorization.as_deref()).await }))
    }

    /// What two clicks were answered together: once it was done, both have the same answer.
    fn agreed(&self, request: &str, first: Option<Answered>, second: Option<Answered>) -> Option<Answered> {
        let (first, second) = match (first, second) {
            (Some(first), Some(second)) => (first, second),
            (first, second) => return first.or(second),
        };
        let passes =
            |answer: &Answered| codes(&answer.payload).iter().all(|code| PASSING.contains(&code.as_str()));
        match (first.is_done(), second.is_done()) {
            (true, true) => self.shop.ledger.compare(request, &first.data, &second.data),
            // Of two that come at once one may be refused what the other gets a moment later, if that is how it was.
            (true, false) if !passes(&second) => self.shop.ledger.compare(request, &first.data, &second.data),
            (false, true) if !passes(&first) => self.shop.ledger.compare(request, &second.data, &first.data),
            _ => {}
        }
        Some(if first.is_done() { first } else { second })
    }

    /// Asks until there is an answer.
    async fn insist(&mut self, request: &str, field: &str) -> Option<Answered> {
        while Instant::now() < self.until {
            let address = self.shop.servers.any(&mut self.chances).await;
            let text = ask(address, request, self.authorization.as_deref()).await.unwrap_or_default();
            if let Some(answered) = read(&text, field) {
                return Some(answered);
            }
            self.note_error(field, request, &serde_json::from_str(&text).unwrap_or_default());
            self.wait(400).await;
        }
        None
    }

    /// Only what may be over in a moment is worth asking again.
    fn note_error(&self, field: &str, request: &str, answer: &Value) {
        let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("no answer");
        let passes = ["no answer", "INTERNAL", "UNAVAILABLE", "TIMEOUT", "CONFLICT"].contains(&code);
        assert!(passes, "{request}: {answer}");
        self.shop.ledger.refused(&[format!("({field}: {code})")]);
    }

    /// Asks a query once; null when it cannot be answered now.
    pub(crate) async fn query(&mut self, document: &str, variables: Value) -> Value {
        let address = self.shop.servers.any(&mut self.chances).await;
        let request = json!({ "query": document, "variables": variables }).to_string();
        let answer = ask(address, &request, self.authorization.as_deref()).await;
        let answer: Option<Value> = answer.and_then(|text| serde_json::from_str(&text).ok());
        answer.map_or(Value::Null, |mut answer| answer["data"].take())
    }
}

/// What an answer says of the field; none when it is none, or an error.
fn read(text: &str, field: &str) -> Option<Answered> {
    let mut answer: Value = serde_json::from_str(text).ok()?;
    (answer["errors"].is_null() && answer["data"].is_object())
        .then(|| Answered { data: data_of(text).to_owned(), payload: answer["data"][field].take() })
}

/// The data of an answer, to the byte. Whether it is a replay is said behind them.
pub(crate) fn data_of(text: &str) -> &str {
    text.split(",\"extensions\":").next().unwrap_or(text)
}

fn codes(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().into_iter().flatten();
    errors.map(|error| error["code"].as_str().unwrap_or("?").to_owned()).collect()
}

/// The text of an answer, if one comes.
pub(crate) async fn ask(
    address: std::net::SocketAddr,
    request: &str,
    authorization: Option<&str>,
) -> Option<String> {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(authorization.map(|value| ("authorization", value)));
    let http = Http::new(address);
    let sent = http.try_send(Method::POST, "/graphql", &headers, request.to_owned());
    let answer = tokio::time::timeout(PATIENCE, sent).await.ok()??;
    String::from_utf8(answer.body.to_vec()).ok()
}
