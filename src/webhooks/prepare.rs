//! Prepare: a delivery made ready to be brought, if it is to be at this moment.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Double, Integer, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::event_type::PING;
use super::secret::Secret;
use crate::db::Prepare;
use crate::db::schema::{webhook_deliveries, webhook_endpoints};
use crate::ids::{OutboxId, WebhookDeliveryId, WebhookEndpointId};
use crate::seal::Sealer;

/// From so many failures in a row on, an endpoint is held to be away: one delivery at a time asks whether it is back, and the
/// others wait. So an endpoint that hangs takes one hand and not all, and an outage uses up few attempts.
pub(super) const AWAY_AFTER: i32 = 3;
/// How long whoever asks has an endpoint that is away to itself: longer than an attempt takes.
const PROBE: Duration = Duration::from_secs(30);

/// What is to be done with a delivery.
pub(crate) enum Prepared {
    /// Bring it.
    Send(Parcel),
    /// The endpoint is away: look again after this pause.
    Wait(Duration),
    /// Nothing: it arrived, or it is gone, or its endpoint is, or wants nothing.
    Nothing,
    /// It cannot be signed, for the key that the secret was encrypted with is another now.
    Unsigned,
}

/// What is brought, and where. No `Debug`: the address may have a token in it.
pub(crate) struct Parcel {
    pub(crate) url: String,
    pub(crate) headers: [(&'static str, String); 3],
    pub(crate) body: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(diesel::pg::Pg))]
struct Waiting {
    event_id: OutboxId,
    event_type: String,
    body: String,
    delivered_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_endpoints, check_for_backend(diesel::pg::Pg))]
struct Receiver {
    id: WebhookEndpointId,
    url: String,
    enabled: bool,
    failures: i32,
    secret: Vec<u8>,
    previous_secret: Option<Vec<u8>>,
    previous_secret_until: Option<DateTime<Utc>>,
}

/// Looks what is to be done with a delivery, and signs it, with the moment `now`.
pub(crate) async fn prepare(
    mut conn: &AsyncPgConnection,
    sealer: &Sealer,
    now: DateTime<Utc>,
    id: WebhookDeliveryId,
) -> QueryResult<Prepared> {
    let found: Option<(Waiting, Receiver)> = webhook_deliveries::table
        .inner_join(webhook_endpoints::table)
        .filter(webhook_deliveries::id.eq(id))
        .select((Waiting::as_select(), Receiver::as_select()))
        .first(&mut conn)
        .await
        .optional()?;
    let Some((waiting, receiver)) = found else { return Ok(Prepared::Nothing) };
    let is_trial = waiting.event_type == PING;
    if waiting.delivered_at.is_some() || !(receiver.enabled || is_trial) {
        return Ok(Prepared::Nothing);
    }
    if receiver.failures >= AWAY_AFTER
        && !is_trial
        && let Some(pause) = pause(conn, receiver.id).await?
    {
        return Ok(Prepared::Wait(pause));
    }
    let signed_by = [
        Some(receiver.secret),
        receiver.previous_secret.filter(|_| receiver.previous_secret_until.is_some_and(|until| until > now)),
    ];
    let (event, timestamp) = (waiting.event_id.to_string(), now.timestamp());
    let sign = |sealed: Vec<u8>| Some(Secret::open(sealer, &sealed)?.sign(&event, timestamp, &waiting.body));
    let signatures: Option<Vec<String>> = signed_by.into_iter().flatten().map(sign).collect();
    let Some(signatures) = signatures else { return Ok(Prepared::Unsigned) };
    let headers = [
        ("webhook-id", event),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    Ok(Prepared::Send(Parcel { url: receiver.url, headers, body: waiting.body }))
}

/// How long to leave an endpoint alone that is away; none for the one who may ask whether it is back.
async fn pause(mut conn: &AsyncPgConnection, id: WebhookEndpointId) -> QueryResult<Option<Duration>> {
    #[derive(QueryableByName)]
    struct Left {
        #[diesel(sql_type = Double)]
        seconds: f64,
    }
    let asks = diesel::sql_query(
        "UPDATE webhook_endpoints SET paused_until = now() + make_interval(secs => $2)
         WHERE id = $1 AND failures >= $3 AND (paused_until IS NULL OR paused_until <= now())",
    )
    .bind::<Uuid, _>(id)
    .bind::<Double, _>(PROBE.as_secs_f64())
    .bind::<Integer, _>(AWAY_AFTER)
    .prepared()
    .execute(&mut conn)
    .await?;
    if asks > 0 {
        return Ok(None);
    }
    let left: Option<Left> = diesel::sql_query(
        "SELECT extract(epoch FROM paused_until - now())::float8 AS seconds FROM webhook_endpoints
         WHERE id = $1 AND failures >= $2 AND paused_until > now()",
    )
    .bind::<Uuid, _>(id)
    .bind::<Integer, _>(AWAY_AFTER)
    .prepared()
    .get_result(&mut conn)
    .await
    .optional()?;
    // Not away any more, by now.
    Ok(left.map(|left| Duration::from_secs_f64(left.seconds.max(0.0))))
}
