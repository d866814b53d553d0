//! Work that no request waits for.

pub mod cleanup;
mod outbox;
mod recalls;
pub mod relay;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::relay::Relay;
use crate::app::App;

/// Starts all of it, until `shutdown`; what has begun is finished then, and the tracker says when.
#[must_use]
pub fn start(app: &App, shutdown: &CancellationToken) -> TaskTracker {
    let jobs = TaskTracker::new();
    let relay = Relay::new(app.upkeep.clone(), app.bus.clone(), app.relay.clone());
    jobs.spawn(relay.run(shutdown.clone()));
    jobs.spawn(cleanup::run(app.clone(), shutdown.clone()));
    jobs.spawn(recalls::run(app.clone(), shutdown.clone()));
    jobs.close();
    jobs
}
