//! The messages and close codes of `graphql-transport-ws`.

use axum::extract::ws::CloseFrame;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::MAX_MESSAGE_BYTES;
use crate::graphql::{Code, Operation, Sent};

/// The most bytes of an operation's id: clients use numbers or UUIDs.
const MAX_ID_BYTES: usize = 256;

/// What a client says. Fields that the protocol does not know are passed over, as its own server does.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    /// The greeting; says who asks.
    ConnectionInit { payload: Payload },
    /// Are you there?
    Ping { payload: Payload },
    /// Yes.
    Pong {
        #[expect(dead_code, reason = "it only has to be of the right type")]
        payload: Payload,
    },
    /// Starts an operation of any kind.
    Subscribe { id: OperationId, payload: Operation },
    /// Wants no more of an operation.
    Complete { id: OperationId },
}

/// What a message may carry along: an object, null or nothing.
pub(super) type Payload = Option<Map<String, Value>>;

/// What a client calls an operation: not empty, nor longer than [`MAX_ID_BYTES`].
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct OperationId(pub(super) String);

impl TryFrom<String> for OperationId {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        match id.len() {
            1..=MAX_ID_BYTES => Ok(Self(id)),
            length => Err(format!("an id has 1 to {MAX_ID_BYTES} bytes, not {length}")),
        }
    }
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage {
    /// The answer to the greeting.
    ConnectionAck,
    /// Yes, with what the ping carried.
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Payload,
    },
    /// One answer of an operation.
    Next { id: String, payload: Box<Sent> },
    /// The operation was not executed, or not to its end. Its last message.
    Error { id: String, payload: Value },
    /// The operation is over. Its last message.
    Complete { id: String },
}

impl ServerMessage {
    /// An error of the operation as a whole.
    pub(super) fn refusal(id: String, code: Code, message: &str, request_id: &str) -> Self {
        let extensions = json!({ "code": code.as_str(), "requestId": request_id });
        Self::Error { id, payload: json!([{ "message": message, "extensions": extensions }]) }
    }
}

/// Why the server closes a socket; those from 4400 are the protocol's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Close {
    /// A message that is none of the protocol's.
    BadRequest(String),
    /// An operation before the greeting.
    Unauthorized,
    /// A token that is no good, or no longer.
    Forbidden(String),
    /// The client does not speak this protocol.
    SubprotocolNotAcceptable,
    /// No greeting.
    InitTimeout,
    /// An operation with the id of one that runs.
    SubscriberExists(String),
    /// A second greeting.
    TooManyInits,
    /// The server stops; another may take over. Clients come back by themselves.
    Restart,
    /// A message of more than [`MAX_MESSAGE_BYTES`].
    TooLong,
    /// Messages in a flood that does not end.
    Flood,
    /// A text that is no UTF-8.
    NotText,
    /// Something that is no websocket's.
    Violation,
}

/// The longest reason a close frame holds (RFC 6455, section 5.5.1).
const MAX_REASON_BYTES: usize = 123;

impl From<Close> for CloseFrame {
    fn from(close: Close) -> Self {
        let (code, reason) = match close {
            Close::BadRequest(problem) => (4400, format!("Bad request: {problem}")),
            Close::Unauthorized => (4401, "Unauthorized".to_owned()),
            Close::Forbidden(problem) => (4403, format!("Forbidden: {problem}")),
            Close::SubprotocolNotAcceptable => (4406, "Subprotocol not acceptable".to_owned()),
            Close::InitTimeout => (4408, "Connection initialisation timeout".to_owned()),
            Close::SubscriberExists(id) => (4409, format!("Subscriber for {id} already exists")),
            Close::TooManyInits => (4429, "Too many initialisation requests".to_owned()),
            Close::Restart => (1012, "Service restart".to_owned()),
            Close::Flood => (1008, "Too many messages".to_owned()),
            Close::NotText => (1007, "Text is UTF-8".to_owned()),
            Close::Violation => (1002, "Protocol error".to_owned()),
            Close::TooLong => (1009, format!("A message has at most {MAX_MESSAGE_BYTES} bytes")),
        };
        let end = reason.floor_char_boundary(MAX_REASON_BYTES);
        Self { code, reason: reason[..end].into() }
    }
}

/// The token in the greeting's payload: under `Authorization` or `token`, with or without `Bearer`. An empty one is none.
/// Something else than text under these names is text nobody can have a token of.
pub(super) fn authorization(payload: &Payload) -> Option<String> {
    let payload = payload.as_ref()?;
    let given = ["Authorization", "authorization", "token"].iter().find_map(|name| payload.get(*name))?;
    let text = match given {
        Value::Null => return None,
        Value::String(text) => text.trim(),
        _ => "not a text",
    };
    match text.split_once(' ') {
        _ if text.is_empty() => None,
        None => Some(format!("Bearer {text}")),
        Some(_) => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_in_the_usual_places() {
        let token = |payload: Value| authorization(&serde_json::from_value(payload).unwrap());
        for payload in [
            json!({ "Authorization": "Bearer abc" }),
            json!({ "authorization": "Bearer abc" }),
            json!({ "authorization": "abc" }),
            json!({ "token": "abc" }),
            json!({ "token": "Bearer abc" }),
        ] {
            assert_eq!(token(payload.clone()).as_deref(), Some("Bearer abc"), "{payload}");
        }
        for payload in [json!(null), json!({}), json!({ "token": null }), json!({ "Authorization": "" })] {
            assert_eq!(token(payload.clone()), None, "{payload}");
        }
        assert!(token(json!({ "token": 5 })).is_some(), "nobody is a guest by mistake");
    }

    #[test]
    fn messages_have_the_types_that_the_protocol_says() {
        let right = |message: &Value| serde_json::from_value::<ClientMessage>(message.clone()).is_ok();
        let query = json!({ "query": "{ a }" });
        for message in [
            json!({ "type": "connection_init" }),
            json!({ "type": "connection_init", "payload": null }),
            json!({ "type": "ping", "payload": { "at": 1 } }),
            json!({ "type": "pong", "payload": {}, "other": true }),
            json!({ "type": "complete", "id": "1" }),
            json!({ "type": "subscribe", "id": "a".repeat(MAX_ID_BYTES), "payload": query }),
            json!({ "type": "subscribe", "id": "1", "payload": {
                "query": "{ a }", "operationName": null, "variables": null, "extensions": null } }),
        ] {
            assert!(right(&message), "{message}");
        }
        for message in [
            json!([]),
            json!({}),
            json!({ "type": 1 }),
            json!({ "type": "connection_ack" }),
            json!({ "type": "start", "id": "1", "payload": query }),
            json!({ "type": "connection_init", "payload": "abc" }),
            json!({ "type": "connection_init", "payload": [] }),
            json!({ "type": "ping", "payload": 1 }),
            json!({ "type": "pong", "payload": false }),
            json!({ "type": "complete" }),
            json!({ "type": "complete", "id": 1 }),
            json!({ "type": "subscribe", "payload": query }),
            json!({ "type": "subscribe", "id": "", "payload": query }),
            json!({ "type": "subscribe", "id": "a".repeat(MAX_ID_BYTES + 1), "payload": query }),
            json!({ "type": "subscribe", "id": "1", "payload": null }),
            json!({ "type": "subscribe", "id": "1", "payload": {} }),
            json!({ "type": "subscribe", "id": "1", "payload": { "query": 1 } }),
            json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ a }", "operationName": 1 } }),
            json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ a }", "variables": [] } }),
            json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ a }", "extensions": "" } }),
        ] {
            assert!(!right(&message), "{message}");
        }
    }

    #[test]
    fn a_reason_fits_its_frame_whatever_the_client_called_its_operation() {
        let frame = CloseFrame::from(Close::SubscriberExists("ü".repeat(1000)));
        assert_eq!(frame.code, 4409);
        assert!(frame.reason.len() <= MAX_REASON_BYTES && frame.reason.len() >= MAX_REASON_BYTES - 1);
    }
}
