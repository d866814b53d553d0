//! What a server says about itself: the file `postmaster.pid` in its cluster, and its process.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

const FILE: &str = "postmaster.pid";

/// Larger than any process number that a system gives out.
const NOBODY: &str = "2147483647";

/// The lines of `postmaster.pid` that matter here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: u32,
    /// Unix time; tells two servers with the same process number apart, which is the rule in a
    /// container that restarts.
    started: u64,
    /// Accepting connections.
    pub(super) ready: bool,
}

impl PidFile {
    /// None where there is no server, or one that has only begun to start.
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join(FILE)).ok()?)
    }

    /// Line 1 is the process, line 3 the time, line 8 the state, which is missing for a moment at
    /// start. A negative process number belongs to a server in single-user mode, which serves
    /// nobody.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let pid = lines.first()?.parse().ok()?;
        let started = lines.get(2)?.parse().ok()?;
        Some(Self { pid, started, ready: lines.get(7) == Some(&"ready") })
    }
}

/// Marks the file of server `pid`, which is known to be gone, as nobody's.
///
/// PostgreSQL clears its stale file by itself, unless the process number in it is taken: by another
/// process of the same account, or by the dead server itself where nobody collects orphans (a
/// container without an init). It then refuses to start. The rest of the file stays, because with
/// it PostgreSQL checks that no orphaned session still uses the old server's memory.
pub(super) fn disown(cluster: &Path, pid: u32) -> std::io::Result<()> {
    let path = cluster.join(FILE);
    let text = fs::read_to_string(&path)?;
    // Another number is a server that has started since.
    let Some(rest) = text.strip_prefix(&format!("{pid}\n")) else {
        return Ok(());
    };
    // In one write over the old text, which is never longer: an emptied file would stop PostgreSQL
    // for good.
    OpenOptions::new().write(true).open(&path)?.write_all(format!("{NOBODY}\n{rest}").as_bytes())
}

/// What a process is to a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// Its server.
    Server,
    /// A living process, and surely not its server: the number was given out again.
    Stranger,
    /// A PostgreSQL process of which we cannot tell.
    Unclear,
    Gone,
}

impl Identity {
    /// Whether the server is gone for certain.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Stranger | Self::Gone)
    }
}

/// Tells whether `pid` is the server of `cluster`.
pub(super) fn identify(pid: u32, cluster: &Path) -> Identity {
    let Some(command) = command_line(pid) else {
        return Identity::Gone;
    };
    let identity = judge(&command, &cluster.to_string_lossy());
    if identity != Identity::Unclear {
        return identity;
    }
    // Every PostgreSQL process works in the folder of its cluster, but not everyone may see where.
    match fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(folder) if folder == cluster => Identity::Server,
        Ok(_) => Identity::Stranger,
        Err(_) => Identity::Unclear,
    }
}

/// Judges by the command line alone.
fn judge(command: &[String], cluster: &str) -> Identity {
    let program = command.first().map_or("", String::as_str);
    if !program.contains("postgres") && !program.contains("postmaster") {
        return Identity::Stranger;
    }
    // In one piece where the system gives it as one piece (macOS), else word by word.
    let ours = command.windows(2).any(|pair| pair[0] == "-D" && pair[1] == cluster)
        || program.contains(&format!(" -D {cluster} "));
    if ours { Identity::Server } else { Identity::Unclear }
}

/// The words a living process was started with; none for one that ended, reaped or not.
#[cfg(target_os = "linux")]
fn command_line(pid: u32) -> Option<Vec<String>> {
    let text = fs::read(format!("/proc/{pid}/cmdline")).ok().filter(|text| !text.is_empty())?;
    Some(text.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect())
}

/// The same as one word, which is all that `ps` tells.
#[cfg(not(target_os = "linux"))]
fn command_line(pid: u32) -> Option<Vec<String>> {
    let printed = std::process::Command::new("ps")
        .args(["-ww", "-o", "args=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    let line = String::from_utf8_lossy(&printed.stdout).trim().to_owned();
    (!line.is_empty()).then(|| vec![line])
}

/// Whether the cluster's server was started with exactly these arguments. The server keeps its
/// command line in `postmaster.opts`: the program, then each argument in quotes, unescaped.
pub(super) fn was_started_with(cluster: &Path, arguments: &[std::ffi::OsString]) -> bool {
    let expected: String =
        arguments.iter().map(|argument| format!(" \"{}\"", argument.to_string_lossy())).collect();
    fs::read(cluster.join("postmaster.opts"))
        .is_ok_and(|text| String::from_utf8_lossy(&text).trim_end_matches('\n').ends_with(&expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &str =
        "4711\n/data/postgres\n1763712934\n5432\n/data/run\n\n  5432001     32768\nready   \n";

    #[test]
    fn the_state_is_read_once_it_is_there() {
        assert_eq!(PidFile::parse(READY), Some(PidFile { pid: 4711, started: 1_763_712_934, ready: true }));
        let starting = READY.replace("ready   ", "starting");
        assert_eq!(
            PidFile::parse(&starting),
            Some(PidFile { pid: 4711, started: 1_763_712_934, ready: false })
        );
        assert_eq!(PidFile::parse("4711\n/data/postgres\n"), None, "only begun");
        assert_eq!(PidFile::parse(&READY.replace("4711", "-4711")), None, "single-user mode");
        assert_eq!(PidFile::parse(""), None);
    }

    #[test]
    fn a_disowned_file_names_a_process_that_cannot_be_and_keeps_the_rest() {
        let cluster = std::env::temp_dir().join(format!("cartograph-postmaster-{}", std::process::id()));
        fs::create_dir_all(&cluster).expect("a scratch folder");
        fs::write(cluster.join(FILE), READY).expect("a stale file");
        disown(&cluster, 815).expect("the file is readable");
        assert_eq!(
            fs::read_to_string(cluster.join(FILE)).expect("it is still there"),
            READY,
            "another server's"
        );
        disown(&cluster, 4711).expect("the file is ours");
        let text = fs::read_to_string(cluster.join(FILE)).expect("it is still there");
        fs::remove_dir_all(&cluster).expect("the scratch folder goes");
        assert_eq!(text, READY.replace("4711", NOBODY));
    }

    #[test]
    fn a_number_given_out_again_is_not_taken_for_the_server() {
        let words = |line: &str| line.split('|').map(str::to_owned).collect::<Vec<_>>();
        let judge = |line| judge(&words(line), "/data/postgres");
        assert_eq!(
            judge("/usr/lib/postgresql/15/bin/postgres|-D|/data/postgres|-c|fsync=on"),
            Identity::Server
        );
        assert_eq!(judge("/opt/bin/postgres -D /data/postgres -c fsync=on"), Identity::Server);
        assert_eq!(judge("/usr/bin/vim|-D|/data/postgres"), Identity::Stranger);
        assert_eq!(judge("/usr/lib/postgresql/15/bin/postgres|-D|/data/postgres2"), Identity::Unclear);
        assert_eq!(judge("postgres: 15/main: checkpointer "), Identity::Unclear);
    }
}
