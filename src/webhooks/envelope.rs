//! What receivers are sent: the envelope, and in it the data of each type of event.
//!
//! Version 1 of a type only ever gains fields. Amounts are decimals in texts, ids are those of the API. Nothing here tells
//! who somebody is: whoever may know asks the API by the id.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event_type::{EventType, PING};
use crate::db::schema::outbox;
use crate::ids::{OrderId, OutboxId, ProductId, UserId, VariantId, WebhookEndpointId};
use crate::money::{Currency, Money};

/// Of the data of every type, until one of them has to break.
const VERSION: u32 = 1;

/// Something that happened, as a row of the outbox has it.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(table_name = outbox, check_for_backend(diesel::pg::Pg))]
pub struct Event {
    /// Its id, the same for whoever hears of it however often.
    pub id: OutboxId,
    /// What kind of thing happened.
    #[diesel(column_name = "type")]
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub kind: String,
    /// What it happened to.
    pub aggregate_id: Uuid,
    /// What the domain says of it.
    pub payload: serde_json::Value,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'a str,
    version: u32,
    occurred_at: String,
    data: Data,
}

#[derive(Serialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "it is written as soon as it is made")]
enum Data {
    Order(OrderData),
    Inventory(InventoryData),
    User(UserData),
    Product(ProductData),
    Ping(PingData),
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct OrderData {
    order_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_code: Option<String>,
}

#[derive(Serialize)]
struct Amount {
    amount: String,
    currency: &'static str,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct InventoryData {
    #[serde(skip_deserializing)]
    variant_id: String,
    on_hand: i64,
    reserved: i64,
    available: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserData {
    user_id: String,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ProductData {
    #[serde(skip_deserializing)]
    product_id: String,
    slug: String,
    status: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PingData {
    webhook_endpoint_id: String,
}

/// What the outbox has of an order's event. Amounts are in minor units.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct OrderPayload {
    number: Option<i64>,
    sequence: Option<i32>,
    from: Option<String>,
    to: Option<String>,
    total: Option<i64>,
    amount: Option<i64>,
    currency: Option<String>,
    payment_id: Option<String>,
    refund_id: Option<String>,
    shipment_id: Option<String>,
    carrier: Option<String>,
    tracking_code: Option<String>,
}

impl Event {
    /// Which type it is of; none for one that this release does not know.
    pub(super) fn event_type(&self) -> Option<EventType> {
        EventType::parse(&self.kind)
    }

    /// What receivers are sent, to the byte; none for a type that this release does not know.
    pub(super) fn body(&self) -> Option<String> {
        let data = match self.event_type()? {
            EventType::OrderPlaced
            | EventType::OrderPaid
            | EventType::OrderStatusChanged
            | EventType::OrderCancelled
            | EventType::OrderRefunded
            | EventType::OrderShipped => Data::Order(self.order_data()),
            EventType::InventoryChanged => Data::Inventory(InventoryData {
                variant_id: VariantId(self.aggregate_id).to_string(),
                ..self.payload()
            }),
            EventType::UserRegistered => {
                Data::User(UserData { user_id: UserId(self.aggregate_id).to_string() })
            }
            EventType::ProductUpdated => {
                let product: ProductData = self.payload();
                Data::Product(ProductData {
                    product_id: ProductId(self.aggregate_id).to_string(),
                    status: product.status.to_ascii_uppercase(),
                    ..product
                })
            }
        };
        Some(envelope(self.id, &self.kind, self.occurred_at, data))
    }

    /// What the domain says of it, as far as it can be read: a field that a later release writes otherwise costs that release's
    /// field and not the event.
    fn payload<T: for<'a> Deserialize<'a> + Default>(&self) -> T {
        T::deserialize(&self.payload).unwrap_or_default()
    }

    fn order_data(&self) -> OrderData {
        let payload: OrderPayload = self.payload();
        let currency: Option<Currency> = payload.currency.as_deref().and_then(|code| code.parse().ok());
        let amount = |minor: Option<i64>| {
            let money = Money::new(minor?, currency?);
            Some(Amount { amount: money.to_decimal(), currency: money.currency.code() })
        };
        OrderData {
            order_id: OrderId(self.aggregate_id).to_string(),
            number: payload.number,
            sequence: payload.sequence,
            total: amount(payload.total),
            amount: amount(payload.amount),
            payment_id: payload.payment_id,
            refund_id: payload.refund_id,
            shipment_id: payload.shipment_id,
            previous_status: payload.from,
            status: payload.to,
            carrier: payload.carrier,
            tracking_code: payload.tracking_code,
        }
    }
}

/// What is sent to try an endpoint.
pub(super) fn ping(id: OutboxId, endpoint: WebhookEndpointId, now: DateTime<Utc>) -> String {
    envelope(id, PING, now, Data::Ping(PingData { webhook_endpoint_id: endpoint.to_string() }))
}

fn envelope(id: OutboxId, kind: &str, occurred_at: DateTime<Utc>, data: Data) -> String {
    let occurred_at = occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    // Texts and numbers always serialise.
    serde_json::to_string(&Envelope { id: id.to_string(), kind, version: VERSION, occurred_at, data })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, payload: serde_json::Value) -> Event {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let occurred_at = DateTime::from_timestamp_millis(1_793_525_400_123).unwrap();
        Event { id: OutboxId(id), kind: kind.to_owned(), aggregate_id: id, payload, occurred_at }
    }

    /// Receivers read these: what is here stays, and only ever gains fields.
    #[test]
    fn events_are_written_as_receivers_know_them() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (kind, payload, data) in [
            (
                "order.status_changed",
                json!({ "number": 1001, "sequence": 2, "from": "PENDING", "to": "PAID" }),
                r#"{"orderId":"order_01h455vb4pex5vsknk084sn02q","number":1001,"sequence":2,"previousStatus":"PENDING","status":"PAID"}"#,
            ),
            (
                "order.refunded",
                json!({ "number": 1001, "amount": 1250, "total": 3000, "currency": "USD", "refundId": "refund_01h455vb4pex5vsknk084sn02q" }),
                r#"{"orderId":"order_01h455vb4pex5vsknk084sn02q","number":1001,"total":{"amount":"30.00","currency":"USD"},"amount":{"amount":"12.50","currency":"USD"},"refundId":"refund_01h455vb4pex5vsknk084sn02q"}"#,
            ),
            (
                "inventory.changed",
                json!({ "variantId": id, "onHand": 5, "reserved": 2, "available": 3 }),
                r#"{"variantId":"variant_01h455vb4pex5vsknk084sn02q","onHand":5,"reserved":2,"available":3}"#,
            ),
            ("user.registered", json!({}), r#"{"userId":"user_01h455vb4pex5vsknk084sn02q"}"#),
            (
                "product.updated",
                json!({ "slug": "mug", "status": "active" }),
                r#"{"productId":"product_01h455vb4pex5vsknk084sn02q","slug":"mug","status":"ACTIVE"}"#,
            ),
        ] {
            let expected = format!(
                r#"{{"id":"event_01h455vb4pex5vsknk084sn02q","type":"{kind}","version":1,"occurredAt":"2026-11-01T09:30:00.123Z","data":{data}}}"#
            );
            assert_eq!(event(kind, payload).body(), Some(expected));
        }
    }

    #[test]
    fn what_is_not_known_is_not_sent_and_what_cannot_be_read_is_left_out() {
        assert_eq!(event("order.exploded", json!({})).body(), None);
        let body = event("order.paid", json!({ "number": "x", "total": 5 })).body().unwrap();
        assert!(body.ends_with(r#""data":{"orderId":"order_01h455vb4pex5vsknk084sn02q"}}"#), "{body}");
        for kind in EventType::ALL {
            assert!(event(kind.as_str(), json!(null)).body().is_some(), "{kind:?}");
        }
    }
}
