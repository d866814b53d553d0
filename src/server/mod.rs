//! The HTTP edge: routes, request ids, health, and a shutdown that lets running requests finish.

mod assets;
mod browsers;
mod client_address;
mod connection;
mod credentials;
mod graphql;
mod health;
mod host;
mod jwks;
mod per_address;
mod refusal;
mod request_id;
mod webhooks;
mod ws;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::client_address::ClientAddress;
use self::per_address::PerAddress;
use self::refusal::refuse;
pub use self::request_id::RequestId;
use crate::app::App;
use crate::config::{Http, Mode};
use crate::graphql::{Code, Schema};

/// How long running requests may take once the server takes no more.
const DRAIN: Duration = Duration::from_secs(10);

/// Takes the address the shop will be served on, before anything slow is started.
pub async fn listen(http: &Http) -> anyhow::Result<TcpListener> {
    let address = SocketAddr::new(http.host, http.port);
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("{address} is taken by another program: stop it or set PORT to a free one")
        }
        std::io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("{address} may not be used by this account: set PORT to 1024 or more")
        }
        std::io::ErrorKind::AddrNotAvailable => {
            anyhow::anyhow!("HOST: {} is not an address of this machine", http.host)
        }
        _ => anyhow::anyhow!("{address} cannot be listened on: {error}"),
    })
}

/// Serves the shop until `stopping` is cancelled and the running requests are done.
///
/// It goes on taking requests for `SHUTDOWN_DELAY` after that, while `/readyz` says that it will not for long.
pub async fn serve(
    listener: TcpListener,
    app: App,
    schema: Schema,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    let delayed = {
        let (stopping, shutdown) = (stopping.clone(), shutdown.clone());
        let delay = app.config.http.shutdown_delay;
        async move {
            stopping.cancelled().await;
            tokio::time::sleep(delay).await;
            shutdown.cancel();
        }
    };
    // Not a single request is answered for a token that was recalled before this process began.
    app.recalls.look(&app.upkeep).await?;
    let sockets = TaskTracker::new();
    let bus = app.bus.clone();
    let listening = shutdown.clone();
    tokio::spawn(async move { bus.listen(listening).await });
    let websockets = PerAddress::new(app.config.websockets.max_per_address);
    let state = State {
        schema,
        app,
        stopping: stopping.clone(),
        shutdown: shutdown.clone(),
        sockets: sockets.clone(),
        streams: PerAddress::new(graphql::MAX_STREAMS),
        websockets,
    };
    let http = state.app.config.http.clone();
    let served = async {
        connection::serve(listener, router(state), &http, shutdown).await;
        sockets.close();
        sockets.wait().await;
    };
    let deadline = async {
        delayed.await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        () = served => {}
        () = deadline => tracing::warn!(seconds = DRAIN.as_secs(), "some requests did not finish in time"),
    }
    Ok(())
}

/// What every handler can get at.
#[derive(Clone)]
struct State {
    app: App,
    schema: Schema,
    /// The operator asked the server to stop.
    stopping: CancellationToken,
    /// The server takes no more requests.
    shutdown: CancellationToken,
    /// The open websockets.
    sockets: TaskTracker,
    /// The answers that go on, by the client's address.
    streams: PerAddress,
    /// How many of them each client has.
    websockets: PerAddress,
}

/// Every route of the server.
fn router(state: State) -> Router {
    let mut router = Router::new();
    if state.app.config.graphql.playground {
        router = router
            .route("/playground", get(assets::playground))
            .route("/playground/", get(assets::playground))
            .route("/playground/assets/{name}", get(assets::playground_asset));
    }
    if state.app.config.mode == Mode::Development {
        router = router.route("/media/demo/{name}", get(assets::demo_image));
    }
    router
        .route("/graphql", get(graphql::get).post(graphql::post).options(graphql::options))
        .route("/graphql/ws", get(ws::get))
        .route("/webhooks/stripe", post(webhooks::stripe))
        .route("/.well-known/jwks.json", get(jwks::get))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), browsers::cors))
        .layer(from_fn(host::check))
        .layer(from_fn(request_id::assign))
        .layer(from_fn_with_state(state.clone(), browsers::secure))
        .with_state(state)
}

async fn not_found(id: RequestId) -> Response {
    let message = "There is nothing here; the API is at /graphql.";
    refuse(StatusCode::NOT_FOUND, Code::NotFound, message, &id).into_response()
}

/// The answer to a method that there is not; the router adds which there are.
async fn method_not_allowed(id: RequestId) -> Response {
    let message = "This method is not for this address: 'allow' names those that are. GraphQL takes POST, and GET for queries.";
    refuse(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message, &id).into_response()
}
