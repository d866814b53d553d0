//! What a process has used so far, as Linux tells.

use std::time::Duration;

use crate::support::process::Process;

/// What a process has used so far; nothing where the system does not tell.
pub(super) struct Usage {
    /// Time on a processor, by all threads.
    pub(super) processor: Duration,
    /// Memory that it holds, in bytes.
    pub(super) memory: usize,
}

impl Usage {
    pub(super) fn of(server: &Process) -> Self {
        let process = format!("/proc/{}", server.id());
        let threads = std::fs::read_dir(format!("{process}/task")).into_iter().flatten().flatten();
        let nanos = threads.filter_map(|thread| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        });
        let status = std::fs::read_to_string(format!("{process}/status")).unwrap_or_default();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        Self {
            processor: Duration::from_nanos(nanos.sum()),
            memory: memory.and_then(|kilobytes| kilobytes.parse::<usize>().ok()).unwrap_or_default() * 1024,
        }
    }
}
