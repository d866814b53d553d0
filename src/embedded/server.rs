//! Starts, adopts, watches and stops the server's process.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio::time::sleep;

use super::EmbeddedError;
use super::account::{Account, output};
use super::layout::Layout;
use super::locate::Installation;
use super::postmaster::{self, Identity, PidFile, identify, was_started_with};
use super::{settings, socket};

/// Waiting for a server to become ready: short, since an ordinary start takes a tenth of a second.
const READY_POLL: Duration = Duration::from_millis(5);
/// Watching a server that is not our child, which cannot be waited for.
const WATCH_POLL: Duration = Duration::from_millis(250);
/// Long, since a server that was killed replays its log first.
const READY_LIMIT: Duration = Duration::from_secs(300);
/// A fast shutdown ends sessions and writes a checkpoint.
const FAST_STOP_LIMIT: Duration = Duration::from_secs(20);
const IMMEDIATE_STOP_LIMIT: Duration = Duration::from_secs(10);
/// Each but the first answers a race that a killed predecessor can leave.
const ATTEMPTS: u32 = 3;
/// The log is moved aside at a start that finds it larger, in bytes.
const LOG_LIMIT: u64 = 8 * 1024 * 1024;
/// How much of the log's end is worth a look for an error message, in bytes.
const LOG_TAIL: u64 = 4096;

/// A running server, which outlives this value unless it is stopped.
#[derive(Debug)]
pub(super) struct Server {
    pid: u32,
    /// None for an adopted server.
    child: Option<Child>,
    account: Account,
    installation: Installation,
    cluster: PathBuf,
    log: PathBuf,
    /// Where the log ended before this server wrote to it.
    log_start: u64,
}

impl Server {
    /// A ready server: the one that still runs on this cluster if it has our options, else a new
    /// one.
    pub(super) async fn adopt_or_spawn(
        layout: &Layout,
        account: Account,
        installation: Installation,
        socket_dir: &Path,
    ) -> Result<Self, EmbeddedError> {
        let cluster = layout.cluster();
        let arguments = settings::arguments(&cluster, socket_dir);
        let mut server = Self {
            pid: 0,
            child: None,
            account,
            installation,
            log_start: fs::metadata(layout.log()).map_or(0, |found| found.len()),
            log: layout.log(),
            cluster,
        };
        let mut attempt = 1;
        loop {
            match server.attempt(&arguments, socket_dir).await {
                Ok(()) => return Ok(server),
                // The server we found was stopping, or one that was about to start when its
                // cartograph was killed won over ours.
                Err(EmbeddedError::Start { .. })
                    if attempt < ATTEMPTS && (server.is_adopted() || server.left_behind().is_some()) => {}
                Err(error) => {
                    // The reason why it did not start is worth more than the news that it does not
                    // stop either.
                    let _ = server.stop().await;
                    return Err(error);
                }
            }
            attempt += 1;
        }
    }

    /// Adopts what runs and fits, stops what runs and does not, and starts where nothing is left
    /// running.
    async fn attempt(&mut self, arguments: &[OsString], socket_dir: &Path) -> Result<(), EmbeddedError> {
        self.child = None;
        if let Some(pid) = self.left_behind() {
            self.pid = pid;
            if was_started_with(&self.cluster, arguments) {
                return self.wait_until_ready(None).await;
            }
            tracing::info!(pid, "stopping a server that was started with other options");
            self.stop().await?;
        }
        let stale = PidFile::read(&self.cluster);
        if let Some(file) = &stale
            && identify(file.pid, &self.cluster).is_over()
        {
            postmaster::disown(&self.cluster, file.pid)
                .and_then(|()| socket::clear(socket_dir))
                .map_err(|reason| EmbeddedError::DataDir { path: self.cluster.clone(), reason })?;
        }
        self.spawn(arguments)?;
        self.wait_until_ready(stale).await
    }

    pub(super) fn is_adopted(&self) -> bool {
        self.child.is_none()
    }

    /// The process of a server that a killed cartograph left on this cluster.
    fn left_behind(&self) -> Option<u32> {
        let PidFile { pid, .. } = PidFile::read(&self.cluster)?;
        (identify(pid, &self.cluster) == Identity::Server).then_some(pid)
    }

    fn spawn(&mut self, arguments: &[OsString]) -> Result<(), EmbeddedError> {
        let (log, second) =
            self.open_log().map_err(|reason| EmbeddedError::DataDir { path: self.log.clone(), reason })?;
        let program = self.installation.program("postgres");
        let mut command = self.account.command(&program);
        // A process group of its own: Ctrl-C in the terminal is for us, and the database stops
        // after the last request, not before.
        command.args(arguments).stdout(log).stderr(second).process_group(0);
        let child = command.spawn().map_err(|reason| EmbeddedError::Command {
            program: program.to_string_lossy().into_owned(),
            reason,
        })?;
        self.pid = child.id().unwrap_or_default();
        self.child = Some(child);
        Ok(())
    }

    /// The log for standard output and error. It may quote statements, hence private.
    fn open_log(&mut self) -> std::io::Result<(File, File)> {
        if fs::metadata(&self.log).is_ok_and(|found| found.len() > LOG_LIMIT) {
            fs::rename(&self.log, self.log.with_extension("log.1"))?;
        }
        let log = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.log)?;
        self.log_start = log.metadata()?.len();
        Ok((log.try_clone()?, log))
    }

    /// Waits for the server's own word that it accepts connections; asking by connecting would fill
    /// its log with refusals. `stale` is the word of an earlier server, which is overwritten soon.
    async fn wait_until_ready(&mut self, stale: Option<PidFile>) -> Result<(), EmbeddedError> {
        let began = Instant::now();
        let mut told = false;
        while began.elapsed() < READY_LIMIT {
            let word = PidFile::read(&self.cluster);
            if word != stale && word.is_some_and(|word| word.pid == self.pid && word.ready) {
                return Ok(());
            }
            if let Some(status) = self.ended() {
                return Err(EmbeddedError::Start { status, tail: self.log_tail(), log: self.log.clone() });
            }
            if !told && began.elapsed() > Duration::from_secs(5) {
                told = true;
                tracing::info!(
                    "PostgreSQL is still starting; after an unclean stop it replays its log first"
                );
            }
            sleep(READY_POLL).await;
        }
        Err(EmbeddedError::StartTimeout { seconds: READY_LIMIT.as_secs(), log: self.log.clone() })
    }

    /// How the server ended; none while it runs.
    fn ended(&mut self) -> Option<String> {
        match &mut self.child {
            Some(child) => match child.try_wait() {
                Ok(status) => status.map(|status| status.to_string()),
                Err(error) => Some(error.to_string()),
            },
            None => {
                (identify(self.pid, &self.cluster) != Identity::Server).then(|| "its process is gone".into())
            }
        }
    }

    /// Waits for an end that nobody asked for.
    pub(super) async fn died(&mut self) -> EmbeddedError {
        let status = loop {
            if let Some(status) = self.ended() {
                break status;
            }
            match &mut self.child {
                Some(child) => _ = child.wait().await,
                None => sleep(WATCH_POLL).await,
            }
        };
        EmbeddedError::Died { status, tail: self.log_tail(), log: self.log.clone() }
    }

    /// A fast shutdown, then an immediate one. A server that ended already is stopped.
    pub(super) async fn stop(&mut self) -> Result<(), EmbeddedError> {
        for (signal, limit) in [("INT", FAST_STOP_LIMIT), ("QUIT", IMMEDIATE_STOP_LIMIT)] {
            if self.ended().is_some() {
                return Ok(());
            }
            self.signal(signal).await?;
            if self.wait_for_end(limit).await {
                return Ok(());
            }
            tracing::warn!(pid = self.pid, signal, seconds = limit.as_secs(), "PostgreSQL has not stopped");
        }
        Err(EmbeddedError::Stop {
            pid: self.pid,
            reason: "neither a fast nor an immediate shutdown ended it".into(),
        })
    }

    async fn wait_for_end(&mut self, limit: Duration) -> bool {
        let began = Instant::now();
        while self.ended().is_none() {
            if began.elapsed() > limit {
                return false;
            }
            sleep(READY_POLL).await;
        }
        true
    }

    /// Signals the server through `pg_ctl`, which is always beside it; a `kill` program is not on
    /// every system.
    async fn signal(&mut self, signal: &str) -> Result<(), EmbeddedError> {
        let mut pg_ctl = self.account.command(self.installation.program("pg_ctl"));
        let printed = output(pg_ctl.args(["kill", signal, &self.pid.to_string()])).await?;
        if printed.status.success() || self.ended().is_some() {
            return Ok(());
        }
        let reason = last_lines(&String::from_utf8_lossy(&printed.stderr));
        Err(EmbeddedError::Stop { pid: self.pid, reason })
    }

    /// What this server last wrote, as one line.
    fn log_tail(&self) -> String {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut log = File::open(&self.log)?;
            let length = log.metadata()?.len();
            log.seek(SeekFrom::Start(self.log_start.max(length.saturating_sub(LOG_TAIL))))?;
            let mut text = Vec::new();
            log.read_to_end(&mut text)?;
            Ok(text)
        };
        let text = read().unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&text))
    }
}

/// The last lines of a program's output as one line: the errors among them, or the last three when
/// none says what it is.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let telling =
        |line: &&&str| ["FATAL:", "PANIC:", "error:", "HINT:"].iter().any(|mark| line.contains(mark));
    let errors: Vec<&str> = lines.iter().filter(telling).copied().collect();
    let chosen = if errors.is_empty() { lines } else { errors };
    let chosen = &chosen[chosen.len().saturating_sub(3)..];
    if chosen.is_empty() { "it wrote nothing".into() } else { chosen.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_picked_out_of_the_log() {
        let log = "2026 LOG:  starting\n2026 FATAL:  could not create lock file\n2026 LOG:  shut down\n\n";
        assert_eq!(last_lines(log), "2026 FATAL:  could not create lock file");
        assert_eq!(last_lines("one\ntwo\nthree\nfour\n"), "two; three; four");
        assert_eq!(last_lines("\n"), "it wrote nothing");
    }
}
