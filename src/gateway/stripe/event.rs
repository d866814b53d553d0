//! What Stripe tells by webhook. <https://docs.stripe.com/api/events/types>
//!
//! Webhooks come twice, late, in any order, or never. So an event says how something stood when it was written, and that it is
//! time to look; how it stands now, [`Gateway::retrieve`](super::super::Gateway::retrieve) tells.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{Answer, GatewayError, Intent, RefundFact};
use super::objects::{Charge, Dispute, PaymentIntent, Refund};
use super::signature::{self, SignatureError};
use crate::money::Money;

/// The longest name of an event, and of a kind of events, that there is.
const MAX_NAME: usize = 255;

/// Something that has happened at the provider.
#[derive(Debug, Clone)]
pub struct GatewayEvent {
    /// The event's name: the same each time that the webhook comes.
    pub id: String,
    /// What kind of thing happened, such as `payment_intent.succeeded`.
    pub kind: String,
    /// When.
    pub created: DateTime<Utc>,
    /// What it happened to.
    pub about: About,
}

/// What an event is about, as things stood then.
#[derive(Debug, Clone)]
pub enum About {
    /// A payment.
    Intent(Intent),
    /// A refund, of this payment if it is one of a payment.
    Refund { fact: RefundFact, intent: Option<String> },
    /// All that was given back of a payment so far.
    ChargeRefunded { intent: Option<String>, refunded: Money },
    /// A customer's bank wants the money back.
    Dispute { intent: Option<String>, amount: Money, reason: String, status: String },
    /// Nothing that matters here.
    Other,
}

/// A body that is no event of Stripe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no event as Stripe writes them")]
pub struct NoEvent;

#[derive(Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

impl super::Stripe {
    /// Whether a webhook's body is as Stripe signed it, by the header `Stripe-Signature`.
    pub fn verify(
        &self,
        header: Option<&str>,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), SignatureError> {
        signature::verify(header, body, &self.webhook_secrets, now)
    }
}

impl GatewayEvent {
    /// The event that this text is. Believe it only when the text was [verified](super::Stripe::verify).
    pub fn parse(body: &[u8]) -> Result<Self, NoEvent> {
        let Envelope { id, kind, created, data } = serde_json::from_slice(body).map_err(|_| NoEvent)?;
        if !is_a_name(&id) || !is_a_name(&kind) {
            return Err(NoEvent);
        }
        let created = DateTime::from_timestamp(created, 0).ok_or(NoEvent)?;
        let about = about(&kind, data.object).map_err(|_| NoEvent)?;
        Ok(Self { id, kind, created, about })
    }
}

fn about(kind: &str, object: Value) -> Answer<About> {
    Ok(match kind {
        "payment_intent.succeeded"
        | "payment_intent.payment_failed"
        | "payment_intent.canceled"
        | "payment_intent.processing"
        | "payment_intent.amount_capturable_updated"
        | "payment_intent.requires_action" => About::Intent(read::<PaymentIntent>(object)?.read()?),
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            let refund: Refund = read(object)?;
            About::Refund { intent: refund.intent(), fact: refund.read()? }
        }
        "charge.refunded" => {
            let (intent, refunded) = read::<Charge>(object)?.read()?;
            About::ChargeRefunded { intent, refunded }
        }
        kind if kind.starts_with("charge.dispute.") => {
            let (intent, amount, reason, status) = read::<Dispute>(object)?.read()?;
            About::Dispute { intent, amount, reason, status }
        }
        _ => About::Other,
    })
}

fn read<T: DeserializeOwned>(object: Value) -> Answer<T> {
    serde_json::from_value(object).map_err(|_| GatewayError::unknown("it cannot be read"))
}

fn is_a_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::super::{IntentState, RefundState};
    use super::*;
    use crate::ids::{PaymentId, RefundId};

    fn event(kind: &str, object: &Value) -> Value {
        json!({ "id": "evt_1", "object": "event", "type": kind, "created": 1_700_000_000, "data": { "object": object } })
    }

    fn parse(event: &Value) -> Result<GatewayEvent, NoEvent> {
        GatewayEvent::parse(event.to_string().as_bytes())
    }

    fn usd(minor: i64) -> Money {
        Money::new(minor, crate::money::Currency::USD)
    }

    fn intent(status: &str) -> Value {
        json!({
            "id": "pi_1", "object": "payment_intent", "status": status, "amount": 1250, "currency": "usd",
            "amount_received": 1000, "amount_capturable": 1250, "client_secret": "pi_1_secret_2",
            "latest_charge": "ch_1", "metadata": {}, "last_payment_error": null,
        })
    }

    #[test]
    fn a_payment_is_told_of_in_each_of_its_states() {
        for (kind, status, state) in [
            ("succeeded", "succeeded", IntentState::Captured { amount: usd(1000) }),
            ("payment_failed", "requires_payment_method", IntentState::NeedsCustomer),
            ("requires_action", "requires_action", IntentState::NeedsCustomer),
            ("processing", "processing", IntentState::Processing),
            ("canceled", "canceled", IntentState::Cancelled),
            ("amount_capturable_updated", "requires_capture", IntentState::Authorized { amount: usd(1250) }),
        ] {
            let parsed = parse(&event(&format!("payment_intent.{kind}"), &intent(status))).unwrap();
            assert_eq!((parsed.id.as_str(), parsed.created.timestamp()), ("evt_1", 1_700_000_000));
            let About::Intent(intent) = parsed.about else { panic!("{kind}") };
            assert_eq!((intent.state, intent.amount, intent.payment), (state, usd(1250), None));
            assert!(!format!("{intent:?}").contains("secret_2"));
        }
    }

    #[test]
    fn our_ids_come_back_and_others_are_none() {
        let (payment, refund) = (PaymentId::new(), RefundId::new());
        let mut object = intent("succeeded");
        object["metadata"] = json!({ "cartograph_payment": payment.to_string(), "gift": "yes" });
        let About::Intent(intent) = parse(&event("payment_intent.succeeded", &object)).unwrap().about else {
            panic!()
        };
        assert_eq!(intent.payment, Some(payment));
        let mut object = json!({
            "id": "re_1", "amount": 100, "currency": "usd", "status": "failed", "failure_reason": "expired_or_canceled_card",
            "payment_intent": "pi_1", "metadata": { "cartograph_refund": refund.to_string() },
        });
        let About::Refund { fact, intent } = parse(&event("refund.failed", &object)).unwrap().about else {
            panic!()
        };
        assert_eq!((fact.refund, intent.as_deref()), (Some(refund), Some("pi_1")));
        assert_eq!(fact.state, RefundState::Failed { reason: "expired_or_canceled_card".to_owned() });
        object["metadata"]["cartograph_refund"] = json!(payment.to_string());
        let About::Refund { fact, .. } = parse(&event("refund.updated", &object)).unwrap().about else {
            panic!()
        };
        assert_eq!(fact.refund, None);
    }

    #[test]
    fn charges_and_disputes_name_their_payment() {
        let object = json!({ "id": "ch_1", "amount": 1250, "amount_refunded": 250, "currency": "usd", "payment_intent": "pi_1" });
        let about = parse(&event("charge.refunded", &object)).unwrap().about;
        assert!(matches!(about, About::ChargeRefunded { refunded, .. } if refunded == usd(250)));
        let object = json!({ "amount": 1250, "currency": "usd", "reason": "fraudulent", "status": "needs_response", "payment_intent": "pi_1" });
        let about = parse(&event("charge.dispute.created", &object)).unwrap().about;
        assert!(
            matches!(about, About::Dispute { intent: Some(intent), reason, .. } if intent == "pi_1" && reason == "fraudulent")
        );
    }

    #[test]
    fn what_is_not_known_is_let_pass_and_what_is_no_event_is_not() {
        for kind in
            ["customer.created", "payment_intent.created", "payment_intent.", "charge.succeeded", "v9.thing"]
        {
            assert!(matches!(parse(&event(kind, &json!({ "any": "thing" }))).unwrap().about, About::Other));
        }
        for object in [json!(null), json!({}), json!([1]), intent("meditating"), json!({ "id": 1 })] {
            assert_eq!(parse(&event("payment_intent.succeeded", &object)).err(), Some(NoEvent));
        }
        let mut strange = intent("succeeded");
        strange["currency"] = json!("xyz");
        assert_eq!(parse(&event("payment_intent.succeeded", &strange)).err(), Some(NoEvent));
        for body in ["", "null", "[]", "{}", r#"{"id":"evt_1"}"#, "\u{0}"] {
            assert_eq!(GatewayEvent::parse(body.as_bytes()).err(), Some(NoEvent), "{body}");
        }
        let mut late = event("customer.created", &json!({}));
        late["created"] = json!(i64::MAX);
        assert_eq!(parse(&late).err(), Some(NoEvent));
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..300)) {
            drop(GatewayEvent::parse(&body));
        }

        #[test]
        fn no_change_to_an_event_does_either(place in 0_usize..500, byte: u8) {
            let mut body = event("payment_intent.succeeded", &intent("succeeded")).to_string().into_bytes();
            let place = place % body.len();
            body[place] = byte;
            drop(GatewayEvent::parse(&body));
        }

        #[test]
        fn no_amount_does_either(amount: i64, code in "[a-zA-Z]{3}|isk|mga|kwd") {
            let mut object = intent("succeeded");
            object["amount"] = json!(amount);
            object["currency"] = json!(code);
            drop(parse(&event("payment_intent.succeeded", &object)));
        }
    }
}
