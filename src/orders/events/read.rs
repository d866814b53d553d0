//! The history, read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::super::state::OrderStatus;
use super::{Actor, EventKind};
use crate::db::schema::order_events;
use crate::ids::{OrderEventId, OrderId, UserId};

/// The order of an order's events, for cursors.
pub const EVENT_ORDER: &str = "event";

/// One event of an order.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, QueryableByName)]
#[diesel(table_name = order_events, check_for_backend(diesel::pg::Pg))]
pub struct OrderEvent {
    /// Its id.
    pub id: OrderEventId,
    /// Whose event it is.
    pub order_id: OrderId,
    /// Its place among the order's events: 1, 2, 3 without gaps.
    pub sequence: i32,
    kind: String,
    from_status: Option<String>,
    to_status: Option<String>,
    actor_kind: String,
    actor_id: Option<UserId>,
    /// A remark of staff.
    pub note: Option<String>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// Its place in the feed over all orders; none until the relay gave it one.
    pub feed_position: Option<i64>,
    /// What else there is to know of it.
    pub data: Option<serde_json::Value>,
}

impl OrderEvent {
    /// What it tells of.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        // A CHECK lets no other kind into the table.
        EventKind::ALL.into_iter().find(|kind| kind.as_str() == self.kind).unwrap_or(EventKind::Edited)
    }

    /// The status before, unless the order was not there before.
    #[must_use]
    pub fn from(&self) -> Option<OrderStatus> {
        self.from_status.as_deref().and_then(OrderStatus::parse)
    }

    /// The status after.
    #[must_use]
    pub fn to(&self) -> Option<OrderStatus> {
        self.to_status.as_deref().and_then(OrderStatus::parse)
    }

    /// Who made it happen.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::stored(&self.actor_kind, self.actor_id)
    }
}

/// The events of one order behind a sequence number, oldest first, at most `limit`.
pub async fn events_after(
    mut conn: &AsyncPgConnection,
    order_id: OrderId,
    after: i32,
    limit: i64,
) -> QueryResult<Vec<OrderEvent>> {
    order_events::table
        .filter(order_events::order_id.eq(order_id))
        .filter(order_events::sequence.gt(after))
        .order(order_events::sequence)
        .limit(limit)
        .select(OrderEvent::as_select())
        .load(&mut conn)
        .await
}

/// The event that put an order into the status it has.
pub async fn latest(mut conn: &AsyncPgConnection, order_id: OrderId) -> QueryResult<Option<OrderEvent>> {
    order_events::table
        .filter(order_events::order_id.eq(order_id))
        .filter(order_events::to_status.is_not_null())
        .order(order_events::sequence.desc())
        .select(OrderEvent::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// The events with these ids.
pub async fn events_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[OrderEventId],
) -> QueryResult<Vec<OrderEvent>> {
    order_events::table
        .filter(order_events::id.eq_any(ids))
        .select(OrderEvent::as_select())
        .load(&mut conn)
        .await
}

/// All the events of these orders, oldest first. An order's life passes few statuses, and little else happens to it.
pub async fn events_by_orders(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<OrderEvent>> {
    order_events::table
        .filter(order_events::order_id.eq_any(ids))
        .order((order_events::order_id, order_events::sequence))
        .select(OrderEvent::as_select())
        .load(&mut conn)
        .await
}
