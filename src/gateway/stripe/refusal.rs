//! What Stripe's errors mean. <https://docs.stripe.com/error-low-level>

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use super::super::retry::Failed;
use super::super::{GatewayError, Word};
use super::objects::PaymentError;

/// What an error's body tells. Its message stays out of the log: it likes to repeat what was sent.
#[derive(Deserialize, Default)]
struct Body {
    #[serde(default)]
    error: Details,
}

#[derive(Deserialize, Default)]
struct Details {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    param: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

/// What an answer's head tells besides its status.
#[derive(Debug, Default, Clone)]
pub(super) struct Head {
    /// `Retry-After`
    pub(super) retry_after: Option<Duration>,
    /// `Stripe-Should-Retry`
    pub(super) should_retry: Option<bool>,
    /// `Idempotent-Replayed`: it is what was answered to the key's first request.
    pub(super) replayed: bool,
    /// `Request-Id`, by which Stripe's people find the request.
    pub(super) request: Option<String>,
}

/// Codes of errors that are about how far a payment has got.
const ABOUT_STATE: [&str; 5] = [
    "payment_intent_unexpected_state",
    "charge_already_captured",
    "charge_already_refunded",
    "charge_expired_for_capture",
    "charge_disputed",
];

/// What an answer that is no success means.
pub(super) fn failed(status: StatusCode, head: &Head, body: &[u8]) -> Failed {
    let details = serde_json::from_slice::<Body>(body).unwrap_or_default().error;
    let kind = details.kind.as_deref().unwrap_or_default();
    let code = details.code.as_deref().unwrap_or_default();
    let told = told(status, &details, head);
    let for_now = |after_effect_possible| GatewayError::Unavailable {
        after_effect_possible,
        word: match (status.is_server_error(), head.replayed) {
            (false, _) => Word::None,
            (true, false) => Word::Failed,
            (true, true) => Word::Repeated,
        },
        retry_after: head.retry_after,
        why: told.clone(),
    };
    match status.as_u16() {
        // Another request with this key is on its way, and what it does is not known yet.
        409 => Failed { error: for_now(true), again: head.should_retry != Some(false), away: false },
        429 => Failed { error: for_now(false), again: head.should_retry != Some(false), away: false },
        500.. => Failed { error: for_now(true), again: head.should_retry != Some(false), away: true },
        // A key that is no good (any more) is the operator's to change: until then, payments wait.
        401 | 403 => Failed::answer(for_now(false)),
        _ if ABOUT_STATE.contains(&code) => Failed::answer(GatewayError::UnexpectedState),
        402 => Failed::answer(declined(details)),
        _ if kind == "card_error" => Failed::answer(declined(details)),
        404 => Failed::answer(GatewayError::NotFound),
        400..=499 => Failed::answer(GatewayError::Refused { message: told }),
        // Whoever it is, it is not Stripe.
        _ => Failed::answer(for_now(true)),
    }
}

fn declined(details: Details) -> GatewayError {
    let Details { code, decline_code, message, .. } = details;
    GatewayError::Declined(PaymentError::new(code, decline_code, message).read())
}

/// The answer in a line for the log.
fn told(status: StatusCode, details: &Details, head: &Head) -> String {
    let names = [&details.kind, &details.code, &details.param].into_iter().flatten();
    let names: Vec<&str> = names.map(|name| name.as_str()).filter(|name| is_a_name(name)).collect();
    let request = head.request.as_deref().filter(|name| is_a_name(name)).unwrap_or("unknown");
    format!("it answered {} ({}) to request {request}", status.as_u16(), names.join(", "))
}

/// Whether a text is a name of Stripe's and nothing that somebody wrote.
fn is_a_name(text: &str) -> bool {
    text.len() <= 80 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_[]-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Failed {
        failed(StatusCode::from_u16(status).unwrap(), &Head::default(), body.as_bytes())
    }

    fn unavailable(failed: &Failed) -> Option<bool> {
        match failed.error {
            GatewayError::Unavailable { after_effect_possible, .. } => Some(after_effect_possible),
            _ => None,
        }
    }

    #[test]
    fn a_declined_card_is_told_in_the_banks_own_words() {
        let body = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"insufficient_funds",
            "message":"Your card has insufficient funds."}}"#;
        let GatewayError::Declined(decline) = read(402, body).error else { panic!() };
        assert_eq!(decline.code, "insufficient_funds");
        assert_eq!(decline.message, "Your card has insufficient funds.");
    }

    #[test]
    fn what_is_final_is_not_asked_for_again() {
        for (status, body, error) in [
            (404, r#"{"error":{"code":"resource_missing"}}"#, GatewayError::NotFound),
            (400, r#"{"error":{"code":"payment_intent_unexpected_state"}}"#, GatewayError::UnexpectedState),
            (400, r#"{"error":{"code":"charge_already_refunded"}}"#, GatewayError::UnexpectedState),
        ] {
            let failed = read(status, body);
            assert_eq!(failed.error, error);
            assert!(!failed.again && !failed.away);
        }
        let failed = read(400, r#"{"error":{"type":"idempotency_error"}}"#);
        assert!(matches!(failed.error, GatewayError::Refused { .. }) && !failed.again);
    }

    #[test]
    fn what_may_pass_is_and_only_a_provider_that_is_unwell_counts_as_away() {
        for (status, effect, again, away) in [
            (500, true, true, true),
            (503, true, true, true),
            (409, true, true, false),
            (429, false, true, false),
            (401, false, false, false),
            (302, true, false, false),
        ] {
            let failed = read(status, "");
            assert_eq!(
                (unavailable(&failed), failed.again, failed.away),
                (Some(effect), again, away),
                "{status}"
            );
        }
    }

    #[test]
    fn stripe_may_say_itself_whether_to_come_back() {
        let head = Head { should_retry: Some(false), ..Head::default() };
        assert!(!failed(StatusCode::INTERNAL_SERVER_ERROR, &head, b"").again);
    }

    #[test]
    fn the_log_is_told_names_and_nothing_that_somebody_wrote() {
        let body = r#"{"error":{"type":"invalid_request_error","code":"email_invalid","param":"receipt_email",
            "message":"Invalid email address: ada@example.com, key sk_test_123"}}"#;
        let text = read(400, body).error.to_string();
        assert!(text.contains("400 (invalid_request_error, email_invalid, receipt_email)"), "{text}");
        assert!(!text.contains("ada") && !text.contains("sk_"), "{text}");
        let text = read(400, r#"{"error":{"code":"ada@example.com"}}"#).error.to_string();
        assert!(!text.contains("ada"), "{text}");
    }
}
