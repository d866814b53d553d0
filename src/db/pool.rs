//! Connections of the pool, and what becomes of one whose user left before PostgreSQL was done.
//!
//! A client that goes away takes its request with it, in the middle of a statement if it comes to that. PostgreSQL goes on
//! working all the same; and whoever gets the connection next would wait until it has, because answers come in turn.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel_async::pooled_connection::{PoolError, PoolableConnection};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use tokio::time::timeout;

use super::held::Lent;
use super::{Options, StatementLog, TYPO_TOLERANCE, connect};

/// How long PostgreSQL may go on with a statement that nobody waits for any more. Most are done long before: then the
/// connection stays, and a client that changes its mind with each letter it types costs none.
const GRACE: Duration = Duration::from_millis(100);
/// How long it may take to tell PostgreSQL to stop.
const CANCELLING: Duration = Duration::from_secs(5);

/// A connection taken from the pool; goes back when dropped, once PostgreSQL is done with what it was sent. Or one that is
/// held, and lent.
pub struct Connection(Source);

/// Where a connection is from.
#[expect(clippy::large_enum_variant, reason = "nearly all are the pool's")]
enum Source {
    /// None only while it is being dropped.
    Pool(Option<Pooled>),
    Held(Lent),
}

type Pooled = bb8::PooledConnection<'static, Manager>;

/// A connection, and how many of its statements are under way.
pub(super) struct Tracked {
    conn: AsyncPgConnection,
    under_way: Arc<AtomicUsize>,
    url: Arc<str>,
}

/// What makes the pool's connections.
pub(super) struct Manager {
    url: Arc<str>,
    statement_timeout: Duration,
    statement_log: Option<StatementLog>,
}

impl From<Pooled> for Connection {
    fn from(pooled: Pooled) -> Self {
        Self(Source::Pool(Some(pooled)))
    }
}

impl From<Lent> for Connection {
    fn from(lent: Lent) -> Self {
        Self(Source::Held(lent))
    }
}

impl Deref for Connection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        match &self.0 {
            Source::Pool(Some(pooled)) => &pooled.conn,
            Source::Held(lent) => lent.connection(),
            Source::Pool(None) => unreachable!("a connection that is dropped is not used"),
        }
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        match &mut self.0 {
            Source::Pool(Some(pooled)) => &mut pooled.conn,
            Source::Held(lent) => lent.connection_mut(),
            Source::Pool(None) => unreachable!("a connection that is dropped is not used"),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Source::Pool(pooled) = &mut self.0 else { return };
        let Some(pooled) = pooled.take() else { return };
        if pooled.is_busy()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(settle(pooled));
        }
    }
}

impl Tracked {
    fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::Acquire) > 0
    }
}

/// Waits a moment for the statements that were left behind, and then has them cancelled. The connection's place in the pool
/// stays taken meanwhile: PostgreSQL is not asked for more at a time than it was set up for.
async fn settle(mut pooled: Pooled) {
    // What was in a transaction is over in any case.
    if !pooled.conn.is_broken() {
        // An empty statement is answered when those before it are.
        if let Ok(Ok(())) = timeout(GRACE, pooled.conn.batch_execute("")).await {
            pooled.under_way.store(0, Ordering::Release);
            return;
        }
    }
    // A connection is not used again after this: the cancellation might come late, and hit somebody else's statement.
    let token = pooled.conn.cancel_token();
    match timeout(CANCELLING, connect::cancel(&pooled.url, &token)).await {
        Ok(Ok(())) => tracing::debug!("a statement that nobody waits for is cancelled"),
        Ok(Err(error)) => tracing::warn!(%error, "a statement that nobody waits for cannot be cancelled"),
        Err(_) => tracing::warn!("a statement that nobody waits for cannot be cancelled in time"),
    }
}

impl Manager {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            url: options.url.as_str().into(),
            statement_timeout: options.statement_timeout,
            statement_log: options.statement_log.clone(),
        }
    }

    async fn establish(&self) -> diesel::ConnectionResult<Tracked> {
        let mut conn = connect::establish(&self.url).await?;
        let timeout = self.statement_timeout.as_millis();
        conn.batch_execute(&format!(
            "SET statement_timeout = {timeout}; SET idle_in_transaction_session_timeout = {timeout}; SET jit = off; \
             SET pg_trgm.word_similarity_threshold = {TYPO_TOLERANCE}"
        ))
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        let under_way = Arc::<AtomicUsize>::default();
        let log = self.statement_log.clone();
        conn.set_instrumentation(Counting { under_way: Arc::clone(&under_way), log });
        Ok(Tracked { conn, under_way, url: Arc::clone(&self.url) })
    }
}

impl bb8::ManageConnection for Manager {
    type Connection = Tracked;
    type Error = PoolError;

    async fn connect(&self) -> Result<Tracked, PoolError> {
        self.establish().await.map_err(PoolError::ConnectionError)
    }

    // After a restart of PostgreSQL every idle connection is dead. The driver knows at once; asking the server before each
    // use would double the statements.
    async fn is_valid(&self, tracked: &mut Tracked) -> Result<(), PoolError> {
        if tracked.conn.is_broken() {
            return Err(PoolError::QueryError(diesel::result::Error::BrokenTransactionManager));
        }
        Ok(())
    }

    fn has_broken(&self, tracked: &mut Tracked) -> bool {
        std::thread::panicking() || tracked.is_busy() || tracked.conn.is_broken()
    }
}

/// Counts the statements under way on a connection, and hands on what happens on it.
struct Counting {
    under_way: Arc<AtomicUsize>,
    log: Option<StatementLog>,
}

impl Instrumentation for Counting {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match &event {
            InstrumentationEvent::StartQuery { .. } => {
                self.under_way.fetch_add(1, Ordering::AcqRel);
            }
            InstrumentationEvent::FinishQuery { .. } => {
                // The connection's lock is held: nobody else counts meanwhile.
                let under_way = self.under_way.load(Ordering::Acquire);
                self.under_way.store(under_way.saturating_sub(1), Ordering::Release);
            }
            _ => {}
        }
        if let Some(log) = &mut self.log {
            log.on_connection_event(event);
        }
    }
}
