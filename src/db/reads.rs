//! One connection for what a request's loaders read.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use diesel_async::AsyncPgConnection;
use tokio::sync::Mutex;

use super::{Connection, Db};
use crate::error::{Error, Result};

/// A request's connection for what its loaders read: who reads while another does shares that one's connection, and the
/// last one gives it back to the pool.
///
/// Statements that are sent side by side on one connection travel together, and PostgreSQL answers them in turn: the
/// siblings on a page take one connection from other requests and not five, and neither side wakes up for every statement.
/// The price is that a slow one keeps its siblings waiting. Never for a transaction, which the neighbours would be in as
/// well: nothing but `&AsyncPgConnection` can be had of it.
#[derive(Clone)]
pub struct Reads {
    db: Db,
    held: Arc<Mutex<Weak<Connection>>>,
    /// How often the pool had none in time.
    given_up: Arc<AtomicU64>,
}

/// The connection, held with others. Let go of it before waiting for anything but the database.
pub struct Reading(Arc<Connection>);

impl Deref for Reading {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.0
    }
}

impl Reads {
    /// Takes nothing from the pool yet.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, held: Arc::default(), given_up: Arc::default() }
    }

    /// The connection: the one that is being read from, or else one from the pool.
    pub async fn get(&self) -> Result<Reading> {
        let given_up = self.given_up.load(Ordering::Relaxed);
        // Who comes while the first one waits for the pool waits for the same connection, and no longer than that one.
        let mut held = self.held.lock().await;
        if let Some(conn) = held.upgrade() {
            return Ok(Reading(conn));
        }
        if self.given_up.load(Ordering::Relaxed) != given_up {
            return Err(bb8::RunError::TimedOut.into());
        }
        let conn = self.db.get().await.inspect_err(|error| {
            if matches!(error, Error::Pool(bb8::RunError::TimedOut)) {
                self.given_up.fetch_add(1, Ordering::Relaxed);
            }
        })?;
        let conn = Arc::new(conn);
        *held = Arc::downgrade(&conn);
        Ok(Reading(conn))
    }
}
