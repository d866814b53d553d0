//! The system account that the server's processes run as.
//!
//! PostgreSQL refuses to run as root. Started by root, cartograph keeps its own rights and gives
//! them up only in the processes of the server.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::process::Command;

use super::EmbeddedError;
use super::layout::Layout;

/// Variables a PostgreSQL program may need. All others are withheld: ours hold secrets, and
/// `PGPORT` and its kin of the operator are meant for another server.
const INHERITED: &[&str] = &["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// Accounts to drop root's rights to, the best first.
const UNPRIVILEGED: &[&str] = &["postgres", "nobody"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    gid: u32,
    /// Whether we are root and the processes must switch to `uid` and `gid`.
    switch: bool,
}

impl Account {
    /// Ourselves; as root, the owner of an existing cluster, else the first of [`UNPRIVILEGED`].
    pub(super) async fn choose(layout: &Layout) -> Result<Self, EmbeddedError> {
        let me = own_id("-u").await?;
        let cluster = layout.cluster();
        let owner = std::fs::metadata(&cluster).ok().map(|found| (found.uid(), found.gid()));
        if me != 0 {
            return match owner {
                Some((uid, _)) if uid != me => {
                    Err(EmbeddedError::ForeignCluster { path: cluster, owner: uid, me })
                }
                _ => Ok(Self { uid: me, gid: own_id("-g").await?, switch: false }),
            };
        }
        if let Some((uid, gid)) = owner.filter(|(uid, _)| *uid != 0) {
            return Ok(Self { uid, gid, switch: true });
        }
        for name in UNPRIVILEGED {
            if let (Some(uid), Some(gid)) = (id(&["-u", name]).await?, id(&["-g", name]).await?) {
                return Ok(Self { uid, gid, switch: true });
            }
        }
        Err(EmbeddedError::NoAccount)
    }

    /// A command that runs as this account, in a clean environment and with nothing to read.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("TZ", "UTC").current_dir("/").stdin(Stdio::null());
        command.envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        if self.switch {
            // Setting the user id as root also clears root's supplementary groups
            // (`CommandExt::uid`).
            command.gid(self.gid).uid(self.uid);
        }
        command
    }

    /// Gives `path` to this account; a no-op for our own.
    pub(super) fn own(&self, path: &Path) -> std::io::Result<()> {
        if self.switch { chown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Whether a private folder owned by `uid` is this account's, or one that root was about to
    /// hand over.
    pub(super) fn may_take(&self, uid: u32) -> bool {
        uid == self.uid || (self.switch && uid == 0)
    }

    /// Checks that the account can enter `dir`: root can go where the account cannot.
    pub(super) async fn check_reach(&self, dir: &Path) -> Result<(), EmbeddedError> {
        if !self.switch {
            return Ok(());
        }
        // Entering the folder is the test (the kernel knows access lists); mode bits only serve to
        // name the culprit.
        let entered = self.command("true").current_dir(dir).status().await;
        match entered {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let culprit = dir.ancestors().filter(|parent| !self.may_enter(parent)).last();
                let culprit: PathBuf = culprit.unwrap_or(dir).to_owned();
                Err(EmbeddedError::Unreachable { path: dir.to_owned(), culprit, uid: self.uid })
            }
            Err(reason) => Err(EmbeddedError::Command { program: "true".into(), reason }),
            Ok(_) => Ok(()),
        }
    }

    fn may_enter(&self, dir: &Path) -> bool {
        let Ok(found) = std::fs::metadata(dir) else {
            return false;
        };
        let bit = match (found.uid() == self.uid, found.gid() == self.gid) {
            (true, _) => 0o100,
            (false, true) => 0o010,
            (false, false) => 0o001,
        };
        found.permissions().mode() & bit != 0
    }
}

/// Runs a command to its end and captures what it prints.
pub(super) async fn output(command: &mut Command) -> Result<Output, EmbeddedError> {
    command.kill_on_drop(true).output().await.map_err(|reason| EmbeddedError::Command {
        program: command.as_std().get_program().to_string_lossy().into_owned(),
        reason,
    })
}

async fn own_id(which: &str) -> Result<u32, EmbeddedError> {
    id(&[which]).await?.ok_or_else(|| EmbeddedError::Command {
        program: format!("id {which}"),
        reason: std::io::Error::other("it printed no number"),
    })
}

/// What `id` prints for `arguments`, or none for an account that does not exist.
async fn id(arguments: &[&str]) -> Result<Option<u32>, EmbeddedError> {
    let printed = output(Command::new("id").args(arguments)).await?;
    Ok(String::from_utf8_lossy(&printed.stdout).trim().parse().ok().filter(|_| printed.status.success()))
}
