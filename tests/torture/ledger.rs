//! What everybody was told, to be held against the books at the end.

use std::collections::HashMap;
use std::sync::Mutex;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;

/// What a mutation with a key leaves in the database, by which the auditor finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    /// An order whose e-mail address has the key in it.
    Order,
    /// A refund whose note is the key.
    Refund,
    /// A shipment whose tracking code is the key.
    Shipment,
    /// A change of stock whose reason is the key.
    Stock,
    /// A return whose note is the key.
    Return,
    /// Nothing that can be counted.
    Nothing,
}

/// What became of a mutation with a key.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) key: String,
    pub(crate) mark: Mark,
    /// The answer's data to the byte; none when it was refused, or its answer never came.
    pub(crate) answer: Option<String>,
    /// Whether it was refused after all.
    pub(crate) refused: bool,
    /// The request, to be sent once more.
    pub(crate) request: String,
    pub(crate) authorization: Option<String>,
}

/// Pieces that were put on a shelf or taken off.
#[derive(Debug, Clone)]
pub(crate) struct Adjustment {
    pub(crate) variant: String,
    pub(crate) delta: i64,
    /// Whether they were; none while nobody has said.
    pub(crate) done: Option<bool>,
}

/// An order, as whoever placed it knows it.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) id: String,
    pub(crate) token: String,
    /// The ids of its lines, and how many pieces each has.
    pub(crate) lines: Vec<(String, i64)>,
    /// When it lapses, in milliseconds since 1970.
    pub(crate) expires: Option<i64>,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) sent: Mutex<Vec<Sent>>,
    /// Answers to one key that differ.
    pub(crate) differing: Mutex<Vec<String>>,
    /// How often a key was sent again after its answer had come.
    pub(crate) repeated: Mutex<usize>,
    /// What came to the shelves by hand, or may have, by key.
    pub(crate) adjusted: Mutex<HashMap<String, Adjustment>>,
    /// Orders that staff may have a look at.
    pub(crate) orders: Mutex<Vec<Placed>>,
    /// How many orders were placed.
    pub(crate) placed: Mutex<usize>,
    /// How often each code of a refusal was heard.
    pub(crate) refusals: Mutex<HashMap<String, usize>>,
    /// What the live feed told: order and sequence.
    pub(crate) told: Mutex<Vec<(String, i64)>>,
}

impl Ledger {
    /// An order that somebody placed, by chance.
    pub(crate) fn some_order(&self, chances: &mut StdRng) -> Option<Placed> {
        let orders = self.orders.lock().expect("nobody panics with it");
        // The newest are the busiest.
        let from = orders.len().saturating_sub(200);
        (!orders.is_empty()).then(|| orders[chances.random_range(from..orders.len())].clone())
    }

    pub(crate) fn write(&self, sent: Sent) {
        self.sent.lock().expect("nobody panics with it").push(sent);
    }

    /// Compares a later answer to a key with the first.
    pub(crate) fn compare(&self, request: &str, first: &str, again: &str) {
        *self.repeated.lock().expect("nobody panics with it") += 1;
        if first != again {
            let told = format!("{request}\n      first {first}\n      again {again}");
            self.differing.lock().expect("nobody panics with it").push(told);
        }
    }

    pub(crate) fn refused(&self, codes: &[String]) {
        let mut refusals = self.refusals.lock().expect("nobody panics with it");
        for code in codes {
            *refusals.entry(code.clone()).or_default() += 1;
        }
    }

    pub(crate) fn adjust(&self, key: &str, adjustment: Adjustment) {
        self.adjusted.lock().expect("nobody panics with it").insert(key.to_owned(), adjustment);
    }
}

/// The ids and numbers of an order that `orderPlace` answered with.
pub(crate) fn placed(answer: &Value) -> Placed {
    let order = &answer["order"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = order["lines"].as_array().into_iter().flatten();
    let expires = order["expiresAt"].as_str().and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok());
    Placed {
        id: text(&order["id"]),
        token: text(&answer["token"]),
        lines: lines.map(|line| (text(&line["id"]), line["quantity"].as_i64().unwrap_or(1))).collect(),
        expires: expires.map(|at| at.timestamp_millis()),
    }
}
