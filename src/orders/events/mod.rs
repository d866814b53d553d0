//! What happened to an order, one event after the other: its history, its audit log, and what live views resume from.
//!
//! [`append`] is the only way to write one. It moves the order, writes the event and puts it into the outbox in a single
//! statement, so that none of the three can be there without the others.

mod kind;
mod read;

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use self::kind::EventKind;
pub use self::read::{EVENT_ORDER, OrderEvent, events_after, events_by_ids, events_by_orders, latest};
use super::state::OrderStatus;
use crate::db::Prepare;
use crate::ids::{OrderEventId, OrderId, ShipmentId, UserId};

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
    pub(in crate::orders) fn stored(kind: &str, id: Option<UserId>) -> Self {
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
