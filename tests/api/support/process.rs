//! The shop's own program, started as an operator starts it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::client::{Client, Http};

/// Long: the first start makes a cluster and the demo shop, in a debug build and beside other tests.
const PATIENCE: Duration = Duration::from_mins(2);

/// A data folder, and the private PostgreSQL that may run in it. Both are gone when dropped.
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("cartograph-test-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The process of the private PostgreSQL, by its own word; none when it stopped.
    pub(crate) fn postgres(&self) -> Option<String> {
        let file = std::fs::read_to_string(self.0.join("postgres/postmaster.pid")).ok()?;
        file.lines().next().map(str::to_owned)
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        if let Some(pid) = self.postgres() {
            // An immediate stop: it answers to nobody any more.
            signal(&pid, "QUIT");
        }
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running `cartograph serve`. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts the shop on a free port and waits until it says that it is open.
    pub(crate) async fn start(data: &DataDir) -> Self {
        Self::start_with(data, &[]).await
    }

    /// The same with settings.
    pub(crate) async fn start_with(data: &DataDir, variables: &[(&str, &str)]) -> Self {
        // Shown with a test that fails.
        let started = Self::try_start(data, variables, |line| eprintln!("{line}")).await;
        started.expect("the shop opens")
    }

    /// The same with somebody who hears each line of its log; none when it ends before the shop is open.
    pub(crate) async fn try_start(
        data: &DataDir,
        variables: &[(&str, &str)],
        hear: impl Fn(&str) + Send + 'static,
    ) -> Option<Self> {
        let mut child = command(data)
            .args(["serve"])
            .env("PORT", "0")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let written = Arc::clone(&log);
        let mut log_lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = log_lines.next_line().await {
                hear(&line);
                written.lock().expect("nobody panics with it").push(line);
            }
        });
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = async {
            while let Some(line) = lines.next_line().await.expect("lines of text") {
                if let Some((_, rest)) = line.split_once("GraphQL     http://") {
                    return Some(rest.trim_end_matches("/graphql").parse().expect("an address"));
                }
            }
            None
        };
        let address = timeout(PATIENCE, address).await.expect("the shop opens in time")?;
        // It goes on writing; nobody reads it here.
        tokio::spawn(async move { while lines.next_line().await.is_ok_and(|line| line.is_some()) {} });
        Some(Self { child, address, log })
    }

    pub(crate) fn guest(&self) -> Client {
        Client::guest(self.address)
    }

    pub(crate) fn http(&self) -> Http {
        Http::new(self.address)
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().expect("nobody panics with it").clone()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("the program runs")
    }

    /// Sends it a signal, such as TERM.
    pub(crate) fn signal(&self, name: &str) {
        signal(&self.id().to_string(), name);
    }

    /// Ends it without a word, as a crash does.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("the program can be killed");
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the program can be looked at").is_some()
    }

    /// Waits until it has ended.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.expect("the program ends in time").expect("its status")
    }
}

/// Runs the program to its end.
pub(crate) async fn run(data: &DataDir, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    run_with_input(data, arguments, variables, "").await
}

/// The same with something to read.
pub(crate) async fn run_with_input(
    data: &DataDir,
    arguments: &[&str],
    variables: &[(&str, &str)],
    input: &str,
) -> Output {
    let mut command = command(data);
    command.args(arguments).envs(variables.iter().copied()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // One that reads nothing may be gone before it was given all.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes()).await;
    timeout(PATIENCE, child.wait_with_output()).await.expect("the program ends in time").expect("its output")
}

/// The program that is built with the tests, or another build of it.
fn program() -> PathBuf {
    std::env::var_os("HOSTILE_SERVER")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_cartograph")), PathBuf::from)
}

/// The program with no setting of the one who runs the tests.
fn command(data: &DataDir) -> Command {
    let mut command = Command::new(program());
    for (variable, _) in std::env::vars() {
        if [
            "DATABASE_",
            "REDIS_",
            "JWT_",
            "SMTP_",
            "MAIL_",
            "STOREFRONT_",
            "CARTOGRAPH_",
            "SHOP_",
            "LOG",
            "HOST",
            "PORT",
            "PUBLIC_URL",
            "TRUSTED_",
            "RATE_LIMIT",
        ]
        .iter()
        .any(|ours| variable.starts_with(ours))
        {
            command.env_remove(variable);
        }
    }
    command.env("DATA_DIR", data.path()).env("LOG", "warn").stdin(Stdio::null());
    command
}

fn signal(pid: &str, name: &str) {
    let sent = std::process::Command::new("kill").args([&format!("-{name}"), pid]).output();
    assert!(sent.is_ok(), "no kill program: {sent:?}");
}
