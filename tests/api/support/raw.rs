//! A connection without a client: bytes, and how it ends.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a server that works does within; generous, because tests run side by side.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("the server listens"))
    }

    /// Sends bytes; whether the connection was still open for them.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends a GraphQL request by POST.
    pub(crate) async fn post(&mut self, document: &str) {
        let body = serde_json::json!({ "query": document }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        assert!(self.send(format!("{head}{body}")).await, "the connection is open");
    }

    /// What comes until the text has come; panics when the connection ends before.
    pub(crate) async fn read_until(&mut self, text: &str) -> String {
        let mut read = Vec::new();
        let reading = async {
            let mut buffer = [0; 4096];
            loop {
                let said = String::from_utf8_lossy(&read).into_owned();
                if said.contains(text) {
                    return said;
                }
                match self.0.read(&mut buffer).await {
                    Ok(0) | Err(_) => panic!("the connection ended: {said}"),
                    Ok(length) => read.extend_from_slice(&buffer[..length]),
                }
            }
        };
        timeout(PATIENCE, reading).await.unwrap_or_else(|_| panic!("no '{text}' in time"))
    }

    /// What comes until the server closes; panics when it does not.
    pub(crate) async fn read_to_end(&mut self) -> Vec<u8> {
        let mut read = Vec::new();
        // Cut off or ended: closed either way.
        let ended = timeout(PATIENCE, self.0.read_to_end(&mut read)).await;
        assert!(ended.is_ok(), "the server keeps the connection open: {:?}", String::from_utf8_lossy(&read));
        read
    }

    /// Whether nothing comes for some time.
    pub(crate) async fn is_silent_for(&mut self, time: Duration) -> bool {
        timeout(time, self.0.readable()).await.is_err()
    }
}
