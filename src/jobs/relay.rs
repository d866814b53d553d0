//! The relay: turns committed events of the outbox into jobs, and brings them to the bus.
//!
//! Any number of processes run one. Each round first has new events turned into jobs ([`super::fan_out`]). Then it has a short
//! transaction, one relay at a time, that gives new events of orders their place in the feed and leases a batch of the
//! outbox; then, outside of it, the batch is published and marked. A relay that is killed between the two leaves a lease that lapses, and another publishes the batch again: at
//! least once, and in order per aggregate.

use std::time::{Duration, Instant};

use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use tokio_util::sync::CancellationToken;

use super::fan_out::fan_out;
use super::outbox::{self, Claimed};
use crate::app::App;
use crate::bus::{Bus, Topic};
use crate::db::{Db, Prepare};
use crate::error::Result;
use crate::ids::{OrderId, VariantId};
use crate::orders::feed;
use crate::queue::Waker;

/// Held while places in the feed are given and leases are taken. ("cartorly" in ASCII.)
pub(crate) const RELAY_LOCK: i64 = 0x6361_7274_6f72_6c79;
/// How many events one round takes at most.
const BATCH: i64 = 500;
/// How many batches of events one round turns into jobs at most, so that a shutdown is not kept waiting.
const MOST_BATCHES: usize = 20;
/// How long a relay has its batch to itself: many times what publishing takes.
const LEASE: Duration = Duration::from_secs(30);
/// How long an event waits at most when nobody woke the relay, because it was written elsewhere.
const POLL: Duration = Duration::from_secs(1);
/// The longest pause while the database or the bus is away.
const MAX_PAUSE: Duration = Duration::from_secs(15);
/// How long published events are kept, for whoever looks into a problem.
const KEEP: Duration = Duration::from_hours(7 * 24);
const CLEAN_EVERY: Duration = Duration::from_mins(1);
const CLEAN_BATCH: i64 = 5_000;

/// A relay of this process.
pub struct Relay {
    db: Db,
    bus: Bus,
    waker: Waker,
    worker: Waker,
}

impl Relay {
    /// A relay of this application. It uses one connection at a time.
    #[must_use]
    pub fn new(app: &App) -> Self {
        let (waker, worker) = (app.relay.clone(), app.worker.clone());
        Self { db: app.upkeep.clone(), bus: app.bus.clone(), waker, worker }
    }

    /// Relays until `shutdown`; a round that has begun is finished.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut outage = Outage::default();
        let mut cleaned = Instant::now();
        while !shutdown.is_cancelled() {
            let outcome = self.work(&mut cleaned).await;
            let pause = outage.pause_after(&outcome);
            if matches!(outcome, Ok(Progress::More)) {
                continue;
            }
            let woken = async {
                // While something is away, wake-ups do not shorten the pause: they come with every order.
                match outcome {
                    Ok(_) => self.waker.woken().await,
                    Err(_) => std::future::pending().await,
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = woken => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One round, and now and then a broom.
    async fn work(&self, cleaned: &mut Instant) -> Result<Progress> {
        if cleaned.elapsed() >= CLEAN_EVERY {
            let deleted = outbox::delete_published(&*self.db.get().await?, KEEP, CLEAN_BATCH).await?;
            if i64::try_from(deleted).is_ok_and(|deleted| deleted < CLEAN_BATCH) {
                *cleaned = Instant::now();
            }
        }
        self.round().await
    }

    /// Turns what is new into jobs, then places and publishes one batch.
    async fn round(&self) -> Result<Progress> {
        let mut conn = self.db.get().await?;
        let (news, unpublished) = outbox::is_waiting(&conn).await?;
        if news {
            self.write_jobs(&mut conn).await?;
        }
        if !unpublished {
            return Ok(Progress::Idle);
        }
        let leased = Instant::now();
        let (placed, batch) = claim(&mut conn).await?;
        drop(conn);
        if batch.is_empty() {
            return Ok(Progress::Idle);
        }
        let ids: Vec<_> = batch.iter().map(|event| event.id).collect();
        let topics: Vec<Topic> = batch.iter().filter_map(topic).collect();
        // Once the lease has lapsed the batch may be another relay's: it is left alone.
        let patience = LEASE.saturating_sub(leased.elapsed());
        let published = tokio::time::timeout(patience, self.bus.publish(&topics))
            .await
            .map_err(|_| anyhow::anyhow!("publishing took longer than the lease of {LEASE:?}"))?;
        let conn = self.db.get().await?;
        match published {
            Ok(()) => outbox::mark_published(&conn, &ids).await?,
            Err(error) => {
                outbox::release(&conn, &ids).await?;
                return Err(error);
            }
        }
        let full = |count: usize| i64::try_from(count).is_ok_and(|count| count >= BATCH);
        Ok(if full(batch.len()) || full(placed) { Progress::More } else { Progress::Idle })
    }

    /// Turns all that is new into jobs: however long the bus is away, and its rounds with it, mail and webhooks go on.
    async fn write_jobs(&self, conn: &mut AsyncPgConnection) -> Result<()> {
        for _ in 0..MOST_BATCHES {
            let written = fan_out(conn).await?;
            if written.jobs > 0 {
                self.worker.wake();
            }
            if !written.more {
                break;
            }
        }
        Ok(())
    }
}

/// Whether there is more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    More,
    Idle,
}

/// Gives places in the feed and leases a batch, alone among all relays of the database.
async fn claim(conn: &mut AsyncPgConnection) -> Result<(usize, Vec<Claimed>)> {
    conn.transaction(async |conn| {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
            .bind::<BigInt, _>(RELAY_LOCK)
            .prepared()
            .execute(conn)
            .await?;
        let placed = feed::place(conn, BATCH).await?;
        let batch = outbox::claim(conn, BATCH, LEASE).await?;
        Ok((placed, batch))
    })
    .await
}

/// Who is to be woken by an event; nobody by one of a kind that this release does not know.
fn topic(event: &Claimed) -> Option<Topic> {
    match event.aggregate_type.as_str() {
        outbox::ORDER => Some(Topic::Order(OrderId(event.aggregate_id))),
        outbox::VARIANT => Some(Topic::Variant(VariantId(event.aggregate_id))),
        _ => None,
    }
}

/// How long the relay has been failing: an outage is logged when it begins and when it ends, not with each attempt.
#[derive(Debug, Default)]
struct Outage {
    failures: u32,
}

impl Outage {
    /// How long to rest after a round.
    fn pause_after<T>(&mut self, outcome: &Result<T>) -> Duration {
        match outcome {
            Ok(_) => {
                if self.failures > 0 {
                    tracing::info!(attempts = self.failures, "events are published again");
                }
                self.failures = 0;
                POLL
            }
            Err(error) => {
                if self.failures == 0 {
                    tracing::error!(%error, "events cannot be published; they wait in the outbox");
                } else {
                    tracing::debug!(%error, "events still cannot be published");
                }
                self.failures = self.failures.saturating_add(1);
                MAX_PAUSE.min(POLL * 2_u32.saturating_pow(self.failures.min(8) - 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_waited_out_longer_and_longer_and_then_forgotten() {
        let failed = || Err::<(), _>(crate::error::Error::Internal(anyhow::anyhow!("away")));
        let mut outage = Outage::default();
        let pauses: Vec<u64> = (0..6).map(|_| outage.pause_after(&failed()).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 15, 15]);
        assert_eq!(outage.pause_after(&Ok(())), POLL);
        assert_eq!(outage.pause_after(&failed()).as_secs(), 1);
    }
}
