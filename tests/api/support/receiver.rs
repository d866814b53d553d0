//! A real HTTP server that hears of events, and answers as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::Utc;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_mins(1);

/// The server. Ends when dropped.
pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<Heard>>,
    next: Mutex<VecDeque<Manner>>,
    always: Mutex<Option<Manner>>,
    chance: Mutex<Option<(StdRng, f64)>>,
}

/// How a request is answered; by 204 unless it was told otherwise.
#[derive(Debug, Clone)]
pub(crate) enum Manner {
    Status(u16),
    SendOn(String),
    Hang,
}

/// A request that was heard, and the status that it was answered with.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) answered: u16,
}

impl Receiver {
    /// Starts one on a free port.
    pub(crate) async fn start() -> Self {
        Self::serve("127.0.0.1:0".parse().expect("an address"), Arc::default()).await
    }

    async fn serve(address: SocketAddr, shared: Arc<Shared>) -> Self {
        let listener = tokio::net::TcpListener::bind(address).await.expect("the port is free");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(hear).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, shared, serving }
    }

    /// Ends the server; nobody listens at its address any more.
    pub(crate) async fn stop(self) -> Stopped {
        self.serving.abort();
        let (address, shared) = (self.address, Arc::clone(&self.shared));
        // Until the socket is closed.
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Stopped { address, shared }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hooks?a=b", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Answers the next request in this manner.
    pub(crate) fn answers(&self, manner: Manner) {
        self.shared.next.lock().expect("nobody panicked with it").push_back(manner);
    }

    /// Answers every request in this manner from now on, or by 204.
    pub(crate) fn always_answers(&self, manner: Option<Manner>) {
        *self.shared.always.lock().expect("nobody panicked with it") = manner;
    }

    /// From now on this part of the requests is answered with 500, by chance. The same seed picks the same.
    pub(crate) fn fails_by_chance(&self, seed: u64, part: f64) {
        *self.shared.chance.lock().expect("nobody panicked with it") =
            Some((StdRng::seed_from_u64(seed), part));
    }

    /// What was heard so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.shared.heard.lock().expect("nobody panicked with it").clone()
    }

    /// What was heard, once that are so many.
    pub(crate) async fn hears(&self, count: usize) -> Vec<Heard> {
        for _ in 0..PATIENCE.as_millis() / 20 {
            let heard = self.heard();
            if heard.len() >= count {
                return heard;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} instead of {count} requests", self.heard().len());
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// A server that is away.
pub(crate) struct Stopped {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Stopped {
    /// Starts it again where it was.
    pub(crate) async fn restart(self) -> Receiver {
        Receiver::serve(self.address, self.shared).await
    }
}

impl Shared {
    fn by_chance(&self) -> Manner {
        let mut chance = self.chance.lock().expect("nobody panicked with it");
        let fails = chance.as_mut().is_some_and(|(rng, part)| rng.random_bool(*part));
        Manner::Status(if fails { 500 } else { 204 })
    }
}

async fn hear(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let next = shared.next.lock().expect("nobody panicked with it").pop_front();
    let always = shared.always.lock().expect("nobody panicked with it").clone();
    let manner = next.or(always).unwrap_or_else(|| shared.by_chance());
    let answered = match &manner {
        Manner::Status(status) => *status,
        Manner::SendOn(_) => 302,
        Manner::Hang => 0,
    };
    let body = String::from_utf8(body.to_vec()).expect("a text");
    shared.heard.lock().expect("nobody panicked with it").push(Heard { headers, body, answered });
    match manner {
        Manner::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Manner::SendOn(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Manner::Hang => std::future::pending().await,
    }
}

impl Heard {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// A header's text.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_else(|| panic!("no {name}"))
    }

    /// How many of the signatures are right by this secret, as a receiver checks them by the specification of Standard
    /// Webhooks; none when it was sent at another time.
    #[track_caller]
    pub(crate) fn signatures_of(&self, secret: &str) -> usize {
        let key = secret.strip_prefix("whsec_").expect("a secret begins with whsec_");
        let key = BASE64_STANDARD.decode(key).expect("a secret is base64");
        assert!((24..=64).contains(&key.len()), "{} bytes", key.len());
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
        let (id, timestamp) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let age = Utc::now().timestamp() - timestamp.parse::<i64>().expect("seconds since 1970");
        if age.abs() > 300 {
            return 0;
        }
        let signed = [id, ".", timestamp, ".", &self.body].concat();
        let right = |signature: &&str| {
            let signature = signature.strip_prefix("v1,").expect("a version");
            let signature = BASE64_STANDARD.decode(signature).expect("a signature is base64");
            ring::hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
        };
        self.header("webhook-signature").split(' ').filter(right).count()
    }
}
