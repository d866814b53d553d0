//! Taking an order up again that had lapsed, because its money came in late and its stock is still there.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::stock::wanted;
use crate::error::{Error, Result};
use crate::ids::OrderId;
use crate::inventory::reserve;

/// How it ended when it is not to be kept.
enum Undone {
    Short,
    Failed(Error),
}

impl From<diesel::result::Error> for Undone {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Reserves all that the order wants, or nothing; whether it could. Within the caller's transaction.
pub(super) async fn reserve_again(conn: &mut AsyncPgConnection, order: OrderId) -> Result<bool> {
    let reserving = conn.transaction::<_, Undone, _>(async |conn| reserve_all(conn, order).await);
    match reserving.await {
        Ok(()) => Ok(true),
        Err(Undone::Short) => Ok(false),
        Err(Undone::Failed(error)) => Err(error),
    }
}

async fn reserve_all(conn: &AsyncPgConnection, order: OrderId) -> std::result::Result<(), Undone> {
    let wanted = wanted(conn, order).await.map_err(Undone::Failed)?;
    if wanted.has_deleted {
        return Err(Undone::Short);
    }
    let reserved = reserve::reserve(conn, &wanted.pieces).await?;
    if reserved.len() == wanted.pieces.len() { Ok(()) } else { Err(Undone::Short) }
}
