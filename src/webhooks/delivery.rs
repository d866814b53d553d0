//! The row of a delivery as the application reads it, and the job that brings it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::db::schema::webhook_deliveries;
use crate::ids::{JobId, OutboxId, WebhookDeliveryId, WebhookEndpointId};
use crate::queue::Job;

/// An event on its way to an endpoint, or there.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(diesel::pg::Pg))]
pub struct Delivery {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// Where to.
    pub endpoint_id: WebhookEndpointId,
    /// What it tells of.
    pub event_id: OutboxId,
    /// Of which type that is.
    pub event_type: String,
    pub(super) aggregate_id: Uuid,
    /// What is sent, to the byte.
    pub body: String,
    /// Whether it was sent once more because staff wanted it.
    pub replay: bool,
    attempts: serde_json::Value,
    /// When it arrived.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it was begun.
    pub at: DateTime<Utc>,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// Why there was no answer.
    pub error: Option<String>,
}

impl Attempt {
    /// Whether the endpoint took the event.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the endpoint wants no more, ever.
    pub(super) fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

impl Delivery {
    /// What came of each attempt, oldest first; of the last fifty.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        Vec::deserialize(&self.attempts).unwrap_or_default()
    }
}

/// Brings a delivery to its endpoint. The job has the delivery's id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deliver {
    pub(crate) delivery: Uuid,
    endpoint: Uuid,
    /// What the event is about; none for a trial, which comes in no order.
    aggregate: Option<Uuid>,
    event_type: String,
}

impl Deliver {
    pub(super) fn new(
        delivery: WebhookDeliveryId,
        endpoint: WebhookEndpointId,
        aggregate: Option<Uuid>,
        event_type: &str,
    ) -> Self {
        Self { delivery: delivery.0, endpoint: endpoint.0, aggregate, event_type: event_type.to_owned() }
    }

    pub(super) fn job_id(&self) -> JobId {
        JobId(self.delivery)
    }
}

impl Job for Deliver {
    const KIND: &'static str = "webhook_delivery";
    /// About a day, with the pauses in between.
    const MAX_ATTEMPTS: i32 = 110;

    /// The events of one thing come to an endpoint one after the other.
    fn ordering_key(&self) -> Option<String> {
        Some(format!("webhook {} {}", self.endpoint, self.aggregate?))
    }

    fn subject(&self) -> Option<String> {
        let (delivery, endpoint) = (WebhookDeliveryId(self.delivery), WebhookEndpointId(self.endpoint));
        Some(format!("{} as {delivery} to {endpoint}", self.event_type))
    }
}
