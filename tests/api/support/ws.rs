//! A websocket client that speaks `graphql-transport-ws`.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as FrameOfBytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

/// What a server that works sends within; generous, because tests run side by side.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open websocket.
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    next_id: u32,
}

impl Socket {
    /// Opens a socket at `path`, without the protocol's greeting.
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Self {
        Self::open_offering(address, path, Some("graphql-transport-ws")).await
    }

    /// The same, offering this protocol or none; panics unless the server agrees to what was offered.
    pub(crate) async fn open_offering(
        address: SocketAddr,
        path: &str,
        protocol: Option<&'static str>,
    ) -> Self {
        let mut request = format!("ws://{address}{path}").into_client_request().expect("an address");
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(protocol));
        }
        let tcp = TcpStream::connect(address).await.expect("the server listens");
        let (stream, response) =
            tokio_tungstenite::client_async(request, tcp).await.expect("the server takes websockets");
        let agreed = response.headers().get("sec-websocket-protocol").map(HeaderValue::as_bytes);
        assert_eq!(agreed, protocol.map(str::as_bytes));
        Self { stream, next_id: 1 }
    }

    /// Opens a socket and greets; panics unless the server takes the payload.
    pub(crate) async fn connect(address: SocketAddr, payload: Value) -> Self {
        let mut socket = Self::open(address, "/graphql/ws").await;
        socket.send(json!({ "type": "connection_init", "payload": payload })).await;
        let answer = socket.receive().await;
        assert_eq!(answer["type"], "connection_ack", "{answer:#}");
        socket
    }

    /// The same with a server that may be gone, or go meanwhile: none then.
    pub(crate) async fn try_connect(address: SocketAddr, payload: Value) -> Option<Self> {
        let mut request = format!("ws://{address}/graphql/ws").into_client_request().expect("an address");
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let tcp = TcpStream::connect(address).await.ok()?;
        let (stream, _) = tokio_tungstenite::client_async(request, tcp).await.ok()?;
        let mut socket = Self { stream, next_id: 1 };
        socket.try_send(json!({ "type": "connection_init", "payload": payload })).await?;
        let answer = socket.try_receive(PATIENCE).await??;
        (answer["type"] == "connection_ack").then_some(socket)
    }

    /// Sends a message; none when the socket is closed.
    pub(crate) async fn try_send(&mut self, message: Value) -> Option<()> {
        self.stream.send(Message::text(message.to_string())).await.ok()
    }

    /// The next message: none when the socket is closed, and none in it when the time is over first.
    pub(crate) async fn try_receive(&mut self, patience: Duration) -> Option<Option<Value>> {
        match tokio::time::timeout(patience, self.frame()).await {
            Ok(Frame::Message(message)) => Some(Some(message)),
            Ok(Frame::Closed(_)) => None,
            Err(_) => Some(None),
        }
    }

    /// Starts an operation and returns its id.
    pub(crate) async fn subscribe(&mut self, document: &str, variables: Value) -> String {
        let id = self.next_id.to_string();
        self.next_id += 1;
        let payload = json!({ "query": document, "variables": variables });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
        id
    }

    /// Ends an operation from this side.
    pub(crate) async fn complete(&mut self, id: &str) {
        self.send(json!({ "id": id, "type": "complete" })).await;
    }

    /// Sends any message of the protocol.
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_text(message.to_string()).await;
    }

    /// Sends any text at all.
    pub(crate) async fn send_text(&mut self, text: String) {
        self.stream.send(Message::text(text)).await.expect("the socket is open");
    }

    /// Sends bytes that are no text.
    pub(crate) async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.stream.send(Message::binary(bytes)).await.expect("the socket is open");
    }

    /// Sends text; whether the server takes it within a moment.
    pub(crate) async fn try_send_text(&mut self, text: &str) -> bool {
        let sent = self.stream.send(Message::text(text.to_owned()));
        matches!(tokio::time::timeout(Duration::from_secs(2), sent).await, Ok(Ok(())))
    }

    /// Sends a frame as it is: part of a message, or nothing that could be one. `last` tells that the message ends.
    pub(crate) async fn send_frame(&mut self, kind: Data, bytes: impl Into<Bytes>, last: bool) {
        let frame = FrameOfBytes::message(bytes, OpCode::Data(kind), last);
        self.stream.send(Message::Frame(frame)).await.expect("the socket is open");
    }

    /// Closes the socket from this side.
    pub(crate) async fn close_with(&mut self, code: u16) {
        let close = CloseFrame { code: code.into(), reason: "".into() };
        self.stream.send(Message::Close(Some(close))).await.expect("the socket is open");
    }

    /// The next message of the protocol, pings answered on the way.
    pub(crate) async fn receive(&mut self) -> Value {
        match self.receive_within(PATIENCE).await {
            Some(message) => message,
            None => panic!("nothing came within {PATIENCE:?}"),
        }
    }

    /// The next message, or none when the time is over first.
    pub(crate) async fn receive_within(&mut self, patience: Duration) -> Option<Value> {
        match tokio::time::timeout(patience, self.frame()).await {
            Ok(Frame::Message(message)) => Some(message),
            Ok(Frame::Closed(code)) => panic!("the server closed the socket with {code:?}"),
            Err(_) => None,
        }
    }

    /// The data of the next event of this operation.
    pub(crate) async fn next(&mut self, id: &str) -> Value {
        let message = self.receive().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message:#}");
        assert!(message["payload"].get("errors").is_none(), "the event has errors: {message:#}");
        message["payload"]["data"].clone()
    }

    /// The code with which the server closes the socket; messages before that are skipped.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        self.close().await.0
    }

    /// The same, and how many messages came before.
    pub(crate) async fn close(&mut self) -> (Option<u16>, usize) {
        let closed = async {
            let mut messages = 0;
            loop {
                match self.frame().await {
                    Frame::Closed(code) => return (code, messages),
                    Frame::Message(_) => messages += 1,
                }
            }
        };
        tokio::time::timeout(PATIENCE, closed).await.expect("the server closes the socket")
    }

    async fn frame(&mut self) -> Frame {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).expect("messages are JSON");
                    if message["type"] == "ping" {
                        // Whether it is still open, the next frame tells.
                        let _ = self.try_send(json!({ "type": "pong" })).await;
                        continue;
                    }
                    return Frame::Message(message);
                }
                Some(Ok(Message::Close(close))) => {
                    return Frame::Closed(close.map(|close| close.code.into()));
                }
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Frame::Closed(None),
            }
        }
    }
}

enum Frame {
    Message(Value),
    Closed(Option<u16>),
}
