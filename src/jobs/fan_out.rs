//! Fan out: what happened becomes jobs, one for each who is to be told of it.
//!
//! Apart from the wake-ups that the relay sends, and before them: mail and webhooks need no Redis. In one transaction, by one
//! relay at a time, the oldest events that were not turned into jobs are read, their jobs are written and they are marked.
//! A relay that is killed on the way leaves nothing behind, so each event becomes each job exactly once; and as events are
//! taken in their order, so are the jobs of one order, product or variant.

use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::outbox;
use crate::db::Prepare;
use crate::error::Result;
use crate::orders::letters::OrderLetter;
use crate::queue;
use crate::{ids::JobId, webhooks};

/// Held while events are turned into jobs. ("cartofan" in ASCII.)
const FAN_OUT_LOCK: i64 = 0x6361_7274_6f66_616e;
/// How many events are taken at a time.
const BATCH: i64 = 500;

/// What came of a batch.
pub(super) struct FannedOut {
    /// How many jobs there are to do.
    pub(super) jobs: usize,
    /// Whether there may be more events.
    pub(super) more: bool,
}

/// Turns the oldest events into jobs. A fixed number of statements, however many there are.
pub(super) async fn fan_out(conn: &mut AsyncPgConnection) -> Result<FannedOut> {
    conn.transaction(async |conn| {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(FAN_OUT_LOCK)
            .prepared()
            .execute(conn)
            .await?;
        let events = outbox::not_fanned_out(conn, BATCH).await?;
        if events.is_empty() {
            return Ok(FannedOut { jobs: 0, more: false });
        }
        let deliveries = webhooks::fan_out(conn, &events).await?;
        let letter = |event: &webhooks::Event| {
            OrderLetter::of(&event.kind, event.aggregate_id, event.id.0, &event.payload)
        };
        let letters: Vec<OrderLetter> = events.iter().filter_map(letter).collect();
        if !letters.is_empty() {
            queue::enqueue_all(conn, &letters, |_| JobId::new()).await?;
        }
        let ids: Vec<_> = events.iter().map(|event| event.id).collect();
        outbox::mark_fanned_out(conn, &ids).await?;
        let more = i64::try_from(events.len()).is_ok_and(|events| events >= BATCH);
        Ok(FannedOut { jobs: deliveries + letters.len(), more })
    })
    .await
}
