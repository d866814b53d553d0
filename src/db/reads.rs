//! One connection for what a request reads.

use std::ops::Deref;
use std::sync::{Arc, Weak};

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::bb8;
use tokio::sync::Mutex;

use super::Db;
use crate::error::Result;

/// A connection that several readers hold.
type Shared = bb8::PooledConnection<'static, AsyncPgConnection>;

/// A request's connection for what it only reads: who reads while another does shares that one's connection, and the
/// last one gives it back to the pool.
///
/// Statements that are sent side by side on one connection travel together, and PostgreSQL answers them in turn: no
/// request takes several connections from the others, and none of the two wakes up for every statement. Never for a
/// transaction, which the neighbours would be in as well: nothing but `&AsyncPgConnection` can be had of it.
#[derive(Clone)]
pub struct Reads {
    db: Db,
    held: Arc<Mutex<Weak<Shared>>>,
}

/// The connection, held with others. Let go of it before waiting for anything but the database.
pub struct Reading(Arc<Shared>);

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
        Self { db, held: Arc::default() }
    }

    /// The connection: the one that is being read from, or else one from the pool.
    pub async fn get(&self) -> Result<Reading> {
        // Who comes while the first one waits for the pool waits for the same connection.
        let mut held = self.held.lock().await;
        if let Some(conn) = held.upgrade() {
            return Ok(Reading(conn));
        }
        let conn = Arc::new(self.db.pool.get_owned().await?);
        *held = Arc::downgrade(&conn);
        Ok(Reading(conn))
    }
}
