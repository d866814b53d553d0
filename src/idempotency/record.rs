//! What is kept of a request: looked for before the work, written after it.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Bytea, Double, Nullable, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Keyed, SOON};
use crate::db::Prepare;

/// What there is of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing: do the work.
    Nothing,
    /// Somebody is at work on it: when to ask again.
    InFlight(Duration),
    /// Its key was used with another input.
    Reused,
    /// The sealed answer that was given to the first.
    Answer(Vec<u8>),
}

#[derive(QueryableByName)]
struct Record {
    #[diesel(sql_type = Bool)]
    mine: bool,
    #[diesel(sql_type = Nullable<Bytea>)]
    fingerprint: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    answer: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Double>)]
    leased_for: Option<f64>,
}

impl Record {
    fn found(self, request: &Keyed) -> Found {
        match (self.fingerprint, self.answer) {
            (None, _) if self.mine => Found::Nothing,
            (None, _) => Found::InFlight(SOON),
            (Some(fingerprint), _) if fingerprint != request.fingerprint => Found::Reused,
            (Some(_), Some(answer)) => Found::Answer(answer),
            (Some(_), None) => match self.leased_for {
                Some(wait) if wait > 0.0 => {
                    Found::InFlight(Duration::try_from_secs_f64(wait).unwrap_or(SOON).min(SOON))
                }
                _ => Found::Nothing,
            },
        }
    }
}

/// Looks for what there is of a request, and has the transaction be the only one at work on it, if there is nothing. What
/// is found may be of a moment before: the last word is [`keep`]'s.
pub async fn claim(mut conn: &AsyncPgConnection, request: &Keyed) -> QueryResult<Found> {
    let record: Record = sql_query(
        "SELECT pg_try_advisory_xact_lock($1) AS mine, k.fingerprint, k.answer, \
             extract(epoch FROM k.leased_until - now())::double precision AS leased_for \
         FROM (VALUES (1)) AS one LEFT JOIN idempotency_keys k \
             ON k.digest = $2 AND k.created_at > now() - interval '24 hours'",
    )
    .bind::<BigInt, _>(request.lock())
    .bind::<Bytea, _>(request.digest.as_slice())
    .prepared()
    .get_result(&mut conn)
    .await?;
    Ok(record.found(request))
}

/// Looks for what there is of a request.
pub async fn find(mut conn: &AsyncPgConnection, request: &Keyed) -> QueryResult<Found> {
    let record: Option<Record> = sql_query(
        "SELECT true AS mine, fingerprint, answer, \
             extract(epoch FROM leased_until - now())::double precision AS leased_for \
         FROM idempotency_keys WHERE digest = $1 AND created_at > now() - interval '24 hours'",
    )
    .bind::<Bytea, _>(request.digest.as_slice())
    .prepared()
    .get_result(&mut conn)
    .await
    .optional()?;
    Ok(record.map_or(Found::Nothing, |record| record.found(request)))
}

/// Keeps the sealed answer to a request for 24 hours. False when another one was quicker: then undo the work, and give the
/// answer that is kept.
pub async fn keep(mut conn: &AsyncPgConnection, request: &Keyed, answer: &[u8]) -> QueryResult<bool> {
    let kept = sql_query(
        "INSERT INTO idempotency_keys AS k (digest, fingerprint, user_id, answer) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (digest) DO UPDATE \
             SET fingerprint = excluded.fingerprint, user_id = excluded.user_id, answer = excluded.answer, \
                 leased_until = NULL, created_at = now() \
             WHERE k.created_at <= now() - interval '24 hours'",
    )
    .bind::<Bytea, _>(request.digest.as_slice())
    .bind::<Bytea, _>(request.fingerprint.as_slice())
    .bind::<Nullable<Uuid>, _>(request.user)
    .bind::<Bytea, _>(answer)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(kept == 1)
}
