//! Replay: an event is sent to an endpoint once more, whether it arrived or not.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::delivery::Delivery;
use super::event_type::PING;
use super::fan_out::{NewDelivery, insert};
use super::queries::{deliveries_by_ids, endpoints_by_ids, next_attempts};
use super::refusal::WebhookRefusal;
use crate::error::Outcome;
use crate::ids::WebhookDeliveryId;

/// Makes a new delivery of the same event with the same body, behind what is on its way about the same thing. The receiver
/// tells by the event's id that it has seen it. Wake the worker then.
pub async fn replay(
    conn: &mut AsyncPgConnection,
    id: WebhookDeliveryId,
) -> Outcome<Delivery, WebhookRefusal> {
    conn.transaction(async |conn| {
        let delivery = deliveries_by_ids(conn, &[id]).await?.pop().ok_or(WebhookRefusal::UnknownDelivery)?;
        let endpoint = endpoints_by_ids(conn, &[delivery.endpoint_id]).await?.pop();
        let is_trial = delivery.event_type == PING;
        if !is_trial && !endpoint.is_some_and(|endpoint| endpoint.enabled) {
            return Err(WebhookRefusal::EndpointDisabled.into());
        }
        if next_attempts(conn, &[id]).await?.contains_key(&id) {
            return Err(WebhookRefusal::StillTried.into());
        }
        let again = NewDelivery {
            endpoint: delivery.endpoint_id,
            event: delivery.event_id,
            event_type: &delivery.event_type,
            aggregate: delivery.aggregate_id,
            body: &delivery.body,
            replay: true,
            in_order: !is_trial,
        };
        let sent = insert(conn, &[again]).await?;
        let replayed = deliveries_by_ids(conn, &sent).await?.pop();
        replayed.ok_or_else(|| WebhookRefusal::UnknownDelivery.into())
    })
    .await
}
