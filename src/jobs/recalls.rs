//! Keeps this process's [`Recalls`](crate::accounts::Recalls) up to date with the database.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::bus::Topic;

/// How often it looks unasked, on average; copies drift apart by chance. The promise is a minute.
const EVERY: Duration = Duration::from_secs(15);
/// How long it rests after each look, so that a crowd that signs out is one look and not thousands.
const REST: Duration = Duration::from_millis(100);

/// Looks until `shutdown`, every few seconds and whenever the bus says that there is something new.
pub(super) async fn run(app: App, shutdown: CancellationToken) {
    let told = app.bus.subscribe([Topic::Sessions]);
    let mut failing = false;
    loop {
        let looked = app.recalls.look(&app.upkeep).await;
        match &looked {
            Ok(()) if failing => tracing::info!("it can be read again which access tokens were recalled"),
            Ok(()) => {}
            Err(error) if !failing => tracing::error!(
                %error,
                "it cannot be read which access tokens were recalled; those that were good here are until they expire"
            ),
            Err(error) => tracing::debug!(%error, "recalls still cannot be read"),
        }
        failing = looked.is_err();
        tokio::time::sleep(REST).await;
        let wait = EVERY.mul_f64(rand::random_range(0.7..1.3));
        let next = app.clock.now() + TimeDelta::from_std(wait).unwrap_or_default();
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = told.changed() => {}
            () = app.clock.reached(next) => {}
        }
    }
}
