//! Taking an order up again that had lapsed, because its money came in late and what it was promised is still there: its stock,
//! and the uses of its codes.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::stock::wanted;
use crate::error::{Error, Result};
use crate::ids::OrderId;
use crate::inventory::reserve;
use crate::pricing::discount::{limit_reached, use_again};

/// How it ended when it is not to be kept.
enum Undone {
    /// Somebody else has it by now.
    Gone,
    Failed(Error),
}

impl From<diesel::result::Error> for Undone {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Takes again all that the order was promised, or nothing; whether it could. Within the caller's transaction.
pub(super) async fn revive(conn: &mut AsyncPgConnection, order: OrderId) -> Result<bool> {
    let taking = conn.transaction::<_, Undone, _>(async |conn| take_all(conn, order).await);
    match taking.await {
        Ok(()) => Ok(true),
        Err(Undone::Gone) => Ok(false),
        Err(Undone::Failed(error)) => Err(error),
    }
}

async fn take_all(conn: &AsyncPgConnection, order: OrderId) -> std::result::Result<(), Undone> {
    let wanted = wanted(conn, order).await.map_err(Undone::Failed)?;
    if wanted.has_deleted {
        return Err(Undone::Gone);
    }
    let reserved = reserve::reserve(conn, &wanted.pieces).await?;
    if reserved.len() != wanted.pieces.len() {
        return Err(Undone::Gone);
    }
    // A code that others have used up meanwhile is gone like a piece that others have bought: limits hold.
    use_again(conn, order).await.map_err(|error| match limit_reached(&error) {
        Some(_) => Undone::Gone,
        None => error.into(),
    })
}
