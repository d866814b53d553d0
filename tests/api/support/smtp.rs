//! A real SMTP server of a test's own, which refuses, hangs and comes back as it is told.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::mailbox::Letter;

const PATIENCE: Duration = Duration::from_mins(1);

/// The server. Ends when dropped.
pub(crate) struct SmtpServer {
    process: Child,
    orders: ChildStdin,
    events: Lines<BufReader<ChildStdout>>,
    options: Value,
}

impl SmtpServer {
    /// Starts one on a free port that takes what comes.
    pub(crate) async fn start() -> Self {
        Self::start_with(json!({})).await
    }

    /// The same with `tls`, or with `user` and `password`.
    pub(crate) async fn start_with(mut options: Value) -> Self {
        if options["port"].is_null() {
            options["port"] = 0.into();
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp/server.mjs");
        let mut process = Command::new("node")
            .args([script, &options.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node can be started: run the tests with 'make test'");
        let orders = process.stdin.take().expect("a pipe");
        let events = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let mut server = Self { process, orders, events, options };
        let listening = server.next("listening").await;
        server.options["port"] = listening;
        server
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.options["port"])
    }

    /// Takes from now on what comes in this manner.
    pub(crate) async fn behave(&mut self, manner: &str) {
        self.orders.write_all(format!("{manner}\n").as_bytes()).await.expect("the server listens");
        assert_eq!(self.next("manner").await, manner);
    }

    /// The next letter that it took.
    pub(crate) async fn letter(&mut self) -> (Value, Letter) {
        let taken = self.next("letter").await;
        let letter = Letter::read(taken["raw"].as_str().expect("a message"));
        (taken, letter)
    }

    /// Waits until it has sent somebody away.
    pub(crate) async fn refused(&mut self) {
        self.next("refused").await;
    }

    /// Ends it.
    pub(crate) async fn kill(&mut self) {
        self.process.kill().await.expect("the server ends");
    }

    /// Starts it again where it was.
    pub(crate) async fn restart(&mut self) {
        *self = Self::start_with(self.options.clone()).await;
    }

    /// What is told of the next event of this kind; others are passed over.
    async fn next(&mut self, kind: &str) -> Value {
        let told = async {
            while let Some(line) = self.events.next_line().await.expect("lines of text") {
                let mut event: Value = serde_json::from_str(&line).expect("lines of JSON");
                if !event[kind].is_null() {
                    return event[kind].take();
                }
            }
            panic!("the SMTP server ended; were its packages installed by 'make test'?");
        };
        timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("nothing {kind} within {PATIENCE:?}"))
    }
}
