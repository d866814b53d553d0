//! What goes wrong between a shop and Stripe: a proxy before the stand-in, over real connections.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

/// Something that goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    /// Stripe fails before it has done anything, and says so to whoever comes with the key again.
    FailsBefore,
    /// Stripe fails after it has done it, and says that it failed to whoever comes with the key again.
    FailsAfter,
    /// Something between here and there answers 502; the request does not get there.
    LostBefore,
    /// Something between here and there answers 502 in place of Stripe's own answer.
    LostAfter,
    /// The connection ends before the request gets there.
    DropsBefore,
    /// The connection ends in place of an answer.
    DropsAfter,
    /// The request does not get there and no answer comes.
    HangsBefore,
    /// It does, and no answer comes.
    HangsAfter,
    /// The answer is late.
    Late(Duration),
    /// Stripe takes so long over it.
    Slow(Duration),
    /// Stripe begins so late with it, whoever waits for it.
    Hesitates(Duration),
    /// Too many requests: come back after some seconds.
    TooMany(u32),
    /// An answer that is none of Stripe's.
    Garbage,
}

/// What a torture picks from.
const ANY: [Fault; 9] = [
    Fault::FailsBefore,
    Fault::FailsAfter,
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::DropsBefore,
    Fault::DropsAfter,
    Fault::HangsAfter,
    Fault::Late(Duration::from_millis(700)),
    Fault::Slow(Duration::from_millis(400)),
];

/// A request that came by.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// `Idempotency-Key`
    pub(crate) key: Option<String>,
    pub(crate) fault: Option<Fault>,
}

/// The proxy. Ends when dropped.
pub(crate) struct FaultProxy {
    address: SocketAddr,
    plan: Arc<Plan>,
    _running: AbortOnDropHandle<()>,
}

struct Plan {
    target: SocketAddr,
    client: Client<HttpConnector, Body>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    /// For requests whose path has this in it, one after the other.
    next: Vec<(String, VecDeque<Fault>)>,
    /// For all requests whose path has this in it.
    always: Option<(String, Fault)>,
    /// For this part of all requests, by chance.
    chance: Option<(StdRng, f64)>,
}

impl FaultProxy {
    /// A proxy before the server at this address, with which nothing goes wrong yet.
    pub(crate) async fn before(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the listener has an address");
        let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        let plan = Arc::new(Plan { target, client, state: Mutex::default() });
        let running = AbortOnDropHandle::new(tokio::spawn(serve(listener, Arc::clone(&plan))));
        Self { address, plan, _running: running }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has these go wrong with the next requests whose path has this in it, in this order.
    pub(crate) fn next(&self, path: &str, faults: &[Fault]) {
        self.state(|state| state.next.push((path.to_owned(), faults.iter().copied().collect())));
    }

    /// Has this go wrong with each request whose path has this in it, until [`Self::heal`].
    pub(crate) fn always(&self, path: &str, fault: Fault) {
        self.state(|state| state.always = Some((path.to_owned(), fault)));
    }

    /// Has something go wrong with this part of all requests, until [`Self::heal`]. The same seed picks the same.
    pub(crate) fn by_chance(&self, seed: u64, part: f64) {
        self.state(|state| state.chance = Some((StdRng::seed_from_u64(seed), part)));
    }

    /// From now on nothing goes wrong.
    pub(crate) fn heal(&self) {
        self.state(|state| {
            state.next.clear();
            (state.always, state.chance) = (None, None);
        });
    }

    /// The requests whose path has this in it.
    pub(crate) fn calls(&self, path: &str) -> Vec<Call> {
        self.state(|state| state.calls.iter().filter(|call| call.path.contains(path)).cloned().collect())
    }

    fn state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.plan.state.lock().expect("nobody panics with it"))
    }
}

async fn serve(listener: TcpListener, plan: Arc<Plan>) {
    // Connections end with the proxy.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let plan = Arc::clone(&plan);
        let service = service_fn(move |request| Arc::clone(&plan).answer(request));
        connections.spawn(async move {
            // One that is dropped on purpose ends with an error.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

impl Plan {
    /// The answer, or none: then the connection is dropped.
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, &'static str> {
        let (mut parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| "the shop went away")?.to_bytes();
        let fault = self.fault_of(&parts);
        match fault {
            Some(Fault::LostBefore) => return Ok(lost()),
            Some(Fault::DropsBefore) => return Err("dropped before"),
            Some(Fault::HangsBefore) => return std::future::pending().await,
            Some(Fault::TooMany(seconds)) => return Ok(too_many(seconds)),
            Some(Fault::FailsBefore) => order(&mut parts, "500-before"),
            Some(Fault::FailsAfter) => order(&mut parts, "500-after"),
            Some(Fault::Slow(by)) => order(&mut parts, &format!("slow-{}", by.as_millis())),
            Some(Fault::Hesitates(by)) => order(&mut parts, &format!("hesitate-{}", by.as_millis())),
            _ => {}
        }
        // Not given up when the shop gives up: what got there, got there.
        let forwarded = tokio::spawn(Arc::clone(&self).forward(parts, body));
        let answer = forwarded.await.map_err(|_| "the proxy ends")?;
        match fault {
            Some(Fault::LostAfter) => Ok(lost()),
            Some(Fault::DropsAfter) => Err("dropped after"),
            Some(Fault::HangsAfter) => std::future::pending().await,
            Some(Fault::Garbage) => {
                Ok(Response::new(Body::from("<html>Welcome to the hotel's wireless</html>")))
            }
            Some(Fault::Late(by)) => {
                tokio::time::sleep(by).await;
                Ok(answer)
            }
            _ => Ok(answer),
        }
    }

    fn fault_of(&self, parts: &axum::http::request::Parts) -> Option<Fault> {
        let mut state = self.state.lock().expect("nobody panics with it");
        let path = parts.uri.path().to_owned();
        let planned = state.next.iter_mut().find(|(part, faults)| path.contains(part) && !faults.is_empty());
        let planned = planned.and_then(|(_, faults)| faults.pop_front());
        let always = state.always.as_ref().filter(|(part, _)| path.contains(part)).map(|(_, fault)| *fault);
        let chance = state
            .chance
            .as_mut()
            .and_then(|(rng, part)| rng.random_bool(*part).then(|| ANY[rng.random_range(0..ANY.len())]));
        let fault = planned.or(always).or(chance);
        let key = parts.headers.get("idempotency-key").map(|key| key.to_str().expect("ASCII").to_owned());
        state.calls.push(Call { method: parts.method.clone(), path, key, fault });
        fault
    }

    async fn forward(self: Arc<Self>, parts: axum::http::request::Parts, body: Bytes) -> Response<Body> {
        let path = parts.uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str);
        let mut request =
            Request::builder().method(parts.method).uri(format!("http://{}{path}", self.target));
        for (name, value) in parts.headers.iter().filter(|(name, _)| *name != "host") {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        match self.client.request(request).await {
            Ok(answer) => answer.map(Body::new),
            Err(_) => lost(),
        }
    }
}

/// Tells the stand-in what is to go wrong with it.
fn order(parts: &mut axum::http::request::Parts, fault: &str) {
    parts.headers.insert("stand-in-fault", fault.parse().expect("a header"));
}

fn lost() -> Response<Body> {
    let mut response = Response::new(Body::from("Bad Gateway"));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

fn too_many(seconds: u32) -> Response<Body> {
    let body = r#"{"error":{"type":"invalid_request_error","code":"rate_limit"}}"#;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert("retry-after", seconds.into());
    response
}
