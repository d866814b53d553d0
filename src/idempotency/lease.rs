//! Work that is no single transaction: one at a time is at it, for as long as its lease lasts.
//!
//! Whoever dies at work leaves a lease that runs out, and whoever retries then begins again. So such work has to be
//! idempotent in itself: what it does outside carries a key of its own.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bytea, Double, Nullable, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::record::{Found, find};
use super::{Keyed, SOON};
use crate::db::Prepare;
use crate::db::schema::idempotency_keys;

/// The right to be at work on a request, until then. No two have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease(DateTime<Utc>);

/// Takes the lease of a request for so long, or tells what there is of it already. A lease that has run out is taken over by
/// the next one with the same input.
pub async fn lease(
    mut conn: &AsyncPgConnection,
    request: &Keyed,
    lasts: Duration,
) -> QueryResult<Result<Lease, Found>> {
    #[derive(QueryableByName)]
    struct Leased {
        #[diesel(sql_type = Timestamptz)]
        leased_until: DateTime<Utc>,
    }
    let leased: Option<Leased> = sql_query(
        "INSERT INTO idempotency_keys AS k (digest, fingerprint, user_id, leased_until) \
         VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4)) \
         ON CONFLICT (digest) DO UPDATE \
             SET fingerprint = excluded.fingerprint, user_id = excluded.user_id, answer = NULL, \
                 leased_until = excluded.leased_until, created_at = now() \
             WHERE k.created_at <= now() - interval '24 hours' \
                 OR k.leased_until <= clock_timestamp() AND k.fingerprint = excluded.fingerprint \
         RETURNING leased_until",
    )
    .bind::<Bytea, _>(request.digest.as_slice())
    .bind::<Bytea, _>(request.fingerprint.as_slice())
    .bind::<Nullable<Uuid>, _>(request.user)
    .bind::<Double, _>(lasts.as_secs_f64())
    .prepared()
    .get_result(&mut conn)
    .await
    .optional()?;
    if let Some(Leased { leased_until }) = leased {
        return Ok(Ok(Lease(leased_until)));
    }
    Ok(Err(match find(conn, request).await? {
        // It went a moment ago.
        Found::Nothing => Found::InFlight(SOON),
        found => found,
    }))
}

/// Keeps the sealed answer to a request whose lease this is. False when somebody has taken it over meanwhile: they keep their
/// own.
pub async fn settle(
    mut conn: &AsyncPgConnection,
    request: &Keyed,
    lease: Lease,
    answer: &[u8],
) -> QueryResult<bool> {
    let kept = diesel::update(idempotency_keys::table.find(request.digest.as_slice()))
        .filter(idempotency_keys::leased_until.eq(lease.0))
        .set((idempotency_keys::answer.eq(answer), idempotency_keys::leased_until.eq(None::<DateTime<Utc>>)))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(kept == 1)
}

/// Gives the lease of a request back, of which there is nothing to keep: its key is free again.
pub async fn release(mut conn: &AsyncPgConnection, request: &Keyed, lease: Lease) -> QueryResult<()> {
    diesel::delete(idempotency_keys::table.find(request.digest.as_slice()))
        .filter(idempotency_keys::leased_until.eq(lease.0))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}
