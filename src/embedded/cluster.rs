//! Creates the cluster, once.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use super::account::{Account, output};
use super::layout::{Layout, sync_dir};
use super::locate::Installation;
use super::{EmbeddedError, NAME};

/// Unfinished clusters are called this plus a random end. The end differs at every start: an
/// `initdb` that outlived its killed cartograph must not write into the cluster of the next.
const UNFINISHED: &str = "postgres.new-";

/// Character classes beyond ASCII for `lower()` and full text search, in the order of preference.
const CHARACTER_TYPES: &[&str] = &["C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8"];

/// The major version that the existing cluster was made with; none when there is no cluster yet.
pub(super) fn major(layout: &Layout) -> Result<Option<u32>, EmbeddedError> {
    let cluster = layout.cluster();
    match fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(version) => {
            version.trim().parse().map(Some).map_err(|_| EmbeddedError::NotACluster { path: cluster })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let empty = fs::read_dir(&cluster).map_or(true, |mut entries| entries.next().is_none());
            if empty { Ok(None) } else { Err(EmbeddedError::NotACluster { path: cluster }) }
        }
        Err(reason) => Err(EmbeddedError::DataDir { path: cluster, reason }),
    }
}

/// Makes sure that the cluster exists; answers with its superuser's password.
///
/// The cluster appears by a rename after everything in it is on disk, so a kill at any moment
/// leaves either none or a whole one.
pub(super) async fn ensure(
    layout: &Layout,
    account: &Account,
    installation: &Installation,
) -> Result<String, EmbeddedError> {
    let failed = |error: std::io::Error| EmbeddedError::Initialise {
        path: layout.cluster(),
        reason: error.to_string(),
    };
    sweep(layout);
    if major(layout)?.is_some() {
        return read_password(layout);
    }
    let password = write_password(layout, account).map_err(failed)?;
    let unfinished = layout.root().join(format!("{UNFINISHED}{:016x}", rand::random::<u64>()));
    DirBuilder::new().mode(0o700).create(&unfinished).map_err(failed)?;
    account.own(&unfinished).map_err(failed)?;

    tracing::info!(cluster = %layout.cluster().display(), major = installation.major, "creating the database cluster");
    let mut initdb = account.command(installation.program("initdb"));
    initdb.arg(option("--pgdata=", &unfinished)).arg(option("--pwfile=", &layout.password()));
    initdb.args(["--username", NAME, "--auth=scram-sha-256", "--data-checksums", "--no-instructions"]);
    // Byte order sorts alike everywhere and in every version of the system's library, whose upgrade
    // would otherwise corrupt indexes.
    initdb.args(["--encoding=UTF8", "--locale=C"]);
    if let Some(locale) = character_type(account).await {
        initdb.arg(format!("--lc-ctype={locale}"));
    }
    let printed = output(&mut initdb).await?;
    if !printed.status.success() {
        let said = String::from_utf8_lossy(&printed.stderr);
        let reason = format!("initdb failed: {}", super::server::last_lines(&said));
        sweep(layout);
        return Err(EmbeddedError::Initialise { path: layout.cluster(), reason });
    }
    fs::rename(&unfinished, layout.cluster()).and_then(|()| sync_dir(layout.root())).map_err(failed)?;
    Ok(password)
}

/// Removes clusters that were never finished. What cannot be removed is only untidy.
fn sweep(layout: &Layout) {
    let Ok(entries) = fs::read_dir(layout.root()) else {
        return;
    };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            continue;
        }
        if let Err(error) = fs::remove_dir_all(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "cannot remove an unfinished cluster");
        }
    }
}

async fn character_type(account: &Account) -> Option<&'static str> {
    let printed = output(account.command("locale").arg("-a")).await.ok()?;
    let known = String::from_utf8_lossy(&printed.stdout).into_owned();
    CHARACTER_TYPES.iter().copied().find(|wanted| known.lines().any(|line| line == *wanted))
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}

pub(super) fn read_password(layout: &Layout) -> Result<String, EmbeddedError> {
    let path = layout.password();
    match fs::read_to_string(&path) {
        Ok(password) if !password.trim().is_empty() => Ok(password.trim().to_owned()),
        Err(reason) if reason.kind() != ErrorKind::NotFound => Err(EmbeddedError::DataDir { path, reason }),
        _ => Err(EmbeddedError::PasswordMissing { path }),
    }
}

/// A new random password, on disk before the cluster that knows it.
fn write_password(layout: &Layout, account: &Account) -> std::io::Result<String> {
    let password: String = rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect();
    let (path, unfinished) = (layout.password(), layout.root().join("postgres.password.new"));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{password}")?;
    file.sync_all()?;
    // The server's account owns it, because `initdb` reads it as that account.
    account.own(&unfinished)?;
    fs::rename(&unfinished, &path)?;
    Ok(password)
}
