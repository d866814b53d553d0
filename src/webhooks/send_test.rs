//! A trial: what an endpoint is sent so that whoever made it sees whether it works.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::delivery::Delivery;
use super::envelope::ping;
use super::event_type::PING;
use super::fan_out::{NewDelivery, insert};
use super::queries::{deliveries_by_ids, endpoints_by_ids};
use super::refusal::WebhookRefusal;
use crate::error::Outcome;
use crate::ids::{OutboxId, WebhookEndpointId};

/// Has an endpoint sent a `webhook.ping`, also one that is disabled. What comes of it says nothing about the endpoint's
/// failures. Wake the worker then.
pub async fn send_test(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    id: WebhookEndpointId,
) -> Outcome<Delivery, WebhookRefusal> {
    conn.transaction(async |conn| {
        if endpoints_by_ids(conn, &[id]).await?.is_empty() {
            return Err(WebhookRefusal::UnknownEndpoint.into());
        }
        let event = OutboxId::new();
        let trial = NewDelivery {
            endpoint: id,
            event,
            event_type: PING,
            aggregate: id.0,
            body: &ping(event, id, now),
            replay: false,
            in_order: false,
        };
        let sent = insert(conn, &[trial]).await?;
        let delivery = deliveries_by_ids(conn, &sent).await?.pop();
        delivery.ok_or_else(|| WebhookRefusal::UnknownDelivery.into())
    })
    .await
}
