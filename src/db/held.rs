//! One connection that a piece of work keeps for as long as it takes, with its transaction.
//!
//! What is done for a request mostly takes a connection for each step and gives it back. Where all of it is to be one
//! transaction, the answer's reading included, whoever asks a [`Db`] that is [holding](Db::holding) gets the connection of that
//! transaction, one after another; whoever keeps it while waiting for something that needs it too waits for ever.

use std::sync::Arc;

use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Connection, Db};
use crate::error::Result;

type Manager = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// What is to be done in a transaction that was just begun, before anything else. If it fails, there is none.
pub type Opening =
    Box<dyn for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, Result<()>> + Send + Sync>;

/// The place for a connection that is held.
#[derive(Clone, Default)]
pub(super) struct Held(Arc<Mutex<Holding>>);

/// What is held.
#[derive(Default)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a request")]
enum Holding {
    /// Nothing: connections are the pool's.
    #[default]
    Nothing,
    /// Nothing yet: a transaction is due with the first work.
    Due(Opening),
    /// This one, in its transaction.
    Open(Connection),
}

/// The connection that is held, lent to one at a time.
pub(super) struct Lent(OwnedMutexGuard<Holding>);

impl Held {
    /// The connection, once whoever has it gives it back; none when none is held.
    pub(super) async fn lend(&self) -> Option<Lent> {
        let holding = Arc::clone(&self.0).lock_owned().await;
        matches!(*holding, Holding::Open(_)).then_some(Lent(holding))
    }
}

impl Lent {
    pub(super) fn connection(&self) -> &AsyncPgConnection {
        match &*self.0 {
            Holding::Open(conn) => conn,
            Holding::Nothing | Holding::Due(_) => unreachable!("what is lent is there"),
        }
    }

    pub(super) fn connection_mut(&mut self) -> &mut AsyncPgConnection {
        match &mut *self.0 {
            Holding::Open(conn) => conn,
            Holding::Nothing | Holding::Due(_) => unreachable!("what is lent is there"),
        }
    }
}

impl Db {
    /// The same database for one request, which may hold one of its connections.
    #[must_use]
    pub fn holding(&self) -> Self {
        Self { pool: self.pool.clone(), held: Some(Held::default()) }
    }

    /// From the next [work](Self::work) on, everything is one transaction on one connection, and `opening` is what it begins
    /// with. Until then connections are the pool's.
    pub async fn hold(&self, opening: Opening) {
        if let Some(Held(holding)) = &self.held {
            *holding.lock().await = Holding::Due(opening);
        }
    }

    /// A connection for what a verb does, as opposed to what it looks up beforehand. As [`get`](Self::get), but that it begins the
    /// transaction that is due; then it fails as the transaction's opening does.
    pub async fn work(&self) -> Result<Connection> {
        if let Some(Held(holding)) = &self.held {
            let mut holding = Arc::clone(holding).lock_owned().await;
            let opening = match std::mem::take(&mut *holding) {
                Holding::Due(opening) => Some(opening),
                held => {
                    *holding = held;
                    None
                }
            };
            if let Some(opening) = opening {
                let mut conn = self.pooled().await?;
                Manager::begin_transaction(&mut *conn).await?;
                if let Err(error) = opening(&mut conn).await {
                    Manager::rollback_transaction(&mut *conn).await?;
                    return Err(error);
                }
                *holding = Holding::Open(conn);
            }
            if matches!(*holding, Holding::Open(_)) {
                return Ok(Lent(holding).into());
            }
        }
        self.pooled().await
    }

    /// Takes back the connection that was held, still in its transaction, for [`commit`] or [`roll_back`]; none when nothing was
    /// begun. Nothing is held any more, nor due.
    pub async fn let_go(&self) -> Option<Connection> {
        let Held(holding) = self.held.as_ref()?;
        match std::mem::take(&mut *holding.lock().await) {
            Holding::Open(conn) => Some(conn),
            Holding::Nothing | Holding::Due(_) => None,
        }
    }
}

/// Makes what was done on a connection that was held last.
pub async fn commit(mut conn: Connection) -> Result<()> {
    Ok(Manager::commit_transaction(&mut *conn).await?)
}

/// Undoes what was done on a connection that was held.
pub async fn roll_back(mut conn: Connection) -> Result<()> {
    Ok(Manager::rollback_transaction(&mut *conn).await?)
}

/// A verb's transaction that costs nothing more where one is held. Diesel's own would be a savepoint there, two statements;
/// this joins the one that is held. If the work fails, all of that one is undone, and another begun in its place.
pub async fn transaction<T, E>(
    conn: &mut AsyncPgConnection,
    work: impl AsyncFnOnce(&mut AsyncPgConnection) -> std::result::Result<T, E>,
) -> std::result::Result<T, E>
where
    E: From<diesel::result::Error>,
{
    let joins = Manager::transaction_manager_status_mut(conn).transaction_depth()?.is_some();
    if !joins {
        Manager::begin_transaction(conn).await?;
    }
    let done = work(&mut *conn).await;
    match (&done, joins) {
        (Ok(_), true) => {}
        (Ok(_), false) => Manager::commit_transaction(conn).await?,
        (Err(_), _) => {
            // What it failed of is more telling than that it cannot be undone, which a connection that is lost cannot be.
            if Manager::rollback_transaction(conn).await.is_ok() && joins {
                Manager::begin_transaction(conn).await?;
            }
        }
    }
    done
}
