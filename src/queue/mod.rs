//! The queue: work that is to be done after a change, at least once.
//!
//! A job is a row, written on the connection of the change that asks for it: both commit or neither. Whoever writes one
//! knows nothing of who does the work; the workers of `jobs` take the rows out by lease, in any process of the shop. A
//! handler may run twice, when its process died before it could say that it was done, so it must bear that.

mod dead;
mod store;
mod waker;

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, Double, Integer, Jsonb, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::dead::{DeadJob, NEWEST_DEAD, ReviveRefusal, count_dead, dead_page, discard, revive};
pub(crate) use self::store::{
    Claimed, Finished, bury, bury_abandoned, claim, due_at, finish, postpone, put_back, strike_out,
};
pub use self::waker::Waker;
use crate::db::Prepare;
use crate::ids::JobId;

/// Something to be done: what its row holds.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// What it is called in the table. Rows outlive releases: a name stays, and a payload may only gain fields that have a
    /// default.
    const KIND: &'static str;
    /// How often it is begun before it is given up. With the pauses in between, twenty attempts take about four hours.
    const MAX_ATTEMPTS: i32 = 20;

    /// Jobs with the same key are done one after the other, in the order in which they were written. Whoever writes one
    /// holds a lock on what the key stands for.
    fn ordering_key(&self) -> Option<String> {
        None
    }

    /// Of jobs of this kind with the same key only one waits or runs at a time: another that is written meanwhile is none. It
    /// takes less time then, which tells whoever has it written that there was one.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// How long after the change it is due.
    fn delay(&self) -> Duration {
        Duration::ZERO
    }

    /// What it is about, for staff who look into jobs that were given up: an id, a type. Nothing secret and nothing of
    /// anybody's person, unlike the payload, which they are not shown. At most 200 characters.
    fn subject(&self) -> Option<String> {
        None
    }
}

/// Writes a job down, in the caller's transaction if there is one. Wake the workers of the process by [`Waker::wake`] once
/// it is committed, or it is found within a second.
pub async fn enqueue<J: Job>(conn: &AsyncPgConnection, job: &J) -> QueryResult<()> {
    enqueue_all(conn, std::slice::from_ref(job), |_| JobId::new()).await
}

/// The same for any number of jobs, in one statement and in their order, with ids that are chosen.
pub(crate) async fn enqueue_all<J: Job>(
    mut conn: &AsyncPgConnection,
    jobs: &[J],
    id: impl Fn(&J) -> JobId,
) -> QueryResult<()> {
    let payload = |job| {
        serde_json::to_value(job).map_err(|error| diesel::result::Error::SerializationError(error.into()))
    };
    let payloads = jobs.iter().map(payload).collect::<QueryResult<Vec<_>>>()?;
    diesel::sql_query(
        "INSERT INTO jobs (id, kind, max_attempts, payload, ordering_key, unique_key, run_at, subject) \
         SELECT id, $1, $2, payload, ordering_key, unique_key, now() + make_interval(secs => delay), subject \
         FROM unnest($3, $4, $5, $6, $7, $8) WITH ORDINALITY \
             AS job (id, payload, ordering_key, unique_key, delay, subject, place) \
         ORDER BY place \
         ON CONFLICT (kind, unique_key) WHERE finished_at IS NULL AND died_at IS NULL DO NOTHING",
    )
    .bind::<Text, _>(J::KIND)
    .bind::<Integer, _>(J::MAX_ATTEMPTS)
    .bind::<Array<Uuid>, _>(jobs.iter().map(id).collect::<Vec<_>>())
    .bind::<Array<Jsonb>, _>(payloads)
    .bind::<Array<Nullable<Text>>, _>(jobs.iter().map(Job::ordering_key).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(jobs.iter().map(Job::unique_key).collect::<Vec<_>>())
    .bind::<Array<Double>, _>(jobs.iter().map(|job| job.delay().as_secs_f64()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(jobs.iter().map(Job::subject).collect::<Vec<_>>())
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
