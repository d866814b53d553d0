//! The workers: take jobs out of the queue and do them.
//!
//! Any number of processes run one each; none is the leader. A worker leases as many jobs of a kind as it has hands free, never
//! more, so that a lease runs only while its job does. What fails is tried again after longer and longer pauses, and given
//! up in the end: the row stays, for somebody to look into. A process that dies lets its leases lapse.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rand::RngExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::db::Db;
use crate::error::Result;
use crate::ids::JobId;
use crate::queue::{self, Claimed, Finished, Job, Waker};

/// How many jobs of one kind a process does at a time, unless it was told otherwise. Each kind has hands of its own: most jobs
/// wait for another machine, and while that one hangs, other kinds go on.
const HANDS: usize = 4;
/// How long an attempt may take; it is broken off then, and counts as failed.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a worker has a job to itself: longer than an attempt takes and its end takes to be written down.
const LEASE: Duration = Duration::from_mins(2);
/// How many jobs of one order a hand does in a row before others have their turn.
const IN_A_ROW: usize = 32;
/// How long a job waits at most when nobody woke the worker, because it was written elsewhere or is due only now.
const POLL: Duration = Duration::from_secs(1);
/// The pause after a first failed attempt; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause between two attempts, or while the database is away.
const MAX_PAUSE: Duration = Duration::from_mins(15);

/// Why an attempt at a job failed. The text goes to the log and into the job's row: neither addresses nor secrets in it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It may work another time.
    #[error("{0}")]
    ForNow(anyhow::Error),
    /// It will never work: there is no point in further attempts.
    #[error("{0}")]
    ForGood(anyhow::Error),
    /// It was not begun, because whoever it is for is known to be away: it is looked at again after this pause, and no attempt
    /// was used up.
    #[error("put off for {0:?}")]
    NotYet(Duration),
}

impl From<crate::error::Error> for Failure {
    fn from(error: crate::error::Error) -> Self {
        Self::ForNow(error.into())
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        crate::error::Error::from(error).into()
    }
}

type Handler = Arc<dyn Fn(Claimed) -> BoxFuture<'static, std::result::Result<(), Failure>> + Send + Sync>;

/// Who does a kind of job, and how many of it at a time.
#[derive(Clone)]
struct Post {
    hands: usize,
    handler: Handler,
}

/// Who does which kind of job.
#[derive(Clone, Default)]
pub struct Handlers(HashMap<&'static str, Post>);

impl Handlers {
    /// Has jobs of this type done by `handle`, which is given the job's id, the same with each attempt. It may be called
    /// again for a job that was done, when that could not be written down.
    #[must_use]
    pub fn on<J, F>(self, handle: impl Fn(JobId, J) -> F + Send + Sync + 'static) -> Self
    where
        J: Job,
        F: Future<Output = std::result::Result<(), Failure>> + Send + 'static,
    {
        self.on_with(HANDS, handle)
    }

    /// The same with so many hands.
    #[must_use]
    pub(super) fn on_with<J, F>(
        mut self,
        hands: usize,
        handle: impl Fn(JobId, J) -> F + Send + Sync + 'static,
    ) -> Self
    where
        J: Job,
        F: Future<Output = std::result::Result<(), Failure>> + Send + 'static,
    {
        let handler = move |job: Claimed| match serde_json::from_value(job.payload) {
            Ok(payload) => handle(job.id, payload).boxed(),
            Err(error) => {
                // What serde says names fields and repeats no text of theirs but a variant's name.
                let error = anyhow::Error::new(error).context("the payload cannot be read");
                std::future::ready(Err(Failure::ForGood(error))).boxed()
            }
        };
        self.0.insert(J::KIND, Post { hands, handler: Arc::new(handler) });
        self
    }
}

/// A worker of this process.
pub struct Worker {
    db: Db,
    waker: Waker,
    /// Woken when a hand is free again.
    freed: Waker,
    handlers: Handlers,
    failing: Mutex<HashSet<String>>,
}

impl Worker {
    /// A worker for the jobs of this database that the handlers know; others wait for a process that knows them. It is
    /// woken by `waker`.
    #[must_use]
    pub fn new(db: Db, waker: Waker, handlers: Handlers) -> Self {
        Self { db, waker, freed: Waker::default(), handlers, failing: Mutex::default() }
    }

    /// Works until `shutdown`; the jobs that have begun are finished then, and no more are taken.
    pub async fn run(self, shutdown: CancellationToken) {
        let (worker, running) = (Arc::new(self), TaskTracker::new());
        let hands = |(kind, post): (&&'static str, &Post)| (*kind, Arc::new(Semaphore::new(post.hands)));
        let hands: Vec<_> = worker.handlers.0.iter().map(hands).collect();
        let mut failures = 0;
        let mut looked = None;
        while !shutdown.is_cancelled() {
            let (pause, busy) = match worker.begin(&hands, &running, &mut looked, &shutdown).await {
                Ok(busy) => {
                    failures = 0;
                    (POLL, busy)
                }
                Err(error) => {
                    if failures == 0 {
                        tracing::error!(%error, "no jobs can be taken; they wait in the queue");
                    }
                    failures += 1;
                    (back_off(POLL, failures), false)
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                // While the database is away, wake-ups do not shorten the pause.
                () = worker.waker.woken(), if failures == 0 => {}
                () = worker.freed.woken(), if busy => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        running.close();
        running.wait().await;
    }

    /// Begins with what is due, as far as there are hands; and now and then gives up what nobody came back from. Whether there
    /// was a kind with too few hands, so that more of it may be due.
    async fn begin(
        self: &Arc<Self>,
        hands: &[(&'static str, Arc<Semaphore>)],
        running: &TaskTracker,
        looked: &mut Option<Instant>,
        shutdown: &CancellationToken,
    ) -> Result<bool> {
        let conn = self.db.get().await?;
        if looked.is_none_or(|looked| looked.elapsed() > LEASE) {
            for (job, kind) in queue::bury_abandoned(&conn).await? {
                tracing::error!(%job, kind, "a job is given up: its worker did not come back from the last attempt");
            }
            *looked = Some(Instant::now());
        }
        let mut busy = false;
        for (kind, hands) in hands {
            let free: Vec<_> = std::iter::from_fn(|| Arc::clone(hands).try_acquire_owned().ok()).collect();
            let wanted = free.len();
            let jobs = if wanted == 0 {
                Vec::new()
            } else {
                queue::claim(&conn, kind, wanted.try_into().unwrap_or(i64::MAX), LEASE).await?
            };
            busy |= jobs.len() == wanted;
            for (job, hand) in jobs.into_iter().zip(free) {
                running.spawn(Arc::clone(self).work(job, hand, shutdown.clone()));
            }
        }
        Ok(busy)
    }

    /// One attempt at a job, and writing down what came of it; then the same with the next of its order.
    async fn work(self: Arc<Self>, job: Claimed, hand: OwnedSemaphorePermit, shutdown: CancellationToken) {
        let mut next = Some(job);
        for turn in 1.. {
            let Some(job) = next.take() else { break };
            let outcome = self.attempt(job.clone()).await;
            let goes_on = turn < IN_A_ROW && !shutdown.is_cancelled();
            match self.settle(&job, outcome, goes_on).await {
                Ok(behind) => next = behind,
                Err(error) => {
                    tracing::error!(job = %job.id, kind = job.kind, %error, "what came of a job could not be written down; it will be tried again");
                }
            }
        }
        drop(hand);
        self.freed.wake();
    }

    async fn attempt(&self, job: Claimed) -> std::result::Result<(), Failure> {
        let Some(handler) = self.handlers.0.get(job.kind.as_str()).map(|post| Arc::clone(&post.handler))
        else {
            return Err(Failure::ForNow(anyhow::anyhow!("nobody here knows this kind of job")));
        };
        let attempt = AssertUnwindSafe(async move { handler(job).await }).catch_unwind();
        match tokio::time::timeout(PATIENCE, attempt).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Failure::ForNow(anyhow::anyhow!("the handler panicked"))),
            Err(_) => Err(Failure::ForNow(anyhow::anyhow!("not done within {PATIENCE:?}"))),
        }
    }

    /// Writes down what came of a job. The next of its order, if it is done and whoever did it goes on.
    async fn settle(
        &self,
        job: &Claimed,
        outcome: std::result::Result<(), Failure>,
        goes_on: bool,
    ) -> Result<Option<Claimed>> {
        self.note(job, &outcome);
        let conn = self.db.get().await?;
        match outcome {
            Ok(()) => match queue::finish(&conn, job, goes_on.then_some(LEASE)).await? {
                Finished::By(next) => return Ok(Some(*next)),
                Finished::Followed => self.waker.wake(),
                Finished::Alone => {}
                Finished::TooLate => {
                    tracing::warn!(job = %job.id, kind = job.kind, "a job was done after its lease had lapsed; it may be done twice");
                }
            },
            Err(Failure::NotYet(pause)) => queue::postpone(&conn, job, pause).await?,
            Err(Failure::ForNow(error)) if job.attempts < job.max_attempts => {
                let pause = back_off(FIRST_PAUSE, job.attempts.unsigned_abs());
                queue::put_back(&conn, job, pause, &format!("{error:#}")).await?;
            }
            Err(Failure::ForNow(error) | Failure::ForGood(error)) => {
                let error = format!("{error:#}");
                tracing::error!(job = %job.id, kind = job.kind, attempts = job.attempts, error, "a job is given up");
                queue::bury(&conn, job, &error).await?;
                if job.ordering_key.is_some() {
                    // Those behind it go on.
                    self.waker.wake();
                }
            }
        }
        Ok(None)
    }

    /// Says once that a kind of job fails, and once that it works again: in an outage there are thousands.
    fn note(&self, job: &Claimed, outcome: &std::result::Result<(), Failure>) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(()) => {
                if failing.remove(&job.kind) {
                    tracing::info!(kind = job.kind, "jobs of this kind are done again");
                }
            }
            Err(Failure::ForNow(error)) => {
                let (job, kind, attempt) = (job.id, &job.kind, job.attempts);
                if failing.insert(kind.clone()) {
                    tracing::warn!(%job, kind, attempt, error = format!("{error:#}"), "a job failed; it will be tried again");
                } else {
                    tracing::debug!(%job, kind, attempt, error = format!("{error:#}"), "a job failed again");
                }
            }
            Err(Failure::ForGood(_) | Failure::NotYet(_)) => {}
        }
    }
}

/// The pause after so many failures: doubled each time, and between half and one and a half of that by chance, so that
/// what failed together does not come back together.
fn back_off(first: Duration, failures: u32) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(20)));
    doubled.min(MAX_PAUSE).mul_f64(rand::rng().random_range(0.5..1.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_differ() {
        for (failures, seconds) in [(1, 5.0), (2, 10.0), (3, 20.0), (8, 640.0), (9, 900.0), (u32::MAX, 900.0)]
        {
            let pause = back_off(FIRST_PAUSE, failures).as_secs_f64();
            assert!((seconds * 0.5..seconds * 1.5).contains(&pause), "{failures}: {pause}");
        }
        let pauses: HashSet<Duration> = (0..20).map(|_| back_off(FIRST_PAUSE, 3)).collect();
        assert!(pauses.len() > 10, "{pauses:?}");
    }
}
