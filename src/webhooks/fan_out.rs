//! Fan out: events become deliveries, one for each endpoint that wants the event.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::delivery::Deliver;
use super::envelope::Event;
use crate::db::Prepare;
use crate::db::schema::webhook_endpoints;
use crate::ids::{OutboxId, WebhookDeliveryId, WebhookEndpointId};
use crate::queue;

/// A delivery to be.
pub(super) struct NewDelivery<'a> {
    pub(super) endpoint: WebhookEndpointId,
    pub(super) event: OutboxId,
    pub(super) event_type: &'a str,
    /// What the event is about.
    pub(super) aggregate: Uuid,
    pub(super) body: &'a str,
    pub(super) replay: bool,
    /// Whether it comes behind what is on its way about the same thing.
    pub(super) in_order: bool,
}

/// Makes the deliveries of these events, in the events' order, and the jobs that bring them; in the caller's transaction, which
/// no other must run beside. Three statements at most, however many events there are; one when nobody wants to hear of
/// anything. Returns how many deliveries there are to be.
pub(crate) async fn fan_out(mut conn: &AsyncPgConnection, events: &[Event]) -> QueryResult<usize> {
    // An endpoint that is read here is not deleted before the transaction ends.
    let endpoints: Vec<(WebhookEndpointId, Vec<String>)> = webhook_endpoints::table
        .filter(webhook_endpoints::enabled)
        .select((webhook_endpoints::id, webhook_endpoints::event_types))
        .for_key_share()
        .load(&mut conn)
        .await?;
    let wanted: HashSet<&str> = endpoints.iter().flat_map(|(_, types)| types).map(String::as_str).collect();
    let bodies: Vec<(&Event, String)> = events
        .iter()
        .filter(|event| wanted.contains(event.kind.as_str()))
        .filter_map(|event| Some((event, event.body()?)))
        .collect();
    let mut deliveries = Vec::new();
    for (event, body) in &bodies {
        let takers = endpoints.iter().filter(|(_, types)| types.contains(&event.kind));
        deliveries.extend(takers.map(|(endpoint, _)| NewDelivery {
            endpoint: *endpoint,
            event: event.id,
            event_type: &event.kind,
            aggregate: event.aggregate_id,
            body,
            replay: false,
            in_order: true,
        }));
    }
    insert(conn, &deliveries).await?;
    Ok(deliveries.len())
}

/// Writes deliveries and their jobs, in their order. Their ids.
pub(super) async fn insert(
    mut conn: &AsyncPgConnection,
    deliveries: &[NewDelivery<'_>],
) -> QueryResult<Vec<WebhookDeliveryId>> {
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    fn column<'a, T>(rows: &'a [NewDelivery<'_>], field: impl Fn(&'a NewDelivery<'_>) -> T) -> Vec<T> {
        rows.iter().map(field).collect()
    }
    let ids: Vec<WebhookDeliveryId> = column(deliveries, |_| WebhookDeliveryId::new());
    diesel::sql_query(
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, aggregate_id, body, replay) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Array<SqlUuid>, _>(column(deliveries, |row| row.endpoint))
    .bind::<Array<SqlUuid>, _>(column(deliveries, |row| row.event))
    .bind::<Array<Text>, _>(column(deliveries, |row| row.event_type))
    .bind::<Array<SqlUuid>, _>(column(deliveries, |row| row.aggregate))
    .bind::<Array<Text>, _>(column(deliveries, |row| row.body))
    .bind::<Array<Bool>, _>(column(deliveries, |row| row.replay))
    .prepared()
    .execute(&mut conn)
    .await?;
    let jobs: Vec<Deliver> = ids
        .iter()
        .zip(deliveries)
        .map(|(id, row)| {
            Deliver::new(*id, row.endpoint, row.in_order.then_some(row.aggregate), row.event_type)
        })
        .collect();
    queue::enqueue_all(conn, &jobs, Deliver::job_id).await?;
    Ok(ids)
}
