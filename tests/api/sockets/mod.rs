//! The websocket itself, message by message: `graphql-transport-ws` as its protocol document has it.

mod close_codes;
mod ends;
mod frames;
mod handshake;
mod operations;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TestApp;

/// Asks for a socket by hand: clients leave by themselves when the server does not agree to a protocol.
async fn upgrade(app: &TestApp, offered: Option<&str>) -> (String, TcpStream) {
    let offered = offered.map(|offered| format!("sec-websocket-protocol: {offered}\r\n")).unwrap_or_default();
    let request = format!(
        "GET /graphql/ws HTTP/1.1\r\nhost: shop\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-extensions: permessage-deflate\r\n{offered}\r\n"
    );
    let mut stream = TcpStream::connect(app.address).await.expect("the server listens");
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    let head = String::from_utf8(head).expect("text").to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 101"), "{head}");
    (head, stream)
}

/// The code of the next frame, which closes the socket.
async fn close_frame(stream: &mut TcpStream) -> u16 {
    let mut frame = [0; 4];
    stream.read_exact(&mut frame).await.expect("a frame");
    assert_eq!(frame[0], 0x88, "a close frame, whole");
    u16::from_be_bytes([frame[2], frame[3]])
}
