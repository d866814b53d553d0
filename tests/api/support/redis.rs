//! Redis for tests: the one they share, and ones that may be killed.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A Redis of one test's own, which keeps nothing. Stops when dropped.
pub(crate) struct RedisServer {
    port: u16,
    process: Child,
}

impl RedisServer {
    /// The address of the Redis that all tests share; each uses a prefix of its own.
    pub(crate) fn shared() -> String {
        std::env::var("TEST_REDIS_URL")
            .expect("TEST_REDIS_URL is not set: run the tests with 'make test', or set it to a Redis")
    }

    /// Starts one on a free port; on another when somebody else was faster to take it.
    pub(crate) async fn start() -> Self {
        for _ in 0..5 {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            let port = free.local_addr().expect("the listener has an address").port();
            drop(free);
            let mut server = Self { port, process: spawn(port) };
            if server.answers().await {
                return server;
            }
        }
        panic!("redis-server does not start on any port");
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it without a word, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("the server runs");
        self.process.wait().expect("the server ends");
    }

    /// Starts it again where it was.
    pub(crate) async fn restart(&mut self) {
        self.process = spawn(self.port);
        assert!(self.answers().await, "redis-server does not start again where it was");
    }

    /// How many names there are in it.
    pub(crate) async fn keys(&self) -> usize {
        let client = redis::Client::open(self.url()).expect("an address");
        let mut connection = client.get_multiplexed_async_connection().await.expect("Redis answers");
        redis::cmd("DBSIZE").query_async(&mut connection).await.expect("a number")
    }

    /// Waits until this server answers; false when it has ended instead. Who answers at the port may be another.
    async fn answers(&mut self) -> bool {
        for _ in 0..200 {
            if self.process.try_wait().expect("the server can be looked at").is_some() {
                return false;
            }
            if self.is_itself().await {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("redis-server does not answer");
    }

    /// Whether it is this process that answers at the port.
    async fn is_itself(&self) -> bool {
        let asked = async {
            let client = redis::Client::open(self.url())?;
            let mut connection = client.get_multiplexed_async_connection().await?;
            redis::cmd("INFO").arg("server").query_async::<String>(&mut connection).await
        };
        asked.await.is_ok_and(|info| info.contains(&format!("process_id:{}\r\n", self.process.id())))
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(port: u16) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server can be started: run the tests with 'make test'")
}
