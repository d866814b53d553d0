//! How fast a client's messages are read.

use std::time::{Duration, Instant};

/// How often a message is read from a client that sends without pause: a hundred a second.
const EVERY: Duration = Duration::from_millis(10);
/// How many are read at once from one that paused before: a page that opens starts all its operations together.
const BURST: u32 = 200;

/// Tells when the next message may be read. A flood is slowed down before it is refused: what is not read fills the
/// client's own buffers, and its messages arrive late, but all of them.
#[derive(Debug)]
pub(super) struct Pace {
    /// When the messages read so far would have come, had they come one every [`EVERY`].
    due: Instant,
}

impl Pace {
    /// Of a client that has said nothing so far.
    pub(super) fn new(now: Instant) -> Self {
        Self { due: now }
    }

    /// How long the next message has to wait.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.due.saturating_duration_since(now).saturating_sub(EVERY * (BURST - 1))
    }

    /// Takes down that a message was read.
    pub(super) fn count(&mut self, now: Instant) {
        self.due = self.due.max(now) + EVERY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_read_at_once_and_a_flood_slowly() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        for _ in 0..BURST {
            assert_eq!(pace.wait(start), Duration::ZERO);
            pace.count(start);
        }
        for _ in 0..3 {
            assert_eq!(pace.wait(start + pace.wait(start)), Duration::ZERO);
            let now = start + pace.wait(start);
            pace.count(now);
        }
        assert_eq!(pace.wait(start), EVERY * 4);
        assert_eq!(pace.wait(start + Duration::from_mins(1)), Duration::ZERO);
    }
}
