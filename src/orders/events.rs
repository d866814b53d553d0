//! What happened to an order, one event after the other: its history, its audit log, and what live views resume from.
//!
//! [`append`] is the only way to write one. It moves the order, writes the event and puts it into the outbox in a single
//! statement, so that none of the three can be there without the others.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::state::OrderStatus;
use crate::db::Prepare;
use crate::db::schema::order_events;
use crate::ids::{OrderEventId, OrderId, UserId};

/// The order of an order's events, for cursors.
pub const EVENT_ORDER: &str = "event";

/// What an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The order came to be.
    Placed,
    /// The order moved from one status to another.
    StatusChanged,
}

impl EventKind {
    /// The kind as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "PLACED",
            Self::StatusChanged => "STATUS_CHANGED",
        }
    }

    /// The event's name in the outbox.
    const fn outbox_type(self) -> &'static str {
        match self {
            Self::Placed => "order.placed",
            Self::StatusChanged => "order.status_changed",
        }
    }
}

/// Who made something happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The account the order belongs to.
    Customer(UserId),
    /// Whoever holds a guest order's token.
    Guest,
    /// Someone who works in the shop.
    Staff(UserId),
    /// The shop itself: a timer, a payment provider's message.
    System,
}

impl Actor {
    /// The kind of actor as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer(_) => "CUSTOMER",
            Self::Guest => "GUEST",
            Self::Staff(_) => "STAFF",
            Self::System => "SYSTEM",
        }
    }

    /// The account behind it, if there is one.
    pub(crate) const fn user_id(self) -> Option<UserId> {
        match self {
            Self::Customer(id) | Self::Staff(id) => Some(id),
            Self::Guest | Self::System => None,
        }
    }
}

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It comes to be, as [`OrderStatus::Pending`].
    Placed,
    /// It moves on; `from` is the status it was found in, under its row's lock.
    Status {
        /// The status before.
        from: OrderStatus,
        /// The status after.
        to: OrderStatus,
    },
}

/// An event to be appended.
#[derive(Debug, Clone)]
pub struct NewEvent<'a> {
    /// Whose event it is.
    pub order_id: OrderId,
    /// What happens.
    pub change: Change,
    /// Who makes it happen.
    pub actor: Actor,
    /// A remark of staff, at most 1000 characters.
    pub note: Option<&'a str>,
}

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
}

impl OrderEvent {
    /// What it tells of.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        // A CHECK lets no third kind into the table.
        if self.kind == EventKind::Placed.as_str() { EventKind::Placed } else { EventKind::StatusChanged }
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

    /// Who made it happen. An actor whose account is gone for good counts as the shop itself.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match (self.actor_kind.as_str(), self.actor_id) {
            ("CUSTOMER", Some(id)) => Actor::Customer(id),
            ("STAFF", Some(id)) => Actor::Staff(id),
            ("GUEST", _) => Actor::Guest,
            _ => Actor::System,
        }
    }
}

/// Appends an event: takes the order's next sequence number (which locks the order until the transaction ends), sets its
/// status, writes the event and its outbox row. [`diesel::NotFound`] when there is no such order. After the commit,
/// wake the relay.
pub async fn append(mut conn: &AsyncPgConnection, event: NewEvent<'_>) -> QueryResult<OrderEvent> {
    let (kind, from, to) = match event.change {
        Change::Placed => (EventKind::Placed, None, OrderStatus::Pending),
        Change::Status { from, to } => (EventKind::StatusChanged, Some(from), to),
    };
    diesel::sql_query(
        "WITH moved AS (
             UPDATE orders SET last_sequence = last_sequence + 1, status = $4 WHERE id = $2
             RETURNING id, number, last_sequence
         ), event AS (
             INSERT INTO order_events (id, order_id, sequence, type, from_status, to_status, actor_kind, actor_id, note,
                                       occurred_at)
             SELECT $1, id, last_sequence, $5, $3, $4, $6, $7, $8, clock_timestamp() FROM moved
             RETURNING *
         ), told AS (
             INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload, occurred_at)
             SELECT event.id, 'order', order_id, $9,
                    jsonb_build_object('number', number, 'sequence', sequence, 'from', from_status, 'to', to_status),
                    occurred_at
             FROM event JOIN moved ON moved.id = order_id
         )
         SELECT id, order_id, sequence, type AS kind, from_status, to_status, actor_kind, actor_id, note, occurred_at,
                feed_position
         FROM event",
    )
    .bind::<Uuid, _>(OrderEventId::new())
    .bind::<Uuid, _>(event.order_id)
    .bind::<Nullable<Text>, _>(from.map(OrderStatus::as_str))
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(kind.as_str())
    .bind::<Text, _>(event.actor.as_str())
    .bind::<Nullable<Uuid>, _>(event.actor.user_id())
    .bind::<Nullable<Text>, _>(event.note)
    .bind::<Text, _>(kind.outbox_type())
    .prepared()
    .get_result(&mut conn)
    .await
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

/// All the events of these orders, oldest first. An order's life passes no status twice, so it has few.
pub async fn events_by_orders(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<OrderEvent>> {
    order_events::table
        .filter(order_events::order_id.eq_any(ids))
        .order((order_events::order_id, order_events::sequence))
        .select(OrderEvent::as_select())
        .load(&mut conn)
        .await
}
