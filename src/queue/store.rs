//! The worker's side of the table. PostgreSQL's clock counts here, for it is the same for all.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Double, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Job;
use crate::db::Prepare;
use crate::db::schema::jobs;
use crate::ids::JobId;

/// The longest error that is kept, in characters; the table's CHECK says the same.
const MAX_ERROR_LENGTH: usize = 2000;

/// A job that one worker has to itself for a while.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Claimed {
    pub(crate) id: JobId,
    pub(crate) kind: String,
    pub(crate) payload: serde_json::Value,
    pub(crate) ordering_key: Option<String>,
    /// Which attempt this is, from one. It is also what tells this lease from a later one.
    pub(crate) attempts: i32,
    pub(crate) max_attempts: i32,
}

/// Leases at most `limit` jobs of this kind that are due, the most overdue first. A job waits while an earlier one with its
/// ordering key is open; those that another worker is taking are skipped.
pub(crate) async fn claim(
    mut conn: &AsyncPgConnection,
    kind: &str,
    limit: i64,
    lease: Duration,
) -> QueryResult<Vec<Claimed>> {
    diesel::sql_query(
        "WITH due AS MATERIALIZED (
             SELECT id FROM jobs AS waiting
             WHERE finished_at IS NULL AND died_at IS NULL AND run_at <= now()
               AND (leased_until IS NULL OR leased_until < now())
               AND attempts < max_attempts AND kind = $1
               AND (ordering_key IS NULL OR NOT EXISTS (
                       SELECT FROM jobs AS earlier
                       WHERE earlier.open_ordering_key = waiting.ordering_key AND earlier.position < waiting.position))
             ORDER BY run_at, position LIMIT $2 FOR UPDATE SKIP LOCKED)
         UPDATE jobs SET attempts = attempts + 1, leased_until = clock_timestamp() + make_interval(secs => $3)
         FROM due WHERE jobs.id = due.id
         RETURNING jobs.id, jobs.kind, jobs.payload, jobs.ordering_key, jobs.attempts, jobs.max_attempts",
    )
    .bind::<Text, _>(kind)
    .bind::<BigInt, _>(limit)
    .bind::<Double, _>(lease.as_secs_f64())
    .prepared()
    .load(&mut conn)
    .await
}

/// What follows from a job that is done.
#[derive(Debug)]
pub(crate) enum Finished {
    /// Nothing waits behind it that is due.
    Alone,
    /// Something is due behind it that somebody else has to take.
    Followed,
    /// The next of its order, which is the finisher's to do.
    By(Box<Claimed>),
    /// Its lease had lapsed, and somebody else has it.
    TooLate,
}

/// Notes that the job is done, and forgets what it was about: nobody needs that any more, and there may be names in it.
///
/// With `lease` the next of its order is leased in the same statement, if it is of the same kind. Looking for it costs nothing
/// then, while [`claim`] passes over all that wait behind others.
///
/// Whether a job is open is asked by `num_nonnulls` where its id is known: a planner that believes the queue to be empty takes
/// the indexes of what is open for the shorter way to one of its rows, and walks through all of them.
pub(crate) async fn finish(
    mut conn: &AsyncPgConnection,
    job: &Claimed,
    lease: Option<Duration>,
) -> QueryResult<Finished> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        followed: bool,
        #[diesel(embed)]
        next: Option<Claimed>,
    }
    let finished: Option<Row> = diesel::sql_query(
        "WITH done AS (
             UPDATE jobs SET finished_at = now(), last_error = NULL, payload = '{}', unique_key = NULL
             WHERE id = $1 AND attempts = $2 AND num_nonnulls(finished_at, died_at) = 0
             RETURNING id, kind, ordering_key),
         due AS (
             SELECT first.id, first.kind = done.kind AS alike
             FROM done, LATERAL (SELECT * FROM jobs WHERE open_ordering_key = done.ordering_key AND id <> done.id
                                 ORDER BY position LIMIT 1) AS first
             WHERE run_at <= now() AND (leased_until IS NULL OR leased_until < now()) AND attempts < max_attempts),
         taken AS (
             SELECT jobs.id FROM jobs JOIN due USING (id) WHERE alike AND $3 > 0 FOR UPDATE OF jobs SKIP LOCKED),
         leased AS (
             UPDATE jobs SET attempts = attempts + 1, leased_until = clock_timestamp() + make_interval(secs => $3)
             FROM taken WHERE jobs.id = taken.id
             RETURNING jobs.id, jobs.kind, jobs.payload, jobs.ordering_key, jobs.attempts, jobs.max_attempts)
         SELECT EXISTS (SELECT FROM due) AS followed, leased.* FROM done LEFT JOIN leased ON true",
    )
    .bind::<diesel::sql_types::Uuid, _>(job.id)
    .bind::<diesel::sql_types::Integer, _>(job.attempts)
    .bind::<Double, _>(lease.map_or(0.0, |lease| lease.as_secs_f64()))
    .prepared()
    .get_result(&mut conn)
    .await
    .optional()?;
    Ok(match finished {
        None => Finished::TooLate,
        Some(Row { next: Some(next), .. }) => Finished::By(Box::new(next)),
        Some(Row { followed: true, .. }) => Finished::Followed,
        Some(_) => Finished::Alone,
    })
}

/// Puts a job back for another attempt after `pause`.
pub(crate) async fn put_back(
    mut conn: &AsyncPgConnection,
    job: &Claimed,
    pause: Duration,
    error: &str,
) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE jobs SET leased_until = NULL, run_at = now() + make_interval(secs => $3), last_error = $4
         WHERE id = $1 AND attempts = $2 AND num_nonnulls(finished_at, died_at) = 0",
    )
    .bind::<diesel::sql_types::Uuid, _>(job.id)
    .bind::<diesel::sql_types::Integer, _>(job.attempts)
    .bind::<Double, _>(pause.as_secs_f64())
    .bind::<Text, _>(bounded(error))
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Puts a job back that was not begun after all, until `pause` is over: the attempt does not count. The number of attempts
/// stays, for it tells this lease from a later one; that of those allowed grows instead.
pub(crate) async fn postpone(
    mut conn: &AsyncPgConnection,
    job: &Claimed,
    pause: Duration,
) -> QueryResult<()> {
    diesel::sql_query(
        "UPDATE jobs SET leased_until = NULL, run_at = now() + make_interval(secs => $3), \
                         max_attempts = max_attempts + 1
         WHERE id = $1 AND attempts = $2 AND num_nonnulls(finished_at, died_at) = 0",
    )
    .bind::<diesel::sql_types::Uuid, _>(job.id)
    .bind::<diesel::sql_types::Integer, _>(job.attempts)
    .bind::<Double, _>(pause.as_secs_f64())
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// When those of these jobs that are open will be tried next. One that is under way was due when it was begun.
pub(crate) async fn due_at(
    mut conn: &AsyncPgConnection,
    ids: &[JobId],
) -> QueryResult<HashMap<JobId, DateTime<Utc>>> {
    let open = jobs::finished_at.is_null().and(jobs::died_at.is_null());
    let due = jobs::table.filter(jobs::id.eq_any(ids)).filter(open).select((jobs::id, jobs::run_at));
    Ok(due.load::<(JobId, DateTime<Utc>)>(&mut conn).await?.into_iter().collect())
}

/// Gives a job up. Those behind it in its order go on.
pub(crate) async fn bury(mut conn: &AsyncPgConnection, job: &Claimed, error: &str) -> QueryResult<()> {
    diesel::update(jobs::table.find(job.id))
        .filter(jobs::attempts.eq(job.attempts))
        .filter(jobs::finished_at.is_null().and(jobs::died_at.is_null()))
        .set((jobs::died_at.eq(diesel::dsl::now), jobs::last_error.eq(bounded(error))))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Takes out jobs whose payload holds one of these values: of those that wait, and of those that were given up. One that is
/// under way is left to whoever does it.
pub(crate) async fn strike_out<J: Job>(
    mut conn: &AsyncPgConnection,
    waiting: &[serde_json::Value],
    given_up: &[serde_json::Value],
) -> QueryResult<()> {
    diesel::sql_query(
        "DELETE FROM jobs WHERE kind = $1 AND finished_at IS NULL AND (
             (died_at IS NULL AND (leased_until IS NULL OR leased_until < now()) AND payload @> ANY ($2))
             OR (died_at IS NOT NULL AND payload @> ANY ($3)))",
    )
    .bind::<Text, _>(J::KIND)
    .bind::<Array<Jsonb>, _>(waiting)
    .bind::<Array<Jsonb>, _>(given_up)
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Gives up the jobs whose last attempt ended with its worker. Their ids and kinds.
pub(crate) async fn bury_abandoned(mut conn: &AsyncPgConnection) -> QueryResult<Vec<(JobId, String)>> {
    diesel::update(jobs::table)
        .filter(jobs::finished_at.is_null().and(jobs::died_at.is_null()))
        .filter(jobs::attempts.ge(jobs::max_attempts).and(jobs::leased_until.lt(diesel::dsl::now)))
        .set((
            jobs::died_at.eq(diesel::dsl::now),
            jobs::last_error.eq("the worker did not come back from the last attempt"),
        ))
        .returning((jobs::id, jobs::kind))
        .prepared()
        .get_results(&mut conn)
        .await
}

/// The error as the table takes it.
fn bounded(error: &str) -> String {
    error.chars().filter(|letter| *letter != '\0').take(MAX_ERROR_LENGTH).collect()
}
