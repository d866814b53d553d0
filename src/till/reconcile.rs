//! Seeing to what stays open: orders whose time is up, payments and refunds of which no word came.
//!
//! Every copy of the server looks around every few seconds, after each of the three by itself: a provider that takes its
//! time holds up no order that is to lapse. Several copies that find the same thing take turns at its order's lock, and the
//! second finds nothing left to do.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::{nothing_will_come, settle};
use crate::app::App;
use crate::error::Result;
use crate::gateway::GatewayError;
use crate::orders::expire::{expire, overdue};
use crate::payments::work::{CancelPayment, CapturePayment, SendRefund};
use crate::payments::{Payment, queries, store};
use crate::queue;

/// How often a copy looks around, on average.
const EVERY: Duration = Duration::from_secs(2);
/// How many of each it takes on at a time.
const BATCH: i64 = 50;
/// How many payments it asks after at once.
const AT_ONCE: usize = 8;

/// Looks around until `shutdown`.
pub async fn run(app: App, shutdown: CancellationToken) {
    let (app, shutdown) = (&app, &shutdown);
    tokio::join!(
        again_and_again(app, shutdown, "unpaid orders lapse", || let_lapse(app)),
        again_and_again(app, shutdown, "providers are asked after payments", || ask(app, shutdown)),
        again_and_again(app, shutdown, "forgotten refunds are taken up", || take_up_refunds(app)),
    );
}

/// Does it every few seconds until `shutdown`; `what` says in the log what fails, and what works again.
async fn again_and_again<F>(app: &App, shutdown: &CancellationToken, what: &str, look: impl Fn() -> F)
where
    F: Future<Output = Result<()>>,
{
    let mut failing = false;
    while !shutdown.is_cancelled() {
        match look().await {
            Ok(()) if failing => {
                tracing::info!("{what} again");
                failing = false;
            }
            Ok(()) => {}
            Err(error) => {
                if !failing {
                    tracing::error!(%error, "it fails that {what}");
                }
                failing = true;
            }
        }
        let pause = EVERY.mul_f64(rand::random_range(0.5..1.5));
        let next = app.clock.now() + chrono::TimeDelta::from_std(pause).unwrap_or_default();
        tokio::select! {
            () = shutdown.cancelled() => {}
            // A clock that is set forward in a test has things fall due.
            () = app.clock.reached(next) => {}
        }
    }
}

/// Cancels the orders whose time is up.
async fn let_lapse(app: &App) -> Result<()> {
    let now = app.clock.now();
    let due = overdue(&*app.upkeep.get().await?, now, BATCH).await?;
    let mut came = Ok(());
    for order in due {
        match expire(&mut *app.upkeep.get().await?, order, now).await {
            Ok(true) => {
                tracing::debug!(%order, "an order was not paid in time");
                app.relay.wake();
                app.worker.wake();
            }
            Ok(false) => {}
            // One that cannot lapse is no reason for others not to.
            Err(error) => came = Err(error),
        }
    }
    came
}

/// Asks after the payments that are due for it, a few at once. Those that it has not come to at `shutdown` are asked after by
/// another copy, or after the next start.
async fn ask(app: &App, shutdown: &CancellationToken) -> Result<()> {
    let open = queries::payments_to_check(&*app.upkeep.get().await?, app.clock.now(), BATCH).await?;
    let asked: Vec<Result<()>> = stream::iter(open)
        .take_until(shutdown.cancelled())
        .map(|payment| async move { ask_after(app, &payment).await })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    // Whatever went wrong with one is no reason not to ask after the others.
    asked.into_iter().collect()
}

/// Writes another job for each refund that was decided a while ago and nobody has seen to since.
async fn take_up_refunds(app: &App) -> Result<()> {
    let now = app.clock.now();
    let refunds = queries::refunds_to_check(&*app.upkeep.get().await?, now, BATCH).await?;
    for refund in refunds {
        let conn = app.upkeep.get().await?;
        // One that has a job already gets no second.
        queue::enqueue(&conn, &SendRefund { refund: refund.id.0 }).await?;
        store::check_refund_later(&conn, refund.id, now).await?;
        app.worker.wake();
    }
    Ok(())
}

/// Asks the provider how a payment stands.
async fn ask_after(app: &App, payment: &Payment) -> Result<()> {
    let conn = app.upkeep.get().await?;
    store::check_later(&conn, payment, app.clock.now()).await?;
    // What was decided and has no job any more is taken up again.
    if payment.cancel_requested_at.is_some() {
        queue::enqueue(&conn, &CancelPayment::of(payment)).await?;
    } else if payment.capture_requested.is_some() {
        queue::enqueue(&conn, &CapturePayment::of(payment)).await?;
    }
    drop(conn);
    let (Some(gateway), Some(reference)) = (app.gateways.of(payment.provider()), &payment.provider_ref)
    else {
        return Ok(());
    };
    match gateway.retrieve(reference).await {
        Ok(intent) => {
            settle(app, &app.upkeep, payment, &intent).await?;
        }
        Err(error @ GatewayError::NotFound) => {
            tracing::error!(payment = %payment.id, reference, %error, "a payment is unknown at its provider: nothing will come of it");
            nothing_will_come(app, &app.upkeep, payment.id).await?;
        }
        Err(error) => {
            tracing::debug!(payment = %payment.id, %error, "a provider could not be asked after a payment")
        }
    }
    Ok(())
}
