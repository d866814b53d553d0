//! One socket: the greeting, then operations until either side has enough or the token expires.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use axum::http::HeaderValue;

use super::super::{ClientAddress, RequestId, State};
use super::connection::{Connection, End, FAREWELL};
use super::operations::{Operations, Refused};
use super::protocol::{ClientMessage, Close, OperationId, Payload, ServerMessage, authorization};
use crate::accounts::authenticate;
use crate::caller::{Caller, Cookies};
use crate::graphql::{Code, Operation, OperationType, Schema};

/// How long operations may take once the server was told to stop: less than the server gives its sockets.
const DRAIN: Duration = Duration::from_secs(8);

/// A client on a socket.
pub(super) struct Session {
    state: State,
    address: ClientAddress,
    /// What the request that became the socket said; browsers cannot say anything there.
    authorization: Option<HeaderValue>,
    id: RequestId,
}

impl Session {
    pub(super) fn new(
        state: State,
        address: ClientAddress,
        authorization: Option<HeaderValue>,
        id: RequestId,
    ) -> Self {
        Self { state, address, authorization, id }
    }

    /// Talks until the end. `agreed` tells whether the client offered the protocol.
    pub(super) async fn run(self, mut connection: Connection, agreed: bool) {
        let Err(end) = match agreed {
            true => self.talk(&mut connection).await,
            false => Err(End::Close(Close::SubprotocolNotAcceptable)),
        };
        tracing::debug!(request_id = self.id.0, ?end, "closing a websocket");
        connection.close(end).await;
    }

    async fn talk(&self, connection: &mut Connection) -> Result<Infallible, End> {
        let shutdown = &self.state.shutdown;
        let limit = self.state.app.config.websockets.init_timeout;
        let caller = tokio::select! {
            () = shutdown.cancelled() => return Err(End::Close(Close::Restart)),
            greeted = tokio::time::timeout(limit, self.greet(connection)) => match greeted {
                Ok(greeted) => greeted?,
                Err(_) => return Err(End::Close(Close::InitTimeout)),
            },
        };
        self.converse(connection, caller).await
    }

    /// Waits for the greeting and finds out who it is.
    async fn greet(&self, connection: &mut Connection) -> Result<Caller, End> {
        loop {
            match connection.receive().await? {
                ClientMessage::ConnectionInit { payload } => {
                    let caller = self.caller(&payload)?;
                    connection.send(&ServerMessage::ConnectionAck).await?;
                    return Ok(caller);
                }
                ClientMessage::Ping { payload } => connection.send(&ServerMessage::Pong { payload }).await?,
                ClientMessage::Pong { .. } | ClientMessage::Complete { .. } => {}
                ClientMessage::Subscribe { .. } => return Err(End::Close(Close::Unauthorized)),
            }
        }
    }

    fn caller(&self, payload: &Payload) -> Result<Caller, End> {
        let app = &self.state.app;
        let greeted = authorization(payload);
        let header = match &greeted {
            Some(text) => Some(text.as_bytes()),
            None => self.authorization.as_ref().map(HeaderValue::as_bytes),
        };
        let viewer = authenticate(header, &app.tokens, &app.recalls, app.clock.now())
            .map_err(|error| End::Close(Close::Forbidden(error.to_string())))?;
        Ok(Caller { viewer, address: self.address.0, cookies: Cookies::Unavailable })
    }

    /// Runs the client's operations.
    async fn converse(&self, connection: &mut Connection, caller: Caller) -> Result<Infallible, End> {
        let schema = &self.state.schema;
        let mut expired = pin!(schema.expiry(caller.viewer));
        let mut pings = tokio::time::interval(self.state.app.config.websockets.ping_every());
        let mut operations = Operations::new(self.id.0.clone());
        loop {
            tokio::select! {
                // In this order: nothing is said to a token that has just expired.
                biased;
                () = self.state.shutdown.cancelled() => {
                    wind_up(connection, &mut operations, DRAIN).await;
                    return Err(End::Close(Close::Restart));
                }
                error = &mut expired => {
                    wind_up(connection, &mut operations, FAREWELL).await;
                    // The protocol's clients greet again with a new token after this, and go on watching; an error
                    // for each subscription would have ended those for good.
                    return Err(End::Close(Close::Forbidden(error.to_string())));
                }
                _ = pings.tick() => connection.ping().await?,
                message = connection.receive() => match message? {
                    ClientMessage::Subscribe { id: OperationId(id), payload } => {
                        match start(schema, &mut operations, id.clone(), payload, &caller).await {
                            Ok(()) => {}
                            Err(Refused::Exists) => return Err(End::Close(Close::SubscriberExists(id))),
                            Err(refused @ Refused::TooMany) => {
                                let message = refused.to_string();
                                let refusal =
                                    ServerMessage::refusal(id, Code::BadRequest, &message, &self.id.0);
                                connection.send(&refusal).await?;
                            }
                        }
                    }
                    ClientMessage::Complete { id: OperationId(id) } => operations.stop(&id),
                    ClientMessage::Ping { payload } => {
                        connection.send(&ServerMessage::Pong { payload }).await?;
                    }
                    ClientMessage::Pong { .. } => {}
                    ClientMessage::ConnectionInit { .. } => return Err(End::Close(Close::TooManyInits)),
                },
                Some(message) = operations.next() => connection.send(&message).await?,
            }
        }
    }
}

async fn start(
    schema: &Schema,
    operations: &mut Operations,
    id: String,
    operation: Operation,
    caller: &Caller,
) -> Result<(), Refused> {
    operations.admit(&id)?;
    let asked = schema.find(operation).await;
    let live = asked.kind() == Some(OperationType::Subscription);
    let answers = schema.charge_and_execute_stream(asked, caller.clone(), uuid::Uuid::now_v7().to_string());
    operations.start(id, live, answers);
    Ok(())
}

/// Ends what is watched, and lets what is being answered come to its answer.
async fn wind_up(connection: &mut Connection, operations: &mut Operations, limit: Duration) {
    operations.stop_live();
    let answers = async {
        while let Some(message) = operations.next().await {
            connection.send(&message).await?;
        }
        Ok::<_, End>(())
    };
    // A client that is gone, or an answer that takes too long: the socket closes either way.
    let _ = tokio::time::timeout(limit, answers).await;
}
