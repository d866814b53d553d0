//! A PostgreSQL of the torture's own, to be crashed.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio_postgres::NoTls;

/// The server, in a folder of its own. Both are gone when dropped.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub(crate) async fn start() -> Self {
        let found = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/find-postgres.sh"));
        let programs = PathBuf::from(output(found).trim());
        let folder = std::env::temp_dir().join(format!("cartograph-torture-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        if let Some((user, group)) = owner() {
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("a folder for PostgreSQL");
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut postgres = Self { programs, folder, port, process: None };
        let mut made = postgres.program("initdb");
        made.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        made.args(["--lc-ctype=C.UTF-8", "--no-sync", "--no-instructions", "--pgdata"]);
        made.arg(postgres.data());
        output(made);
        postgres.restart().await;
        postgres
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// A connection beside those of the shop.
    pub(crate) async fn connect(&self) -> tokio_postgres::Client {
        self.try_connect().await.expect("PostgreSQL answers")
    }

    /// Ends it as a crash does: without writing down anything more, all connections cut.
    pub(crate) fn crash(&mut self) {
        self.end("QUIT");
    }

    /// Ends it as an operator does who does not wait for connections.
    pub(crate) fn stop(&mut self) {
        self.end("INT");
    }

    /// Starts it where it was, and waits until it has recovered.
    pub(crate) async fn restart(&mut self) {
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data());
        // What a crash of the machine would lose may be lost here; what a crash of the server would, may not.
        for setting in ["fsync=off", "full_page_writes=off", "max_connections=150", "timezone=UTC", "jit=off"]
        {
            server.args(["-c", setting]);
        }
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c"]);
        server.arg(format!("port={}", self.port));
        server.stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(server.spawn().expect("PostgreSQL can be started"));
        for _ in 0..600 {
            if self.try_connect().await.is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("PostgreSQL does not start");
    }

    async fn try_connect(&self) -> Option<tokio_postgres::Client> {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.ok()?;
        tokio::spawn(connection);
        Some(client)
    }

    fn end(&mut self, signal: &str) {
        let Some(mut process) = self.process.take() else { return };
        let sent = Command::new("kill").args([&format!("-{signal}"), &process.id().to_string()]).status();
        assert!(sent.is_ok_and(|sent| sent.success()), "PostgreSQL is gone already");
        process.wait().expect("PostgreSQL ends");
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder).stdin(Stdio::null());
        if let Some((user, group)) = owner() {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.end("QUIT");
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Whose PostgreSQL is where we are root, as whom it does not run.
fn owner() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| {
        let mut command = Command::new("id");
        command.args(arguments).stderr(Stdio::null());
        command.output().ok().and_then(|output| String::from_utf8_lossy(&output.stdout).trim().parse().ok())
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
}

fn output(mut command: Command) -> String {
    let output = command.output().expect("it can be run");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a text")
}
