//! What providers are to do: jobs, written in the transaction that decides it and done by `till`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payment;
use crate::queue::Job;

/// How often a provider is asked before somebody has to look: with the pauses in between, for about two days.
const ATTEMPTS: i32 = 200;

/// Pays a refund back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendRefund {
    /// The refund.
    pub refund: Uuid,
}

/// Gives a payment up at its provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CancelPayment {
    /// The payment.
    pub payment: Uuid,
    /// Whether it had a name there when this was decided. A job of before that may have found nothing to cancel, and does not
    /// stand for this one.
    #[serde(default)]
    pub named: bool,
}

impl CancelPayment {
    /// The job for this payment.
    #[must_use]
    pub fn of(payment: &Payment) -> Self {
        Self { payment: payment.id.0, named: payment.provider_ref.is_some() }
    }
}

/// Takes the money of a payment that is authorized.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CapturePayment {
    /// The payment.
    pub payment: Uuid,
    /// The round of its keys when this was decided. A job whose attempt has failed since does not stand for this one: it may be
    /// about to be given up.
    #[serde(default)]
    pub round: i32,
}

impl CapturePayment {
    /// The job for this payment.
    #[must_use]
    pub fn of(payment: &Payment) -> Self {
        Self { payment: payment.id.0, round: payment.key_round }
    }
}

/// Does what a provider's event asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HandleEvent {
    /// Whose event it is.
    pub provider: String,
    /// What they call it.
    pub event: String,
    /// What it is about, where that can be told: what is told of one thing is worked off in turn.
    pub about: Option<String>,
}

/// What is asked of a provider for one payment is asked in turn.
fn of_payment(payment: Uuid) -> Option<String> {
    Some(format!("payment {payment}"))
}

impl Job for SendRefund {
    const KIND: &'static str = "payment.refund";
    const MAX_ATTEMPTS: i32 = ATTEMPTS;

    fn unique_key(&self) -> Option<String> {
        Some(self.refund.to_string())
    }
}

impl Job for CancelPayment {
    const KIND: &'static str = "payment.cancel";
    const MAX_ATTEMPTS: i32 = ATTEMPTS;

    fn ordering_key(&self) -> Option<String> {
        of_payment(self.payment)
    }

    fn unique_key(&self) -> Option<String> {
        Some(if self.named { format!("{} by name", self.payment) } else { self.payment.to_string() })
    }
}

impl Job for CapturePayment {
    const KIND: &'static str = "payment.capture";
    const MAX_ATTEMPTS: i32 = ATTEMPTS;

    fn ordering_key(&self) -> Option<String> {
        of_payment(self.payment)
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.payment, self.round))
    }
}

impl Job for HandleEvent {
    const KIND: &'static str = "payment.event";
    const MAX_ATTEMPTS: i32 = ATTEMPTS;

    fn ordering_key(&self) -> Option<String> {
        self.about.as_ref().map(|about| format!("told {} {about}", self.provider))
    }
}
