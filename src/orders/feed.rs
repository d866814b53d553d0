//! The feed over all orders: every event has a position in it, given once the event is committed.
//!
//! Positions are given by one relay at a time, each in a transaction of its own, so they become visible in their order:
//! a reader that has seen position n will never meet a smaller one later. Ids and timestamps could not promise that,
//! because of two transactions the one that began first may commit last.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::events::{EventKind, OrderEvent};
use super::state::OrderStatus;
use crate::db::Prepare;
use crate::db::schema::order_events;

/// Which events of the feed are wanted; what is left empty does not restrict.
#[derive(Debug, Clone, Default)]
pub struct FeedFilter {
    /// Events of one of these kinds.
    pub kinds: Vec<EventKind>,
    /// Events that put an order into one of these statuses.
    pub to: Vec<OrderStatus>,
}

/// A part of the feed.
#[derive(Debug, Clone)]
pub struct FeedPage {
    /// The events that fit the filter, in the order of the feed.
    pub events: Vec<OrderEvent>,
    /// The position to read on from.
    pub position: i64,
    /// Whether there may be more behind it already.
    pub more: bool,
}

/// The position of the newest event; 0 before the first.
pub async fn newest_position(mut conn: &AsyncPgConnection) -> QueryResult<i64> {
    let newest: Option<i64> =
        order_events::table.select(diesel::dsl::max(order_events::feed_position)).first(&mut conn).await?;
    Ok(newest.unwrap_or(0))
}

/// Reads at most `limit` events behind a position and keeps those that fit. The limit holds for what is read, not for
/// what fits, so that a filter that fits nothing is as cheap as any other.
pub async fn page_after(
    mut conn: &AsyncPgConnection,
    after: i64,
    filter: &FeedFilter,
    limit: i64,
) -> QueryResult<FeedPage> {
    let mut events: Vec<OrderEvent> = order_events::table
        .filter(order_events::feed_position.gt(after))
        .order(order_events::feed_position)
        .limit(limit)
        .select(OrderEvent::as_select())
        .load(&mut conn)
        .await?;
    let more = i64::try_from(events.len()).is_ok_and(|read| read == limit);
    let position = events.last().and_then(|event| event.feed_position).unwrap_or(after);
    events.retain(|event| filter.fits(event));
    Ok(FeedPage { events, position, more })
}

impl FeedFilter {
    fn fits(&self, event: &OrderEvent) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&event.kind()))
            && (self.to.is_empty() || event.to().is_some_and(|to| self.to.contains(&to)))
    }
}

/// Gives the next positions to at most `limit` committed events that have none, and says how many it found. The caller
/// makes sure that it is the only one until it has committed.
pub async fn place(mut conn: &AsyncPgConnection, limit: i64) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE order_events SET feed_position = place.position
         FROM (SELECT id, nextval('order_feed_positions') AS position
               FROM (SELECT id FROM order_events WHERE feed_position IS NULL ORDER BY written LIMIT $1) AS unplaced
              ) AS place
         WHERE order_events.id = place.id",
    )
    .bind::<BigInt, _>(limit)
    .prepared()
    .execute(&mut conn)
    .await
}
