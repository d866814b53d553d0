//! Why the private server could not be started, kept or stopped.

use std::io;
use std::path::{Path, PathBuf};

/// Each variant displays as one line that an operator can act on. Underlying causes are part of
/// that line rather than a chain of sources, so that no report repeats them.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The data folder cannot be created, read or written.
    #[error("cannot use the data folder: {}: {reason}; set DATA_DIR to a folder that you may write to", .path.display())]
    DataDir {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// Another cartograph runs on this data folder.
    #[error("the data folder {} is in use by another cartograph ({holder}); stop that one or set another DATA_DIR", .path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
        /// The other process, for people.
        holder: String,
    },
    /// Started as root, and the account that PostgreSQL has to run as cannot enter the data folder.
    #[error(
        "PostgreSQL does not run as root, and the account it runs as instead (uid {uid}) cannot enter {}, so not the data folder {}; \
         set DATA_DIR to a folder it can reach, such as /var/lib/cartograph",
        .culprit.display(), .path.display()
    )]
    Unreachable {
        /// The data folder.
        path: PathBuf,
        /// The outermost folder on the way to it that the account may not enter.
        culprit: PathBuf,
        /// The account.
        uid: u32,
    },
    /// Started as root on a system without an account to drop to.
    #[error(
        "PostgreSQL does not run as root, and there is no account 'postgres' or 'nobody' to run it as; start cartograph as a normal user"
    )]
    NoAccount,
    /// The cluster belongs to another user.
    #[error("the database in {} belongs to user id {owner}, not to yours ({me}); start cartograph as that user or set another DATA_DIR", .path.display())]
    ForeignCluster {
        /// The cluster.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who we are.
        me: u32,
    },
    /// The folder meant for the cluster holds something else.
    #[error("{} is not empty and not a PostgreSQL cluster (no PG_VERSION); move it away or set another DATA_DIR", .path.display())]
    NotACluster {
        /// The folder.
        path: PathBuf,
    },
    /// The cluster exists, its password does not.
    #[error("{} is missing or empty, and the database beside it cannot be opened without; put the file back from a backup", .path.display())]
    PasswordMissing {
        /// The password file.
        path: PathBuf,
    },
    /// `CARTOGRAPH_PG_BIN` names no usable installation.
    #[error("CARTOGRAPH_PG_BIN={} cannot be used: {reason}", .path.display())]
    Override {
        /// The variable's value.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No usable installation, and none could be downloaded.
    #[error(
        "no usable PostgreSQL: {need}{rejected}, and the download failed ({download}); install it ({hint}), or set DATABASE_URL to a server"
    )]
    NoInstallation {
        /// What would have been usable.
        need: String,
        /// What was found and why it was passed over; empty or starts with a separator.
        rejected: String,
        /// Why the download failed.
        download: String,
        /// The command that installs it here.
        hint: String,
    },
    /// A program could not be run at all.
    #[error("cannot run {program}: {reason}")]
    Command {
        /// The program.
        program: String,
        /// What the system said.
        reason: io::Error,
    },
    /// The cluster could not be created.
    #[error("cannot create the database in {}: {reason}", .path.display())]
    Initialise {
        /// The cluster.
        path: PathBuf,
        /// What `initdb` or the system said.
        reason: String,
    },
    /// There is no place for the server's unix socket.
    #[error("cannot use {} for the database's socket: {reason}", .path.display())]
    Socket {
        /// The folder that was tried.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The server ended while it started.
    #[error("PostgreSQL ended while starting ({status}): {tail} (more in {})", .log.display())]
    Start {
        /// How it ended.
        status: String,
        /// The last lines of its log.
        tail: String,
        /// The whole log.
        log: PathBuf,
    },
    /// The server did not become ready in time.
    #[error("PostgreSQL was not ready after {seconds} s; see {}", .log.display())]
    StartTimeout {
        /// How long we waited.
        seconds: u64,
        /// The server's log.
        log: PathBuf,
    },
    /// The server runs but does not let us in.
    #[error("cannot connect to the private PostgreSQL: {reason}")]
    Connect {
        /// What the server or the driver said.
        reason: String,
    },
    /// The server ended on its own.
    #[error("the private PostgreSQL ended unexpectedly ({status}): {tail} (more in {})", .log.display())]
    Died {
        /// How it ended.
        status: String,
        /// The last lines of its log.
        tail: String,
        /// The whole log.
        log: PathBuf,
    },
    /// The server does not stop.
    #[error("the private PostgreSQL (process {pid}) does not stop: {reason}")]
    Stop {
        /// The server's process.
        pid: u32,
        /// What was tried.
        reason: String,
    },
}

impl EmbeddedError {
    pub(super) fn locked(path: &Path, holder: Option<u32>) -> Self {
        let holder = holder.map_or_else(|| "its process is unknown".into(), |pid| format!("process {pid}"));
        Self::Locked { path: path.to_owned(), holder }
    }

    /// The driver's error with its cause, which it leaves out of its own text.
    pub(super) fn connect(error: tokio_postgres::Error) -> Self {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self::Connect { reason: format!("{error}{cause}") }
    }
}
