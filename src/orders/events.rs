//! What happened to an order, one event after the other: its history, its audit log, and what live views resume from.
//!
//! [`append`] is the only way to write one. It moves the order, writes the event and puts it into the outbox in a single
//! statement, so that none of the three can be there without the others.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::state::OrderStatus;
use crate::db::Prepare;
use crate::db::schema::order_events;
use crate::ids::{OrderEventId, OrderId, ShipmentId, UserId};

/// The order of an order's events, for cursors.
pub const EVENT_ORDER: &str = "event";

/// What an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The order came to be.
    Placed,
    /// The order moved from one status to another.
    StatusChanged,
    /// The customer's bank holds the money for the shop.
    PaymentAuthorized,
    /// Money came in that did not move the order.
    PaymentReceived,
    /// An attempt of the customer's to pay failed.
    PaymentFailed,
    /// It was decided to pay something back.
    RefundRequested,
    /// Something was paid back.
    RefundSucceeded,
    /// The provider could not pay something back.
    RefundFailed,
    /// Pieces were cancelled, the rest of the order goes on.
    LinesCancelled,
    /// Pieces left the shop.
    ShipmentSent,
    /// Pieces came back.
    ReturnReceived,
    /// Staff changed something of the order: its addresses, or a remark.
    Edited,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Placed,
        Self::StatusChanged,
        Self::PaymentAuthorized,
        Self::PaymentReceived,
        Self::PaymentFailed,
        Self::RefundRequested,
        Self::RefundSucceeded,
        Self::RefundFailed,
        Self::LinesCancelled,
        Self::ShipmentSent,
        Self::ReturnReceived,
        Self::Edited,
    ];

    /// The kind as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "PLACED",
            Self::StatusChanged => "STATUS_CHANGED",
            Self::PaymentAuthorized => "PAYMENT_AUTHORIZED",
            Self::PaymentReceived => "PAYMENT_RECEIVED",
            Self::PaymentFailed => "PAYMENT_FAILED",
            Self::RefundRequested => "REFUND_REQUESTED",
            Self::RefundSucceeded => "REFUND_SUCCEEDED",
            Self::RefundFailed => "REFUND_FAILED",
            Self::LinesCancelled => "LINES_CANCELLED",
            Self::ShipmentSent => "SHIPMENT_SENT",
            Self::ReturnReceived => "RETURN_RECEIVED",
            Self::Edited => "EDITED",
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

    /// Who stands in a row. An actor whose account is gone for good counts as the shop itself.
    pub(super) fn stored(kind: &str, id: Option<UserId>) -> Self {
        match (kind, id) {
            ("CUSTOMER", Some(id)) => Self::Customer(id),
            ("STAFF", Some(id)) => Self::Staff(id),
            ("GUEST", _) => Self::Guest,
            _ => Self::System,
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
    /// Something of this kind happens and it stays where it is.
    Fact(EventKind),
}

impl Change {
    fn parts(self) -> (EventKind, Option<OrderStatus>, Option<OrderStatus>) {
        match self {
            Self::Placed => (EventKind::Placed, None, Some(OrderStatus::Pending)),
            Self::Status { from, to } => (EventKind::StatusChanged, Some(from), Some(to)),
            Self::Fact(kind) => (kind, None, None),
        }
    }

    /// What the outbox tells of it, in this order, beside the shipment it may tell of: `docs/events.md`.
    fn outbox_types(self) -> &'static [&'static str] {
        match self {
            Self::Placed => &["order.placed"],
            Self::Status { to: OrderStatus::Paid, .. } => &["order.status_changed", "order.paid"],
            Self::Status { to: OrderStatus::Cancelled, .. } => &["order.status_changed", "order.cancelled"],
            Self::Status { .. } => &["order.status_changed"],
            Self::Fact(EventKind::RefundSucceeded) => &["order.refunded"],
            Self::Fact(EventKind::ShipmentSent) => &[],
            Self::Fact(_) => &["order.updated"],
        }
    }
}

/// How an order's amounts move with an event, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// What came in.
    pub paid: i64,
    /// What is to go back.
    pub refunded: i64,
    /// What is owed no longer, because pieces were cancelled.
    pub cancelled: i64,
}

/// Why an order was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    /// Whoever placed it wanted so.
    Customer,
    /// The shop wanted so.
    Staff,
    /// It was not paid in time.
    Expired,
}

impl CancelReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Staff, Self::Expired];

    /// The reason as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "CUSTOMER",
            Self::Staff => "STAFF",
            Self::Expired => "EXPIRED",
        }
    }

    /// The reason of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
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
    /// How the order's amounts move with it.
    pub moved: Moved,
    /// Why the order is given up, when it is.
    pub cancel_reason: Option<CancelReason>,
    /// The shipment that it tells of, if it does: the outbox tells of each.
    pub shipment: Option<ShipmentId>,
    /// What else there is to know: an object with ids in their API form and amounts in minor units.
    pub data: Option<serde_json::Value>,
}

impl NewEvent<'_> {
    /// An event that moves no amounts and of which nothing else is to be known.
    #[must_use]
    pub fn new(order_id: OrderId, change: Change, actor: Actor) -> Self {
        let moved = Moved::default();
        Self { order_id, change, actor, note: None, moved, cancel_reason: None, shipment: None, data: None }
    }

    fn outbox_types(&self) -> Vec<&'static str> {
        let shipped = self.shipment.map(|_| "order.shipped");
        self.change.outbox_types().iter().copied().chain(shipped).collect()
    }
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

/// Appends an event: takes the order's next sequence number (which locks the order until the transaction ends), moves its
/// status and amounts, writes the event and its outbox rows. [`diesel::NotFound`] when there is no such order. After the
/// commit, wake the relay.
///
/// An order that is PENDING holds its stock until its time; in any other status it has none.
pub async fn append(mut conn: &AsyncPgConnection, event: NewEvent<'_>) -> QueryResult<OrderEvent> {
    let (kind, from, to) = event.change.parts();
    diesel::sql_query(
        "WITH moved AS (
             UPDATE orders SET last_sequence = last_sequence + 1, status = coalesce($4, status), paid = paid + $11,
                    refunded = refunded + $12, cancelled = cancelled + $13,
                    expires_at = CASE WHEN coalesce($4, status) = 'PENDING' THEN expires_at END,
                    cancel_reason = CASE WHEN $4 IS NULL THEN cancel_reason ELSE $14 END
             WHERE id = $2
             RETURNING id, number, last_sequence, status, total, paid, refunded, cancelled, currency
         ), event AS (
             INSERT INTO order_events (id, order_id, sequence, type, from_status, to_status, actor_kind, actor_id, note,
                                       data, occurred_at)
             SELECT $1, id, last_sequence, $5, $3, $4, $6, $7, $8, $10, clock_timestamp() FROM moved
             RETURNING *
         ), told AS (
             INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload, occurred_at)
             SELECT CASE place WHEN 1 THEN event.id ELSE uuid_v7() END, 'order', order_id, told.type,
                    jsonb_build_object('number', number, 'sequence', sequence, 'from', from_status, 'to', to_status,
                                       'status', status, 'kind', event.type, 'currency', currency, 'total', total,
                                       'paid', paid, 'refunded', refunded, 'cancelled', cancelled)
                    || coalesce(event.data, '{}'),
                    occurred_at
             FROM event JOIN moved ON moved.id = order_id,
                  unnest($9) WITH ORDINALITY AS told (type, place)
             ORDER BY place
         )
         SELECT id, order_id, sequence, type AS kind, from_status, to_status, actor_kind, actor_id, note, occurred_at,
                feed_position, data
         FROM event",
    )
    .bind::<Uuid, _>(OrderEventId::new())
    .bind::<Uuid, _>(event.order_id)
    .bind::<Nullable<Text>, _>(from.map(OrderStatus::as_str))
    .bind::<Nullable<Text>, _>(to.map(OrderStatus::as_str))
    .bind::<Text, _>(kind.as_str())
    .bind::<Text, _>(event.actor.as_str())
    .bind::<Nullable<Uuid>, _>(event.actor.user_id())
    .bind::<Nullable<Text>, _>(event.note)
    .bind::<Array<Text>, _>(event.outbox_types())
    .bind::<Nullable<Jsonb>, _>(event.data)
    .bind::<BigInt, _>(event.moved.paid)
    .bind::<BigInt, _>(event.moved.refunded)
    .bind::<BigInt, _>(event.moved.cancelled)
    .bind::<Nullable<Text>, _>(event.cancel_reason.map(CancelReason::as_str))
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

/// All the events of these orders, oldest first. An order's life passes few statuses, and little else happens to it.
pub async fn events_by_orders(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<OrderEvent>> {
    order_events::table
        .filter(order_events::order_id.eq_any(ids))
        .order((order_events::order_id, order_events::sequence))
        .select(OrderEvent::as_select())
        .load(&mut conn)
        .await
}
