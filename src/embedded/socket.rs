//! Where the server's unix socket lies.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::EmbeddedError;
use super::account::Account;
use super::layout::Layout;

/// Longest path of a unix socket, without the closing NUL.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// What the server appends to the folder: `/.s.PGSQL.5432`.
const FILE_NAME_LENGTH: usize = "/.s.PGSQL.5432".len();

/// The server's own lock beside its socket.
const LOCK_FILE: &str = ".s.PGSQL.5432.lock";

/// The private folder for the socket: `run` in the data folder, or, where that path is too long for
/// a socket, one in the system's folder for temporary files that is the same at every start.
pub(super) fn prepare(layout: &Layout, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let failed = |reason: std::io::Error| EmbeddedError::Socket {
        path: layout.root().to_owned(),
        reason: reason.to_string(),
    };
    let found = std::fs::metadata(layout.root()).map_err(failed)?;
    let name = format!("cartograph-{:x}-{:x}", found.dev(), found.ino());
    let candidates =
        [layout.root().join("run"), std::env::temp_dir().join(&name), Path::new("/tmp").join(&name)];
    let Some(dir) = candidates.into_iter().find(|dir| fits(dir)) else {
        return Err(EmbeddedError::Socket {
            path: layout.root().to_owned(),
            reason: format!("the path is longer than {LONGEST_PATH} bytes"),
        });
    };
    make_private(&dir, account)?;
    Ok(dir)
}

fn fits(dir: &Path) -> bool {
    dir.as_os_str().len() + FILE_NAME_LENGTH <= LONGEST_PATH
}

/// Creates the folder for the account alone, or checks that it is exactly that: others may create
/// names in a shared folder first.
fn make_private(dir: &Path, account: &Account) -> Result<(), EmbeddedError> {
    let failed = |reason: String| EmbeddedError::Socket { path: dir.to_owned(), reason };
    match DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(failed(error.to_string()));
        }
        _ => {}
    }
    let found = std::fs::symlink_metadata(dir).map_err(|error| failed(error.to_string()))?;
    if !found.is_dir() || !account.may_take(found.uid()) || found.mode() & 0o077 != 0 {
        return Err(failed(
            "it is not a folder that only the database's account may enter; remove it".into(),
        ));
    }
    account.own(dir).map_err(|error| failed(error.to_string()))
}

/// Removes what a server that is gone left in its socket folder: like `postmaster.pid`, the lock
/// there stops a new server where the old process number is taken.
pub(super) fn clear(dir: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(dir.join(LOCK_FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// A path as the host part of a connection URL.
pub(super) fn percent_encode(path: &Path) -> String {
    let mut encoded = String::new();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_folder_leaves_room_for_the_file() {
        let longest = LONGEST_PATH - FILE_NAME_LENGTH;
        assert!(fits(Path::new(&format!("/{}", "x".repeat(longest - 1)))));
        assert!(!fits(Path::new(&format!("/{}", "x".repeat(longest)))));
    }
}
