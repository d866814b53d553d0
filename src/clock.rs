//! What time it is: the system's clock, or in tests one that is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The source of every timestamp the application makes itself. (Rows take theirs from PostgreSQL.)
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// How far the clock is ahead of the system's, in milliseconds. Shared, so that a test can move a running server's.
    offset: Arc<AtomicI64>,
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
    }
}
