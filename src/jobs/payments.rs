//! What providers are to do: handing the till its jobs.

use super::worker::Failure;
use crate::app::App;
use crate::ids::{PaymentId, RefundId};
use crate::payments::Provider;
use crate::payments::work::{CancelPayment, CapturePayment, HandleEvent, SendRefund};
use crate::till::{self, TillError};

/// Pays back.
pub(super) async fn refund(app: App, job: SendRefund) -> Result<(), Failure> {
    Ok(till::refund(&app, RefundId(job.refund)).await?)
}

/// Gives a payment up.
pub(super) async fn cancel(app: App, job: CancelPayment) -> Result<(), Failure> {
    Ok(till::cancel(&app, PaymentId(job.payment)).await?)
}

/// Takes what a bank holds.
pub(super) async fn capture(app: App, job: CapturePayment) -> Result<(), Failure> {
    Ok(till::capture(&app, PaymentId(job.payment)).await?)
}

/// Does what a provider's event asks for.
pub(super) async fn handle(app: App, job: HandleEvent) -> Result<(), Failure> {
    match Provider::parse(&job.provider) {
        Some(provider) => Ok(till::handle(&app, provider, &job.event).await?),
        None => Err(Failure::ForGood(anyhow::anyhow!("there is no payment provider of this name"))),
    }
}

impl From<TillError> for Failure {
    fn from(error: TillError) -> Self {
        match error {
            TillError::Never(_) => Self::ForGood(error.into()),
            TillError::Ours(_) | TillError::NotNow(_) | TillError::NoGateway => Self::ForNow(error.into()),
        }
    }
}
