//! What messages are made of: frames whole and in parts, too long, and of something else than text.

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;

use super::{close_frame, upgrade};
use crate::support::TestApp;
use crate::support::ws::Socket;

/// As much as a request over HTTP.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

#[tokio::test]
async fn a_message_may_come_in_parts() {
    let app = TestApp::start().await;
    let mut socket = Socket::connect(app.address, json!({})).await;
    let message = json!({ "type": "ping", "payload": { "name": "Café" } }).to_string().into_bytes();
    let mut parts = message.chunks(1).peekable();
    let mut kind = Data::Text;
    while let Some(part) = parts.next() {
        socket.send_frame(kind, part.to_vec(), parts.peek().is_none()).await;
        kind = Data::Continue;
    }
    assert_eq!(socket.receive().await, json!({ "type": "pong", "payload": { "name": "Café" } }));
}

#[tokio::test]
async fn a_message_that_is_too_long_is_1009() {
    let app = TestApp::start().await;
    let mut fits = Socket::connect(app.address, json!({})).await;
    let text = json!({ "type": "ping" }).to_string();
    fits.send_text(format!("{text}{}", " ".repeat(MAX_MESSAGE_BYTES - text.len()))).await;
    assert_eq!(fits.receive().await["type"], "pong");

    let mut long = Socket::connect(app.address, json!({})).await;
    long.send_text("x".repeat(MAX_MESSAGE_BYTES + 1)).await;
    assert_eq!(long.close_code().await, Some(1009));
    // One of a terabyte is not waited for: a frame says how long it is before it comes.
    let (_, mut stream) = upgrade(&app, Some("graphql-transport-ws")).await;
    let mut head = vec![0x81, 0xff];
    head.extend_from_slice(&(1_u64 << 40).to_be_bytes());
    head.extend_from_slice(&[0; 4]);
    stream.write_all(&head).await.expect("the server reads");
    assert_eq!(close_frame(&mut stream).await, 1009);
    let mut parts = Socket::connect(app.address, json!({})).await;
    parts.send_frame(Data::Text, vec![b' '; MAX_MESSAGE_BYTES], false).await;
    parts.send_frame(Data::Continue, vec![b' '; 1], true).await;
    assert_eq!(parts.close_code().await, Some(1009));
}

#[tokio::test]
async fn bytes_that_are_no_message_are_told_apart() {
    let app = TestApp::start().await;
    let ping = json!({ "type": "ping" }).to_string().into_bytes();
    for (kind, bytes, code) in [
        (Data::Binary, ping, 4400),
        (Data::Binary, vec![0xff, 0xfe], 4400),
        (Data::Text, vec![b'"', 0xff, b'"'], 1007),
        (Data::Continue, b"{}".to_vec(), 1002),
        (Data::Reserved(3), b"{}".to_vec(), 1002),
    ] {
        let mut socket = Socket::connect(app.address, json!({})).await;
        socket.send_frame(kind, bytes.clone(), true).await;
        assert_eq!(socket.close_code().await, Some(code), "{kind:?} {bytes:?}");
    }
}
