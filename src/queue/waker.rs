//! What wakes somebody who waits for rows.

use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes those of this process who wait for rows of one table. Cheap to clone.
#[derive(Clone, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// Says that a row was committed, so that it is looked at now. It would be within a second all the same.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits for the next call of [`Self::wake`], or for the one that nobody has waited for yet.
    pub(crate) async fn woken(&self) {
        self.0.notified().await;
    }
}
