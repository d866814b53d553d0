//! Letters as files, where no SMTP server is configured: a folder of `.eml`, oldest first by name.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lettre::Message;
use uuid::Uuid;

use super::{MailError, Mailer};

/// Writes letters to files that only the server's account can read: there are tokens in them.
pub(super) struct Spool {
    folder: PathBuf,
}

impl Spool {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl Mailer for Spool {
    fn take<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), MailError>> {
        let (folder, contents) = (self.folder.clone(), message.formatted());
        async move {
            let written = tokio::task::spawn_blocking(move || write(&folder, &contents)).await;
            match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => {
                    Err(MailError::NotNow(format!("the letter cannot be written to a file: {error}")))
                }
                Err(error) => Err(MailError::NotNow(format!("writing a letter was interrupted: {error}"))),
            }
        }
        .boxed()
    }
}

/// Writes the file aside and renames it into place: whoever watches the folder finds whole letters only.
fn write(folder: &Path, contents: &[u8]) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let name = Uuid::now_v7();
    let (aside, place) = (folder.join(format!(".{name}")), folder.join(format!("{name}.eml")));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&aside, &place)?;
    File::open(folder)?.sync_all()
}
