//! One cartograph per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};

use super::EmbeddedError;
use super::layout::Layout;

/// The data folder's lock. The kernel releases it with the process, however that ends, so it is
/// never stale; the number inside is only for the message that the next one shows.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn acquire(layout: &Layout) -> Result<Self, EmbeddedError> {
        let path = layout.lock();
        let failed = |reason| EmbeddedError::DataDir { path: path.clone(), reason };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Unreadable or still being written: the message does without the number.
                let _ = file.read_to_string(&mut holder);
                return Err(EmbeddedError::locked(layout.root(), holder.trim().parse().ok()));
            }
            Err(TryLockError::Error(reason)) => return Err(failed(reason)),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
        Ok(Self { _file: file })
    }
}
