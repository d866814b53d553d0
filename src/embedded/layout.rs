//! What lies where in the data folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::EmbeddedError;

/// Paths below the data folder, which exists, is absolute and holds no symbolic link.
#[derive(Debug)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Creates the folder where it is missing.
    pub(super) fn open(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let failed = |reason| EmbeddedError::DataDir { path: data_dir.to_owned(), reason };
        if !data_dir.exists() {
            fs::create_dir_all(data_dir).map_err(failed)?;
            // Created by root, it must let the unprivileged server through whatever the umask; a
            // user's own stays private.
            let by_root = fs::metadata(data_dir).map_err(failed)?.uid() == 0;
            let mode = if by_root { 0o755 } else { 0o700 };
            fs::set_permissions(data_dir, Permissions::from_mode(mode)).map_err(failed)?;
        }
        let root = fs::canonicalize(data_dir).map_err(failed)?;
        Ok(Self { root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The cluster (PostgreSQL's "data directory").
    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// The superuser's password.
    pub(super) fn password(&self) -> PathBuf {
        self.root.join("postgres.password")
    }

    /// What the server writes to its standard error.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("cartograph.lock")
    }

    /// Downloaded installations, one folder per version.
    pub(super) fn downloads(&self) -> PathBuf {
        self.root.join("postgresql-dist")
    }
}

/// Makes a created or renamed entry of `dir` survive a power cut.
pub(super) fn sync_dir(dir: &Path) -> std::io::Result<()> {
    fs::File::open(dir)?.sync_all()
}
