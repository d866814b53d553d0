//! What goes wrong on the way of webhooks: between Stripe and a shop, over real connections.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use super::client::Http;

/// What becomes of a webhook.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Manner {
    /// It comes.
    Faithful,
    /// It comes so many times.
    Repeated(usize),
    /// It comes later, and so perhaps after one that was sent later.
    Late(Duration),
    /// It never comes, and Stripe believes that it did.
    Lost,
    /// It does not come, and Stripe sends it again later.
    Refused,
    /// With it comes one like it that Stripe has not signed.
    Forged,
}

/// A webhook as it was delivered, and what the shop answered; none when it was not reached.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) forged: bool,
    pub(crate) status: Option<StatusCode>,
}

/// The relay. Ends when dropped.
pub(crate) struct WebhookRelay {
    address: SocketAddr,
    way: Arc<Way>,
    _running: AbortOnDropHandle<()>,
}

struct Way {
    state: Mutex<State>,
}

struct State {
    /// The shop, wherever it listens now.
    shop: SocketAddr,
    manner: Box<dyn FnMut(&str) -> Manner + Send>,
    deliveries: Vec<Delivery>,
}

impl WebhookRelay {
    /// A faithful one before the shop at this address.
    pub(crate) async fn before(shop: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the listener has an address");
        let state = State { shop, manner: Box::new(|_| Manner::Faithful), deliveries: Vec::new() };
        let way = Arc::new(Way { state: Mutex::new(state) });
        let running = AbortOnDropHandle::new(tokio::spawn(serve(listener, Arc::clone(&way))));
        Self { address, way, _running: running }
    }

    /// Where Stripe is to send webhooks.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/webhooks/stripe", self.address)
    }

    /// Where the shop listens now.
    pub(crate) fn moved_to(&self, shop: SocketAddr) {
        self.state(|state| state.shop = shop);
    }

    /// What becomes of webhooks from now on, by their kind.
    pub(crate) fn behave(&self, manner: impl FnMut(&str) -> Manner + Send + 'static) {
        self.state(|state| state.manner = Box::new(manner));
    }

    /// From now on this part of the webhooks goes some wrong way, by chance. The same seed picks the same.
    pub(crate) fn by_chance(&self, seed: u64, part: f64) {
        let mut rng = StdRng::seed_from_u64(seed);
        self.behave(move |_| {
            if !rng.random_bool(part) {
                return Manner::Faithful;
            }
            match rng.random_range(0..5) {
                0 => Manner::Repeated(rng.random_range(2..5)),
                1 => Manner::Late(Duration::from_millis(rng.random_range(50..3000))),
                2 => Manner::Lost,
                3 => Manner::Refused,
                _ => Manner::Forged,
            }
        });
    }

    /// What was delivered so far.
    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        self.state(|state| state.deliveries.clone())
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        self.way.state(change)
    }
}

async fn serve(listener: TcpListener, way: Arc<Way>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let way = Arc::clone(&way);
        let service = service_fn(move |request| Arc::clone(&way).take(request));
        connections.spawn(async move {
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

impl Way {
    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("nobody panics with it"))
    }

    /// Takes a webhook from Stripe, and answers what Stripe is to believe.
    async fn take(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, hyper::Error> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let event: Value = serde_json::from_slice(&body).unwrap_or_default();
        let kind = event["type"].as_str().unwrap_or_default();
        let status = match self.state(|state| (state.manner)(kind)) {
            Manner::Faithful => self.deliver(&parts.headers, &body, false).await,
            Manner::Repeated(times) => {
                let mut last = None;
                for _ in 0..times {
                    last = self.deliver(&parts.headers, &body, false).await;
                }
                last
            }
            Manner::Late(by) => {
                tokio::spawn(async move {
                    tokio::time::sleep(by).await;
                    self.deliver(&parts.headers, &body, false).await;
                });
                Some(StatusCode::OK)
            }
            Manner::Lost => Some(StatusCode::OK),
            Manner::Refused => None,
            Manner::Forged => {
                // Its words are changed and its signature is not.
                let forged = String::from_utf8_lossy(&body).replacen("\"evt_", "\"evt_forged", 1);
                self.deliver(&parts.headers, &Bytes::from(forged), true).await;
                self.deliver(&parts.headers, &body, false).await
            }
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        Ok(response)
    }

    async fn deliver(&self, headers: &HeaderMap, body: &Bytes, forged: bool) -> Option<StatusCode> {
        let event: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let signature =
            headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let headers = [("content-type", "application/json"), ("stripe-signature", signature)];
        let shop = self.state(|state| state.shop);
        let sent = Http::new(shop).try_send(Method::POST, "/webhooks/stripe", &headers, body.clone()).await;
        let status = sent.map(|answer| answer.status);
        self.state(|state| {
            state.deliveries.push(Delivery { id: text("id"), kind: text("type"), forged, status });
        });
        status
    }
}
