//! A websocket: messages in, no faster than is good, and messages out, as long as the client takes them.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::FutureExt;
use tungstenite::error::{Error, ProtocolError};

use super::MAX_MESSAGE_BYTES;
use super::pace::Pace;
use super::protocol::{ClientMessage, Close, ServerMessage};

/// How long the last messages and the closing may take.
pub(super) const FAREWELL: Duration = Duration::from_secs(1);
/// How many messages may come without a pause. That the client has left is not noticed behind those that it has sent.
const FLOOD: u32 = 1_000;

/// A client's websocket.
pub(super) struct Connection {
    socket: WebSocket,
    /// How long the client may keep silent, or keep from taking a message.
    patience: Duration,
    heard: Instant,
    pace: Pace,
    /// How many messages were there already when the one before them had been read.
    in_a_row: u32,
    /// Whether what the client sends can no longer be read.
    deaf: bool,
}

/// How a conversation ends.
#[derive(Debug)]
pub(super) enum End {
    /// The server closes, and says why.
    Close(Close),
    /// The client closed.
    Closed,
    /// The client cannot be reached.
    Gone,
}

impl Connection {
    /// `patience` tells how long the client may keep silent, or keep from taking a message.
    pub(super) fn new(socket: WebSocket, patience: Duration) -> Self {
        let now = Instant::now();
        Self { socket, patience, heard: now, pace: Pace::new(now), in_a_row: 0, deaf: false }
    }

    /// The client's next message. May be dropped and called again: nothing gets lost.
    pub(super) async fn receive(&mut self) -> Result<ClientMessage, End> {
        loop {
            tokio::time::sleep(self.pace.wait(Instant::now())).await;
            let next = match self.socket.recv().now_or_never() {
                Some(next) => next,
                None => {
                    self.in_a_row = 0;
                    self.socket.recv().await
                }
            };
            let frame = match next {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    self.deaf = true;
                    return Err(unreadable(error));
                }
                None => return Err(End::Gone),
            };
            self.heard = Instant::now();
            self.pace.count(self.heard);
            self.in_a_row += 1;
            if self.in_a_row > FLOOD {
                return Err(End::Close(Close::Flood));
            }
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
                Message::Close(_) => return Err(End::Closed),
                // Answered by the websocket itself.
                Message::Ping(_) | Message::Pong(_) => {}
            }
        }
    }

    /// Sends a message, and waits until the client's side has taken it.
    pub(super) async fn send(&mut self, message: &ServerMessage) -> Result<(), End> {
        let text = serde_json::to_string(message).map_err(|error| {
            tracing::error!(%error, "an answer could not be written as JSON");
            End::Gone
        })?;
        self.send_frame(Message::Text(text.into())).await
    }

    /// Asks the client, by a ping of the websocket itself, whether it is still there.
    pub(super) async fn ping(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > self.patience {
            return Err(End::Gone);
        }
        self.send_frame(Message::Ping(Bytes::new())).await
    }

    async fn send_frame(&mut self, frame: Message) -> Result<(), End> {
        match tokio::time::timeout(self.patience, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    /// Ends the websocket. A client that does not answer in time has had its chance.
    pub(super) async fn close(mut self, end: End) {
        let farewell = async {
            match end {
                End::Gone => return,
                // Its close is answered by the websocket itself, while that is read.
                End::Closed => {}
                End::Close(close) => {
                    if self.socket.send(Message::Close(Some(close.into()))).await.is_err() {
                        return;
                    }
                }
            }
            // Unread messages would make the connection break off before the client has read why.
            while let Some(Ok(_)) = self.socket.recv().await {}
            if self.deaf {
                std::future::pending().await
            }
        };
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }
}

/// What to tell a client whose bytes make no message.
fn unreadable(error: axum::Error) -> End {
    match error.into_inner().downcast_ref() {
        Some(Error::Utf8(_)) => End::Close(Close::NotText),
        Some(Error::Capacity(_)) => End::Close(Close::TooLong),
        Some(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => End::Gone,
        Some(Error::Protocol(_)) => End::Close(Close::Violation),
        _ => End::Gone,
    }
}
