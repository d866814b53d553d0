//! Connections: how many there may be, how long each step on one may take, and how they end.
//!
//! HTTP/1.1 only. Where browsers speak HTTP/2 they do so to the proxy that does TLS; in clear nobody does but by prior
//! knowledge, and what a server has to defend in it (streams, header tables, resets) is not worth having for them
//! ([decision 9](../../../docs/decisions/0009-the-edge.md)).

mod body;
mod left;
mod stream;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::body::{Answered, Received};
use self::left::left;
use self::stream::{Phase, Progress, Timed};
use super::RequestId;
use super::client_address::is_trusted;
use super::per_address::PerAddress;
use super::refusal::errors;
use crate::config::{Connections, Http};
use crate::graphql::Code;

/// The largest head of a request, its URL included.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// The most that is read ahead or kept to be written, for each connection.
const MAX_BUFFER_BYTES: usize = 64 * 1024;
/// How long to wait when no connection can be taken: until others have given back what the system ran out of.
const PAUSE: Duration = Duration::from_secs(1);
/// How long somebody may take to be told why a connection is closed. What is left unread when it is makes the system take
/// back what was written.
const FAREWELL: Duration = Duration::from_secs(1);
/// How often at most the log says that there is no room.
const SAID_AGAIN: Duration = Duration::from_mins(1);

/// Serves the connections of a listener until `shutdown`, and then until those that were at a request have answered it.
pub(super) async fn serve(listener: TcpListener, router: Router, config: &Http, shutdown: CancellationToken) {
    let limits = Arc::new(config.connections.clone());
    let places = Arc::new(Semaphore::new(limits.max));
    let per_address = PerAddress::new(limits.max_per_address);
    let router = TowerToHyperService::new(router);
    let connections = TaskTracker::new();
    let mut full = Rarely::default();
    loop {
        if places.available_permits() == 0 {
            full.say(|| tracing::warn!(limits.max, "MAX_CONNECTIONS is reached: others wait"));
        }
        let accepted = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((place, listener.accept().await))
        };
        let (place, accepted) = tokio::select! {
            () = shutdown.cancelled() => break,
            Some(accepted) = accepted => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !concerns_one_connection(&error) {
                    tracing::error!(%error, "no connection can be taken");
                    tokio::time::sleep(PAUSE).await;
                }
                continue;
            }
        };
        let counted = match is_trusted(peer.ip(), &config.trusted_proxies) {
            true => None,
            false => match per_address.count(peer.ip()) {
                Some(counted) => Some(counted),
                None => {
                    connections.spawn(async move {
                        let _place = place;
                        turn_away(stream).await;
                    });
                    continue;
                }
            },
        };
        let connection = Connection {
            peer,
            router: router.clone(),
            limits: Arc::clone(&limits),
            shutdown: shutdown.clone(),
        };
        connections.spawn(connection.serve(stream, (place, counted)));
    }
    // Nobody is kept waiting in the queue for a server that stops.
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// One connection.
struct Connection {
    peer: SocketAddr,
    router: TowerToHyperService<Router>,
    limits: Arc<Connections>,
    shutdown: CancellationToken,
}

impl Connection {
    /// Answers the requests that come on it, one after the other.
    async fn serve<T: Send + Unpin + 'static>(self, stream: TcpStream, counted: T) {
        let Self { peer, router, limits, shutdown } = self;
        // An answer is written in one piece; there is nothing to wait for. On a connection that is gone already it fails.
        let _ = stream.set_nodelay(true);
        let progress = Progress::default();
        let (incoming, outgoing) = stream.into_split();
        let incoming = Arc::new(incoming);
        let (header, write) = (limits.header_timeout, limits.write_timeout);
        let stream = Timed::new((Arc::clone(&incoming), outgoing), progress.clone(), header, write, counted);
        let service = service_fn(move |mut request: Request<Incoming>| {
            progress.set(Phase::Exchange);
            request.extensions_mut().insert(ConnectInfo(peer));
            let request = request.map(|body| Received::new(body, progress.clone()));
            let (answer, progress) = (router.call(request), progress.clone());
            let incoming = Arc::clone(&incoming);
            async move {
                let response = tokio::select! {
                    Ok(response) = answer => response,
                    // An error here ends the connection, and with it whatever else was being done for it.
                    () = left(&incoming) => return Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                };
                if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                    progress.set(Phase::Upgraded);
                    return Ok(response.map(http_body_util::Either::Left));
                }
                Ok(response.map(|body| http_body_util::Either::Right(Answered::new(body, progress))))
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Counted from the last answer on: this is how long a connection may lie idle. The stream itself sees to heads.
            .header_read_timeout(limits.idle_timeout)
            .max_header_size(MAX_HEAD_BYTES)
            .max_buf_size(MAX_BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke off");
        }
    }
}

/// Tells somebody who has too many connections so, and closes this one.
async fn turn_away(mut stream: TcpStream) {
    let id = RequestId::new();
    let message =
        "Too many connections are open from this address: use those that there are for several requests.";
    let body = errors(Code::RateLimited, message, &id).to_string();
    let answer = format!(
        "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\
         retry-after: 1\r\nx-request-id: {}\r\nconnection: close\r\n\r\n{body}",
        body.len(),
        id.0,
    );
    let farewell = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}

/// Whether accepting failed because of the one who came, and not because of something that the next will meet as well.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Says something now and then only.
#[derive(Default)]
struct Rarely(Option<Instant>);

impl Rarely {
    fn say(&mut self, say: impl FnOnce()) {
        if self.0.is_none_or(|last| last.elapsed() > SAID_AGAIN) {
            self.0 = Some(Instant::now());
            say();
        }
    }
}
