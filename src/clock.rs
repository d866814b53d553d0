//! What time it is: the system's clock, or in tests one that is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

/// The source of every timestamp the application makes itself. (Rows take theirs from PostgreSQL.)
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// How far the clock is ahead of the system's, in milliseconds. Shared, so that a test can move a running server's.
    offset: Arc<AtomicI64>,
    /// Wakes those who wait for a moment when the clock was moved.
    moved: Arc<Notify>,
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::milliseconds(self.offset.load(Ordering::Relaxed))
    }

    /// Moves the clock on. Tests let tokens expire with it.
    pub fn advance(&self, by: TimeDelta) {
        self.offset.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
        self.moved.notify_waiters();
    }

    /// Waits until it is that time, or later.
    pub async fn reached(&self, moment: DateTime<Utc>) {
        loop {
            let mut moved = std::pin::pin!(self.moved.notified());
            // From here on a move is noticed, also between the look at the clock and the wait.
            moved.as_mut().enable();
            let Ok(left) = (moment - self.now()).to_std() else { return };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = moved => {}
                () = tokio::time::sleep(left) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn who_waits_for_a_moment_notices_when_the_clock_is_moved_past_it() {
        let clock = Clock::default();
        let mut reached = std::pin::pin!(clock.reached(clock.now() + TimeDelta::hours(1)));
        assert!((&mut reached).now_or_never().is_none());
        clock.advance(TimeDelta::minutes(30));
        assert!((&mut reached).now_or_never().is_none());
        clock.advance(TimeDelta::minutes(31));
        assert!(reached.now_or_never().is_some());
    }
}
