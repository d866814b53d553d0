//! Where a file comes from: a path, the binary itself, or memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::problem::FileProblem;

/// A CSV file. It is read twice, so it cannot be a pipe.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file on disk.
    File(PathBuf),
    /// A file compiled into the binary.
    Embedded {
        /// What to call it in messages.
        name: &'static str,
        /// Its contents.
        bytes: &'static [u8],
    },
    /// A file that was made just now.
    Memory {
        /// What to call it in messages.
        name: &'static str,
        /// Its contents.
        bytes: Arc<[u8]>,
    },
}

impl Source {
    /// What messages call the file.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Embedded { name, .. } | Self::Memory { name, .. } => (*name).to_owned(),
        }
    }

    /// Its name without the folders.
    pub(super) fn file_name(&self) -> String {
        match self {
            Self::File(path) => {
                path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            }
            Self::Embedded { name, .. } | Self::Memory { name, .. } => (*name).to_owned(),
        }
    }

    /// Opens it at its beginning.
    pub(super) fn open(&self) -> Result<Box<dyn Read + Send>, FileProblem> {
        match self {
            Self::Embedded { bytes, .. } => Ok(Box::new(*bytes)),
            Self::Memory { bytes, .. } => Ok(Box::new(io::Cursor::new(bytes.clone()))),
            Self::File(path) => {
                let file = File::open(path).map_err(FileProblem::Unreadable)?;
                if file.metadata().map_err(FileProblem::Unreadable)?.is_file() {
                    Ok(Box::new(file))
                } else {
                    let kind = io::Error::other("it is not a regular file, and it has to be read twice");
                    Err(FileProblem::Unreadable(kind))
                }
            }
        }
    }
}
