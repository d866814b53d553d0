//! The secret that signs access tokens where the operator gave none: in development.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::SecretString;

const FILE: &str = "jwt.secret";
/// 384 bits, written in base64.
const BYTES: usize = 48;
const LETTERS: usize = BYTES / 3 * 4;

/// The secret kept in the data folder, made when there is none: tokens outlive a restart. Copies of the server that start
/// together agree on one, and a crash leaves either a whole secret or none.
pub(crate) fn development_secret(data_dir: &Path) -> anyhow::Result<SecretString> {
    let path = data_dir.join(FILE);
    match fs::read_to_string(&path) {
        Ok(contents) => return checked(&path, contents),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
    create(data_dir, &path).with_context(|| format!("{} cannot be written", path.display()))?;
    let contents = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    checked(&path, contents)
}

/// Writes a new secret aside and links it into place, which fails when another process was first: then theirs is good.
fn create(data_dir: &Path, path: &Path) -> std::io::Result<()> {
    fs::create_dir_all(data_dir)?;
    let aside = data_dir.join(format!("{FILE}.{:016x}", rand::random::<u64>()));
    let written = write_new(&aside).and_then(|()| match fs::hard_link(&aside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&aside)?;
    written?;
    File::open(data_dir)?.sync_all()
}

fn write_new(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; BYTES]>()).as_bytes())?;
    file.sync_all()
}

fn checked(path: &Path, contents: String) -> anyhow::Result<SecretString> {
    if contents.len() != LETTERS {
        bail!("{} is damaged; delete it to get a new one (everyone has to sign in again)", path.display());
    }
    Ok(contents.into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use secrecy::ExposeSecret;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("cartograph-secret-{:016x}", rand::random::<u64>())))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_secret_stays_and_is_the_owners_alone() {
        let folder = Folder::new();
        let made = development_secret(&folder.0).unwrap();
        assert_eq!(made.expose_secret().len(), 64);
        assert_eq!(development_secret(&folder.0).unwrap().expose_secret(), made.expose_secret());
        let mode = fs::metadata(folder.0.join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn all_who_start_together_get_the_same() {
        let folder = Folder::new();
        let secrets: Vec<String> = std::thread::scope(|scope| {
            let start = || development_secret(&folder.0).unwrap().expose_secret().to_owned();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(secrets.iter().all(|secret| *secret == secrets[0]));
    }

    #[test]
    fn a_damaged_secret_is_named_and_not_used() {
        let folder = Folder::new();
        fs::create_dir_all(&folder.0).unwrap();
        fs::write(folder.0.join(FILE), "").unwrap();
        let error = development_secret(&folder.0).unwrap_err().to_string();
        assert!(error.contains("jwt.secret is damaged"), "{error}");
    }
}
