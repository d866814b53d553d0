//! Letting an order lapse that was not paid in time: its stock goes back on sale.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::events::{Actor, CancelReason};
use super::give_up::give_up;
use super::lock::lock;
use super::state::OrderStatus;
use crate::db::schema::orders;
use crate::error::{Error, Result};
use crate::ids::OrderId;

/// Orders whose time is up, the most overdue first.
pub async fn overdue(
    mut conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<OrderId>> {
    orders::table
        .filter(orders::status.eq(OrderStatus::Pending.as_str()).and(orders::expires_at.le(now)))
        .order(orders::expires_at)
        .limit(limit)
        .select(orders::id)
        .load(&mut conn)
        .await
}

/// Cancels the order if its time is up and it is still unpaid. False when it is not: it was paid or cancelled meanwhile, or
/// got more time.
pub async fn expire(conn: &mut AsyncPgConnection, id: OrderId, now: DateTime<Utc>) -> Result<bool> {
    conn.transaction::<_, Error, _>(async |conn| {
        let Some(order) = lock(conn, id).await? else { return Ok(false) };
        let due = order.expires_at.is_some_and(|expires| expires <= now);
        if order.status() != OrderStatus::Pending || !due {
            return Ok(false);
        }
        give_up(conn, &order, CancelReason::Expired, (Actor::System, None), now).await?;
        Ok(true)
    })
    .await
}
