//! The queue: work that is to be done after a change, at least once.
//!
//! A job is a row, written on the connection of the change that asks for it: both commit or neither. Whoever writes one
//! knows nothing of who does the work; the workers of `jobs` take the rows out by lease, in any process of the shop. A
//! handler may run twice, when its process died before it could say that it was done, so it must bear that.

mod store;
mod waker;

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Double, Integer, Jsonb, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use self::store::{Claimed, bury, bury_abandoned, claim, finish, put_back, strike_out};
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
}

/// Writes a job down, in the caller's transaction if there is one. Wake the workers of the process by [`Waker::wake`] once
/// it is committed, or it is found within a second.
pub async fn enqueue<J: Job>(mut conn: &AsyncPgConnection, job: &J) -> QueryResult<()> {
    let payload =
        serde_json::to_value(job).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    diesel::sql_query(
        "INSERT INTO jobs (id, kind, payload, ordering_key, unique_key, max_attempts, run_at) \
         VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) \
         ON CONFLICT (kind, unique_key) WHERE finished_at IS NULL AND died_at IS NULL DO NOTHING",
    )
    .bind::<Uuid, _>(JobId::new())
    .bind::<Text, _>(J::KIND)
    .bind::<Jsonb, _>(payload)
    .bind::<Nullable<Text>, _>(job.ordering_key())
    .bind::<Nullable<Text>, _>(job.unique_key())
    .bind::<Integer, _>(J::MAX_ATTEMPTS)
    .bind::<Double, _>(job.delay().as_secs_f64())
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
