//! Brings events to the endpoints of webhooks.

use std::time::Instant;

use anyhow::anyhow;
use rand::RngExt;

use super::worker::Failure;
use crate::app::App;
use crate::ids::WebhookDeliveryId;
use crate::webhooks::{Attempt, Deliver, Prepared, Recorded, prepare, record};

/// How many deliveries a process brings at a time: an endpoint that begins to hang has a few of them until it is held to be
/// away, and the others go on.
pub(super) const HANDS: usize = 16;

/// One attempt at a delivery.
pub(super) async fn deliver(app: App, job: Deliver) -> Result<(), Failure> {
    let (id, now) = (WebhookDeliveryId(job.delivery), app.clock.now());
    // The connection goes back before anybody is called.
    let prepared = prepare(&*app.upkeep.get().await?, &app.sealer, now, id).await?;
    let parcel = match prepared {
        Prepared::Send(parcel) => parcel,
        // Not all at once then.
        Prepared::Wait(pause) => {
            return Err(Failure::NotYet(pause.mul_f64(rand::rng().random_range(1.0..1.5))));
        }
        Prepared::Nothing => return Ok(()),
        Prepared::Unsigned => {
            return Err(Failure::ForNow(anyhow!("the endpoint's secret cannot be read: rotate it")));
        }
    };
    let begun = Instant::now();
    let answer = app.courier.post(&parcel.url, &parcel.headers, parcel.body).await;
    let attempt = Attempt {
        at: now,
        status: answer.as_ref().ok().copied(),
        duration_ms: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
        error: answer.err().map(|error| error.to_string()),
    };
    match record(&mut *app.upkeep.get().await?, id, &attempt).await? {
        Recorded::Delivered | Recorded::Gone => Ok(()),
        Recorded::Failed => Err(Failure::ForNow(told(&attempt))),
        Recorded::Disabled(reason) => {
            tracing::warn!(delivery = %id, ?reason, "a webhook endpoint is sent nothing any more");
            Ok(())
        }
    }
}

/// What came of it, in a few words.
fn told(attempt: &Attempt) -> anyhow::Error {
    match (attempt.status, &attempt.error) {
        (Some(status), _) => anyhow!("the endpoint answered {status}"),
        (None, Some(error)) => anyhow!("{error}"),
        (None, None) => anyhow!("no answer"),
    }
}
