//! Work that no request waits for.

mod account_letters;
pub mod cleanup;
mod deliver;
mod fan_out;
mod order_letters;
mod outbox;
mod payments;
mod recalls;
pub mod relay;
pub mod worker;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::relay::Relay;
use self::worker::{Handlers, Worker};
use crate::accounts::EmailVerified;
use crate::accounts::letters::AccountLetter;
use crate::app::App;
use crate::config::Mode;
use crate::orders::letters::OrderLetter;
use crate::payments::work::{CancelPayment, CapturePayment, HandleEvent, SendRefund};
use crate::till::reconcile;
use crate::webhooks::Deliver;

/// Starts all of it, until `shutdown`; what has begun is finished then, and the tracker says when.
#[must_use]
pub fn start(app: &App, shutdown: &CancellationToken) -> TaskTracker {
    let jobs = TaskTracker::new();
    match (app.config.mode, &app.config.mail.smtp) {
        (Mode::Production, None) => tracing::warn!("mail goes to {}", app.mail.place()),
        _ => tracing::info!("mail goes to {}", app.mail.place()),
    }
    jobs.spawn(Relay::new(app).run(shutdown.clone()));
    let worker = Worker::new(app.upkeep.clone(), app.worker.clone(), handlers(app));
    jobs.spawn(worker.run(shutdown.clone()));
    jobs.spawn(cleanup::run(app.clone(), shutdown.clone()));
    jobs.spawn(recalls::run(app.clone(), shutdown.clone()));
    jobs.spawn(reconcile::run(app.clone(), shutdown.clone()));
    jobs.close();
    jobs
}

/// Who does which job of the shop.
fn handlers(app: &App) -> Handlers {
    let [letters, verified, news, deliveries, refunds, cancels, captures, events] =
        [(); 8].map(|()| app.clone());
    Handlers::default()
        .on(move |job, letter: AccountLetter| account_letters::send(letters.clone(), job, letter))
        .on(move |_, event: EmailVerified| account_letters::settle_in(verified.clone(), event))
        .on(move |_, letter: OrderLetter| order_letters::send(news.clone(), letter))
        .on_with(deliver::HANDS, move |_, job: Deliver| deliver::deliver(deliveries.clone(), job))
        .on(move |_, job: SendRefund| payments::refund(refunds.clone(), job))
        .on(move |_, job: CancelPayment| payments::cancel(cancels.clone(), job))
        .on(move |_, job: CapturePayment| payments::capture(captures.clone(), job))
        .on(move |_, job: HandleEvent| payments::handle(events.clone(), job))
}
