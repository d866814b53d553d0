//! One socket: the greeting, then operations until either side has enough or the token expires.

use std::pin::pin;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use axum::http::HeaderValue;
use serde_json::Value;

use super::super::{ClientAddress, RequestId, State};
use super::MAX_MESSAGE_BYTES;
use super::operations::{MAX_OPERATIONS, Operations, Refused};
use super::protocol::{ClientMessage, Close, ServerMessage, authorization};
use crate::accounts::authenticate;
use crate::caller::{Caller, Cookies};
use crate::graphql::{Code, OperationType};

/// How long a client may take to greet.
const GREETING: Duration = Duration::from_secs(10);
/// How often a client is asked, by a ping of the websocket itself, whether it is still there. Proxies often cut
/// connections that were silent for a minute.
const PING_EVERY: Duration = Duration::from_secs(25);
/// A client that has not been heard for so long is gone.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a client may take to accept a message.
const SEND: Duration = Duration::from_secs(30);
/// How long operations may take once the server was told to stop: less than the server gives its sockets.
const DRAIN: Duration = Duration::from_secs(8);
/// How long the last messages and the closing may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A client on a socket.
pub(super) struct Session {
    socket: WebSocket,
    state: State,
    address: ClientAddress,
    /// What the request that became the socket said; browsers cannot say anything there.
    authorization: Option<HeaderValue>,
    id: RequestId,
    heard: Instant,
}

/// How a conversation ends.
enum End {
    /// The server closes, and says why.
    Close(Close),
    /// The client closed, or cannot be reached.
    Gone,
}

impl Session {
    pub(super) fn new(
        socket: WebSocket,
        state: State,
        address: ClientAddress,
        authorization: Option<HeaderValue>,
        id: RequestId,
    ) -> Self {
        Self { socket, state, address, authorization, id, heard: Instant::now() }
    }

    /// Talks until the end. `agreed` tells whether the client offered the protocol.
    pub(super) async fn run(mut self, agreed: bool) {
        let end = if agreed { self.talk().await } else { Err(End::Close(Close::SubprotocolNotAcceptable)) };
        if let Err(End::Close(close)) = end {
            tracing::debug!(request_id = self.id.0, ?close, "closing a websocket");
            let farewell = async {
                self.socket.send(Message::Close(Some(close.into()))).await?;
                // Unread messages would make the connection break off before the client has read why.
                while self.socket.recv().await.transpose()?.is_some() {}
                Ok::<_, axum::Error>(())
            };
            // A client that does not answer has had its chance.
            let _ = tokio::time::timeout(FAREWELL, farewell).await;
        }
    }

    async fn talk(&mut self) -> Result<(), End> {
        let shutdown = self.state.shutdown.clone();
        let caller = tokio::select! {
            () = shutdown.cancelled() => return Err(End::Close(Close::Restart)),
            greeted = tokio::time::timeout(GREETING, self.greet()) => match greeted {
                Ok(greeted) => greeted?,
                Err(_) => return Err(End::Close(Close::InitTimeout)),
            },
        };
        self.converse(caller).await
    }

    /// Waits for the greeting and finds out who it is.
    async fn greet(&mut self) -> Result<Caller, End> {
        loop {
            match self.receive().await? {
                ClientMessage::ConnectionInit { payload } => {
                    let caller = self.caller(payload.as_ref())?;
                    self.send(&ServerMessage::ConnectionAck).await?;
                    return Ok(caller);
                }
                ClientMessage::Ping => self.send(&ServerMessage::Pong).await?,
                ClientMessage::Pong | ClientMessage::Complete { .. } => {}
                ClientMessage::Subscribe { .. } => return Err(End::Close(Close::Unauthorized)),
            }
        }
    }

    fn caller(&self, payload: Option<&Value>) -> Result<Caller, End> {
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
    async fn converse(&mut self, caller: Caller) -> Result<(), End> {
        let schema = self.state.schema.clone();
        let shutdown = self.state.shutdown.clone();
        let mut expired = pin!(schema.expiry(caller.viewer));
        let mut pings = tokio::time::interval(PING_EVERY);
        let mut operations = Operations::new(self.id.0.clone());
        loop {
            tokio::select! {
                // In this order: nothing is said to a token that has just expired.
                biased;
                () = shutdown.cancelled() => {
                    self.wind_up(&mut operations, DRAIN).await;
                    return Err(End::Close(Close::Restart));
                }
                error = &mut expired => {
                    self.wind_up(&mut operations, FAREWELL).await;
                    // The protocol's clients greet again with a new token after this, and go on watching; an error
                    // for each subscription would have ended those for good.
                    return Err(End::Close(Close::Forbidden(error.to_string())));
                }
                _ = pings.tick() => self.ping().await?,
                message = self.receive() => match message? {
                    ClientMessage::Subscribe { id, payload } => {
                        let asked = schema.find(payload).await;
                        let live = asked.kind() == Some(OperationType::Subscription);
                        let answers = schema.execute_stream(asked, caller.clone(), uuid::Uuid::now_v7().to_string());
                        match operations.start(id.clone(), live, answers) {
                            Ok(()) => {}
                            Err(Refused::Exists) => return Err(End::Close(Close::SubscriberExists(id))),
                            Err(Refused::TooMany) => self.send(&self.too_many(id)).await?,
                        }
                    }
                    ClientMessage::Complete { id } => operations.stop(&id),
                    ClientMessage::Ping => self.send(&ServerMessage::Pong).await?,
                    ClientMessage::Pong => {}
                    ClientMessage::ConnectionInit { .. } => return Err(End::Close(Close::TooManyInits)),
                },
                Some(message) = operations.next() => self.send(&message).await?,
            }
        }
    }

    /// Ends what is watched, and lets what is being answered come to its answer.
    async fn wind_up(&mut self, operations: &mut Operations, limit: Duration) {
        operations.stop_live();
        let answers = async {
            while let Some(message) = operations.next().await {
                self.send(&message).await?;
            }
            Ok::<_, End>(())
        };
        // A client that is gone, or an answer that takes too long: the socket closes either way.
        let _ = tokio::time::timeout(limit, answers).await;
    }

    fn too_many(&self, id: String) -> ServerMessage {
        let message = format!(
            "A socket carries at most {MAX_OPERATIONS} operations at a time: complete one, or open another socket."
        );
        ServerMessage::refusal(id, Code::BadRequest, &message, &self.id.0)
    }

    /// The client's next message. May be dropped and called again: nothing gets lost.
    async fn receive(&mut self) -> Result<ClientMessage, End> {
        loop {
            let frame = self.socket.recv().await.transpose().ok().flatten().ok_or(End::Gone)?;
            self.heard = Instant::now();
            match frame {
                Message::Text(text) if text.len() > MAX_MESSAGE_BYTES => {
                    return Err(End::Close(Close::TooLong));
                }
                Message::Text(text) => {
                    return serde_json::from_str(&text)
                        .map_err(|error| End::Close(Close::BadRequest(error.to_string())));
                }
                Message::Binary(_) => {
                    return Err(End::Close(Close::BadRequest("messages are text".to_owned())));
                }
                Message::Close(_) => return Err(End::Gone),
                // Answered by the websocket itself.
                Message::Ping(_) | Message::Pong(_) => {}
            }
        }
    }

    async fn send(&mut self, message: &ServerMessage) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|error| {
            tracing::error!(request_id = self.id.0, %error, "an answer could not be written as JSON");
            End::Gone
        })?;
        self.send_frame(Message::Text(text.into())).await
    }

    async fn ping(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > SILENCE {
            return Err(End::Gone);
        }
        self.send_frame(Message::Ping(Bytes::new())).await
    }

    async fn send_frame(&mut self, frame: Message) -> Result<(), End> {
        match tokio::time::timeout(SEND, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}
