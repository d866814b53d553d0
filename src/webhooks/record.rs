//! Record: what came of an attempt, and what follows from it for the endpoint.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Double, Integer, Jsonb, Text, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use rand::RngExt;

use super::delivery::Attempt;
use super::endpoint::DisabledReason;
use super::event_type::PING;
use super::prepare::AWAY_AFTER;
use crate::db::Prepare;
use crate::db::schema::webhook_endpoints;
use crate::ids::{WebhookDeliveryId, WebhookEndpointId};

/// How long an endpoint has failed, without anything delivered meanwhile, when it is disabled; and how often at least, so that
/// one event that a quiet shop's endpoint cannot take is not enough.
const LASTING: &str = "3 days";
const LASTING_FAILURES: i32 = 20;
/// How long an endpoint that is away is left alone: first, and at most, in seconds.
const FIRST_PAUSE: f64 = 5.0;
const MAX_PAUSE: f64 = 120.0;

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// The event arrived.
    Delivered,
    /// It did not, and is to be tried again.
    Failed,
    /// It did not, and the endpoint is sent nothing any more.
    Disabled(DisabledReason),
    /// The delivery is gone.
    Gone,
}

#[derive(QueryableByName)]
struct Tried {
    #[diesel(sql_type = Uuid)]
    endpoint_id: WebhookEndpointId,
    #[diesel(sql_type = Text)]
    event_type: String,
}

/// Writes an attempt into the delivery's log.
pub(crate) async fn record(
    conn: &mut AsyncPgConnection,
    id: WebhookDeliveryId,
    attempt: &Attempt,
) -> QueryResult<Recorded> {
    conn.transaction(async |conn| {
        let Some(tried) = note(conn, id, attempt).await? else { return Ok(Recorded::Gone) };
        if attempt.is_success() {
            if tried.event_type != PING {
                forget_failures(conn, tried.endpoint_id).await?;
            }
            return Ok(Recorded::Delivered);
        }
        // A trial says something to whoever wanted it, and nothing about what shoppers do.
        if tried.event_type == PING {
            return Ok(Recorded::Failed);
        }
        if attempt.is_gone() {
            disable(conn, tried.endpoint_id, DisabledReason::Gone).await?;
            return Ok(Recorded::Disabled(DisabledReason::Gone));
        }
        if count_failure(conn, tried.endpoint_id).await? {
            disable(conn, tried.endpoint_id, DisabledReason::Failing).await?;
            return Ok(Recorded::Disabled(DisabledReason::Failing));
        }
        Ok(Recorded::Failed)
    })
    .await
}

async fn note(
    mut conn: &AsyncPgConnection,
    id: WebhookDeliveryId,
    attempt: &Attempt,
) -> QueryResult<Option<Tried>> {
    let entry = serde_json::to_value(attempt)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    diesel::sql_query(
        "UPDATE webhook_deliveries SET \
             attempts = (CASE WHEN jsonb_array_length(attempts) >= 50 THEN attempts - 0 ELSE attempts END) || $2, \
             delivered_at = coalesce(delivered_at, CASE WHEN $3 THEN now() END) \
         WHERE id = $1 RETURNING endpoint_id, event_type",
    )
    .bind::<Uuid, _>(id)
    .bind::<Jsonb, _>(serde_json::Value::Array(vec![entry]))
    .bind::<Bool, _>(attempt.is_success())
    .prepared()
    .get_result(&mut conn)
    .await
    .optional()
}

/// Most deliveries follow one that arrived: nothing is written then.
async fn forget_failures(mut conn: &AsyncPgConnection, id: WebhookEndpointId) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, paused_until = NULL
         WHERE id = $1 AND failures > 0",
    )
    .bind::<Uuid, _>(id)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Counts a failure, and has the endpoint left alone for a while if there were several. Whether that has lasted too long.
async fn count_failure(mut conn: &AsyncPgConnection, id: WebhookEndpointId) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Lasting {
        #[diesel(sql_type = Bool)]
        lasting: bool,
    }
    let jitter: f64 = rand::rng().random_range(0.75..1.25);
    let counted: Option<Lasting> = diesel::sql_query(
        "UPDATE webhook_endpoints SET failures = failures + 1, failing_since = coalesce(failing_since, now()), \
             paused_until = CASE WHEN failures + 1 >= $2 \
                 THEN now() + make_interval(secs => $4 * least($6, $5 * 2 ^ least(failures + 1 - $2, 20))) END \
         WHERE id = $1 AND enabled \
         RETURNING failing_since <= now() - $7::interval AND failures >= $3 AS lasting",
    )
    .bind::<Uuid, _>(id)
    .bind::<Integer, _>(AWAY_AFTER)
    .bind::<Integer, _>(LASTING_FAILURES)
    .bind::<Double, _>(jitter)
    .bind::<Double, _>(FIRST_PAUSE)
    .bind::<Double, _>(MAX_PAUSE)
    .bind::<Text, _>(LASTING)
    .prepared()
    .get_result(&mut conn)
    .await
    .optional()?;
    Ok(counted.is_some_and(|counted| counted.lasting))
}

async fn disable(
    mut conn: &AsyncPgConnection,
    id: WebhookEndpointId,
    reason: DisabledReason,
) -> QueryResult<()> {
    diesel::update(webhook_endpoints::table.find(id))
        .filter(webhook_endpoints::enabled)
        .set((
            webhook_endpoints::enabled.eq(false),
            webhook_endpoints::disabled_at.eq(diesel::dsl::now),
            webhook_endpoints::disabled_reason.eq(reason.as_str()),
        ))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}
