//! GraphQL over a websocket: the [`graphql-transport-ws`][protocol] protocol, and no other.
//!
//! The library brings an implementation, but with it a socket could neither end with its token nor tell a client by the
//! protocol's close codes what it did wrong, and a silent client would be cut off.
//!
//! [protocol]: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

mod connection;
mod operations;
mod pace;
mod protocol;
mod session;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{self};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use self::connection::Connection;
use self::session::Session;
use super::refusal::refuse;
use super::{ClientAddress, RequestId, State, credentials};
use crate::graphql::Code;

const PROTOCOL: &str = "graphql-transport-ws";
/// The largest message a client may send: as much as a request over HTTP may hold.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// The largest that is read, to tell the client that it is too large; one beyond this is cut off.
const MAX_FRAME_BYTES: usize = 4 * MAX_MESSAGE_BYTES;

/// What is kept for each socket to read into. Most are silent most of the time.
const READ_BUFFER_BYTES: usize = 8 * 1024;

/// What a handler gets when it asks for a websocket: not every request is to become one.
pub(super) type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// `GET /graphql/ws`
pub(super) async fn get(
    extract::State(state): extract::State<State>,
    id: RequestId,
    address: ClientAddress,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    match upgrade {
        Ok(upgrade) => open(state, id, address, &headers, upgrade),
        Err(_) => {
            let message = "This address takes websockets with the protocol graphql-transport-ws; queries and mutations \
                           go to /graphql as well.";
            let refused =
                refuse(StatusCode::UPGRADE_REQUIRED, Code::BadRequest, message, &id).into_response();
            ([(header::UPGRADE, "websocket"), (header::CONNECTION, "upgrade")], refused).into_response()
        }
    }
}

/// Makes a websocket of the connection and talks GraphQL on it.
pub(super) fn open(
    state: State,
    id: RequestId,
    address: ClientAddress,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(counted) = state.websockets.count(address.0) else {
        let message = format!(
            "One address may have {} websockets open at a time: close one, or carry more operations on each.",
            state.app.config.websockets.max_per_address
        );
        return refuse(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, &message, &id).into_response();
    };
    let authorization = match credentials::of_upgrade(&state, headers, &id) {
        Ok(authorization) => authorization,
        Err(refused) => return refused.into_response(),
    };
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .protocols([PROTOCOL]);
    let agreed = upgrade.selected_protocol().is_some();
    let sockets = state.sockets.clone();
    upgrade.on_upgrade(move |socket| {
        // Counted, so that a server that stops waits until each client was told.
        let connection = Connection::new(socket, state.app.config.websockets.timeout);
        sockets.track_future(async move {
            Session::new(state, address, authorization, id).run(connection, agreed).await;
            drop(counted);
        })
    })
}
