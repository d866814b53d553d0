//! Finds a PostgreSQL on this machine.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::EmbeddedError;
use super::account::{Account, output};

/// The oldest major version that the schema and our use of `initdb` are made for.
pub(super) const OLDEST: u32 = 14;

/// A usable installation.
#[derive(Debug, Clone)]
pub(super) struct Installation {
    /// Folder of `postgres`, `initdb` and `pg_ctl`.
    pub(super) bin: PathBuf,
    pub(super) major: u32,
}

impl Installation {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// A search through the usual places, with what it passed over and why.
pub(super) struct Search<'a> {
    account: &'a Account,
    /// The major version of an existing cluster: no other can open it.
    major: Option<u32>,
    /// Several places may lead to one folder.
    seen: HashSet<PathBuf>,
    /// One `folder: reason` each, for the message when nothing is found.
    pub(super) rejected: Vec<String>,
}

impl<'a> Search<'a> {
    pub(super) fn new(account: &'a Account, major: Option<u32>) -> Self {
        Self { account, major, seen: HashSet::new(), rejected: Vec::new() }
    }

    /// The first usable installation: the operator's choice whatever else there is, the system's
    /// newest, one that we downloaded earlier.
    pub(super) async fn run(
        &mut self,
        chosen: Option<&Path>,
        downloads: &Path,
    ) -> Result<Option<Installation>, EmbeddedError> {
        if let Some(path) = chosen {
            let found = self.inspect(path).await;
            return found
                .map(Some)
                .map_err(|reason| EmbeddedError::Override { path: path.to_owned(), reason });
        }
        // Debian, then Red Hat: the only places where a warm start has to look.
        let mut places = numbered(Path::new("/usr/lib/postgresql"), "", "bin");
        places.extend(numbered(Path::new("/usr"), "pgsql-", "bin"));
        if let Some(found) = self.first(places).await {
            return Ok(Some(found));
        }
        let mut places: Vec<PathBuf> =
            self.pg_config("pg_config".as_ref(), "--bindir").await.into_iter().collect();
        places.extend(on_path());
        for homebrew in ["/opt/homebrew/opt", "/usr/local/opt"] {
            places.extend(numbered(Path::new(homebrew), "postgresql@", "bin"));
        }
        places.extend(numbered(Path::new("/Applications/Postgres.app/Contents/Versions"), "", "bin"));
        places.extend(numbered(downloads, "", "bin"));
        Ok(self.first(places).await)
    }

    async fn first(&mut self, places: Vec<PathBuf>) -> Option<Installation> {
        for bin in places {
            if !self.seen.insert(bin.clone()) {
                continue;
            }
            match self.inspect(&bin).await {
                Ok(found) => return Some(found),
                Err(reason) => self.rejected.push(format!("{}: {reason}", bin.display())),
            }
        }
        None
    }

    /// What is in `bin`, or why it cannot be used. Its programs run as the server's account, so one
    /// that this account cannot reach is not usable.
    pub(super) async fn inspect(&self, bin: &Path) -> Result<Installation, String> {
        if let Some(missing) = ["postgres", "initdb", "pg_ctl"].iter().find(|name| !bin.join(name).is_file())
        {
            return Err(format!("there is no program '{missing}' in it"));
        }
        let printed = output(self.account.command(bin.join("postgres")).arg("--version")).await;
        let printed = printed.map_err(|error| error.to_string())?;
        let printed = String::from_utf8_lossy(&printed.stdout);
        let major = parse_major(&printed).ok_or("'postgres --version' does not answer with a version")?;
        if major < OLDEST {
            return Err(format!("it is version {major}, {OLDEST} or newer is needed"));
        }
        if let Some(needed) = self.major.filter(|needed| *needed != major) {
            return Err(format!("it is version {major}, the existing database needs {needed}"));
        }
        if !self.has_trigrams(bin, major).await {
            return Err("it lacks the extension pg_trgm (on some systems a package 'contrib')".into());
        }
        Ok(Installation { bin: bin.to_owned(), major })
    }

    /// Whether the extension that search is built on is there. Asking `pg_config` costs a process,
    /// so the usual layouts come first.
    async fn has_trigrams(&self, bin: &Path, major: u32) -> bool {
        let holds = |share: PathBuf| share.join("extension/pg_trgm.control").is_file();
        holds(bin.join("../share"))
            || holds(bin.join("../share/postgresql"))
            || (bin.starts_with("/usr/lib/postgresql")
                && holds(format!("/usr/share/postgresql/{major}").into()))
            || self.pg_config(&bin.join("pg_config"), "--sharedir").await.is_some_and(holds)
    }

    /// A folder that `pg_config` knows; none where there is no such program.
    async fn pg_config(&self, program: &Path, which: &str) -> Option<PathBuf> {
        let printed = output(self.account.command(program).arg(which)).await.ok()?;
        let line = String::from_utf8(printed.stdout).ok()?;
        Some(PathBuf::from(line.trim_end())).filter(|path| path.is_absolute())
    }
}

/// `parent/<prefix><version>/<below>` for each version there is, the newest first.
fn numbered(parent: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = parse_version(name.to_str()?.strip_prefix(prefix)?)?;
            Some((version, entry.path().join(below)))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, path)| path).collect()
}

/// Folders on PATH that hold a server; links are followed, since an installation finds its files
/// from where it really is.
fn on_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .filter_map(|dir| dir.join("postgres").canonicalize().ok()?.parent().map(Path::to_owned))
        .collect()
}

/// `17` and `17.2.0`, as numbers that compare.
fn parse_version(name: &str) -> Option<Vec<u32>> {
    name.split('.').map(|part| part.parse().ok()).collect()
}

/// The major version in `postgres (PostgreSQL) 15.14 (Debian 15.14-0)`, `… 17beta1` or so.
fn parse_major(printed: &str) -> Option<u32> {
    let version = printed.split("(PostgreSQL) ").nth(1)?;
    let end = version.find(|character: char| !character.is_ascii_digit()).unwrap_or(version.len());
    version[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_releases_and_previews() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(parse_major("postgres (PostgreSQL) 18"), Some(18));
        assert_eq!(parse_major("postgres (PostgreSQL) devel"), None);
        assert_eq!(parse_major("psql 15"), None);
    }

    #[test]
    fn the_newest_of_numbered_folders_comes_first_and_others_are_left_out() {
        let parent = std::env::temp_dir().join(format!("cartograph-locate-{}", std::process::id()));
        for name in ["pg@9", "pg@17", "pg@16.4", "pg@16.10", "pg@latest", "other@18"] {
            std::fs::create_dir_all(parent.join(name)).expect("a scratch folder");
        }
        let found = numbered(&parent, "pg@", "bin");
        std::fs::remove_dir_all(&parent).expect("the scratch folder goes");
        let expected: Vec<_> = ["pg@17", "pg@16.10", "pg@16.4", "pg@9"]
            .iter()
            .map(|name| parent.join(name).join("bin"))
            .collect();
        assert_eq!(found, expected);
    }
}
