//! The copies of the shop's server, each killed and started again as the chaos wants.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;

use crate::support::process::{DataDir, Process};

/// How many copies run.
pub(crate) const COPIES: usize = 2;

/// All copies.
pub(crate) struct Servers {
    settings: Vec<(String, String)>,
    running: tokio::sync::Mutex<Vec<Copy>>,
    /// Where those that run listen.
    addresses: RwLock<[Option<SocketAddr>; COPIES]>,
    /// How often one was killed.
    kills: AtomicUsize,
    log: Arc<Log>,
}

struct Copy {
    data: DataDir,
    process: Option<Process>,
}

/// What all copies have logged, in a file; and what no copy should ever log.
struct Log {
    file: Mutex<File>,
    path: PathBuf,
    panics: Mutex<Vec<String>>,
}

impl Servers {
    /// Starts them all with these settings.
    pub(crate) async fn start(settings: Vec<(String, String)>) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("torture.log");
        let file = Mutex::new(File::create(&path).expect("a file for the log"));
        let servers = Self {
            settings,
            running: tokio::sync::Mutex::default(),
            addresses: RwLock::default(),
            kills: AtomicUsize::new(0),
            log: Arc::new(Log { file, path, panics: Mutex::default() }),
        };
        for copy in 0..COPIES {
            servers.running.lock().await.push(Copy { data: DataDir::new(), process: None });
            servers.restart(copy).await;
        }
        servers
    }

    /// Where one that runs listens, by chance; waits for one when none does.
    pub(crate) async fn any(&self, chances: &mut StdRng) -> SocketAddr {
        loop {
            let running: Vec<SocketAddr> =
                self.addresses.read().expect("nobody panics with it").iter().flatten().copied().collect();
            if !running.is_empty() {
                return running[chances.random_range(0..running.len())];
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Kills one.
    pub(crate) async fn kill(&self, copy: usize) {
        let process = self.running.lock().await[copy].process.take();
        if let Some(mut process) = process {
            self.kills.fetch_add(1, Ordering::Relaxed);
            if process.has_ended() {
                self.log.note_panic("a server had ended by itself");
            }
            process.kill().await;
        }
        // Only now: clients meet a server that is dying.
        self.addresses.write().expect("nobody panics with it")[copy] = None;
    }

    /// Starts one that was killed.
    pub(crate) async fn restart(&self, copy: usize) {
        let mut running = self.running.lock().await;
        let settings: Vec<(&str, &str)> =
            self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let log = Arc::clone(&self.log);
        let hear = move |line: &str| log.hear(copy, line);
        let process = Process::try_start(&running[copy].data, &settings, hear).await;
        let process =
            process.unwrap_or_else(|| panic!("a server does not start: {}", self.log.path.display()));
        self.addresses.write().expect("nobody panics with it")[copy] = Some(process.address);
        running[copy].process = Some(process);
    }

    /// How often one was killed.
    pub(crate) fn kills(&self) -> usize {
        self.kills.load(Ordering::Relaxed)
    }

    /// Where the log is.
    pub(crate) fn log_path(&self) -> String {
        self.log.path.display().to_string()
    }

    /// What no server should ever log.
    pub(crate) fn panics(&self) -> Vec<String> {
        self.log.panics.lock().expect("nobody panics with it").clone()
    }
}

impl Log {
    fn hear(&self, copy: usize, line: &str) {
        if line.contains("panicked") || line.contains("do not add up") || line.contains("does not add up") {
            self.note_panic(line);
        }
        // A log that is cut short is no reason to stop.
        let _ = writeln!(self.file.lock().expect("nobody panics with it"), "{copy} {line}");
    }

    fn note_panic(&self, line: &str) {
        self.panics.lock().expect("nobody panics with it").push(line.to_owned());
    }
}
