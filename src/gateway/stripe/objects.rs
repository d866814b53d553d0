//! What Stripe tells of things: the fields that matter here. It tells more with each version; what is added is passed over.

use std::collections::HashMap;

use secrecy::SecretString;
use serde::Deserialize;

use super::super::{Answer, Decline, GatewayError, Intent, IntentState, RefundFact, RefundState};
use super::amount::from_stripe;
use crate::money::Money;

/// The longest text of Stripe's that is kept, in letters.
const MAX_TEXT: usize = 300;

#[derive(Deserialize)]
pub(super) struct PaymentIntent {
    id: String,
    status: String,
    amount: i64,
    currency: String,
    /// What can be captured now.
    #[serde(default)]
    amount_capturable: Option<i64>,
    /// What was taken.
    #[serde(default)]
    amount_received: Option<i64>,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    last_payment_error: Option<PaymentError>,
    #[serde(default)]
    metadata: Option<HashMap<String, String>>,
}

#[derive(Deserialize)]
pub(super) struct PaymentError {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Refund {
    id: String,
    amount: i64,
    currency: String,
    /// Old refunds have none, and are done.
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    failure_reason: Option<String>,
    /// The payment, by its name.
    #[serde(default)]
    payment_intent: Option<String>,
    #[serde(default)]
    metadata: Option<HashMap<String, String>>,
}

#[derive(Deserialize)]
pub(super) struct Charge {
    amount_refunded: i64,
    currency: String,
    #[serde(default)]
    payment_intent: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Dispute {
    amount: i64,
    currency: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    payment_intent: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

impl PaymentIntent {
    pub(super) fn read(self) -> Answer<Intent> {
        let amount = from_stripe(self.amount, &self.currency)?;
        let of = |part: Option<i64>| from_stripe(part.unwrap_or(self.amount), &self.currency);
        let state = match self.status.as_str() {
            "requires_payment_method" | "requires_confirmation" | "requires_action" => {
                IntentState::NeedsCustomer
            }
            "processing" => IntentState::Processing,
            "requires_capture" => IntentState::Authorized { amount: of(self.amount_capturable)? },
            "succeeded" => IntentState::Captured { amount: of(self.amount_received)? },
            "canceled" => IntentState::Cancelled,
            _ => return Err(GatewayError::unknown("Stripe tells of a state of a payment that is new")),
        };
        Ok(Intent {
            payment: ours(self.metadata.as_ref(), "cartograph_payment"),
            reference: self.id,
            client_secret: self.client_secret.map(SecretString::from),
            state,
            amount,
            last_error: self.last_payment_error.map(PaymentError::read),
        })
    }
}

impl PaymentError {
    /// The same, as an error's answer tells it.
    pub(super) fn new(code: Option<String>, decline_code: Option<String>, message: Option<String>) -> Self {
        Self { code, decline_code, message }
    }

    pub(super) fn read(self) -> Decline {
        // The bank's own word says more, where there is one.
        let code = self.decline_code.or(self.code).unwrap_or_else(|| "card_declined".to_owned());
        let message = self.message.unwrap_or_else(|| "The payment was declined.".to_owned());
        Decline { code: shortened(&code), message: shortened(&message) }
    }
}

impl Refund {
    pub(super) fn read(self) -> Answer<RefundFact> {
        let state = match self.status.as_deref() {
            Some("succeeded") | None => RefundState::Succeeded,
            Some("pending" | "requires_action") => RefundState::Pending,
            Some(status @ ("failed" | "canceled")) => {
                RefundState::Failed { reason: shortened(self.failure_reason.as_deref().unwrap_or(status)) }
            }
            Some(_) => return Err(GatewayError::unknown("Stripe tells of a state of a refund that is new")),
        };
        Ok(RefundFact {
            refund: ours(self.metadata.as_ref(), "cartograph_refund"),
            amount: from_stripe(self.amount, &self.currency)?,
            reference: self.id,
            state,
        })
    }

    pub(super) fn intent(&self) -> Option<String> {
        self.payment_intent.clone()
    }
}

impl Charge {
    /// The payment, and what was given back of it in all.
    pub(super) fn read(self) -> Answer<(Option<String>, Money)> {
        Ok((self.payment_intent, from_stripe(self.amount_refunded, &self.currency)?))
    }
}

impl Dispute {
    /// The payment, the amount, and why and how it stands.
    pub(super) fn read(self) -> Answer<(Option<String>, Money, String, String)> {
        let amount = from_stripe(self.amount, &self.currency)?;
        let text = |text: Option<String>| shortened(text.as_deref().unwrap_or("unknown"));
        Ok((self.payment_intent, amount, text(self.reason), text(self.status)))
    }
}

/// Our id, where Stripe keeps one of ours.
fn ours<T: std::str::FromStr>(metadata: Option<&HashMap<String, String>>, name: &str) -> Option<T> {
    metadata?.get(name)?.parse().ok()
}

/// A text of Stripe's: no longer than anybody reads, on one line.
fn shortened(text: &str) -> String {
    text.chars().take(MAX_TEXT).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
