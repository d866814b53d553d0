//! The types of events that an endpoint can want.

/// What kind of thing happened. `docs/events.md` shows each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventType {
    /// An order came to be.
    OrderPlaced,
    /// An order's total was paid.
    OrderPaid,
    /// An order moved from one status to another.
    OrderStatusChanged,
    /// An order was cancelled.
    OrderCancelled,
    /// Money went back to a customer.
    OrderRefunded,
    /// A parcel left.
    OrderShipped,
    /// What can be bought of a variant changed, or for how much.
    InventoryChanged,
    /// Somebody made an account.
    UserRegistered,
    /// A product came to be or changed, or one of its variants.
    ProductUpdated,
}

/// The type of what is sent to try an endpoint; nobody subscribes to it.
pub const PING: &str = "webhook.ping";

impl EventType {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::OrderPlaced,
        Self::OrderPaid,
        Self::OrderStatusChanged,
        Self::OrderCancelled,
        Self::OrderRefunded,
        Self::OrderShipped,
        Self::InventoryChanged,
        Self::UserRegistered,
        Self::ProductUpdated,
    ];

    /// Its name in the outbox and in what is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order.placed",
            Self::OrderPaid => "order.paid",
            Self::OrderStatusChanged => "order.status_changed",
            Self::OrderCancelled => "order.cancelled",
            Self::OrderRefunded => "order.refunded",
            Self::OrderShipped => "order.shipped",
            Self::InventoryChanged => "inventory.changed",
            Self::UserRegistered => "user.registered",
            Self::ProductUpdated => "product.updated",
        }
    }

    /// The type of that name; none for one that this release does not know.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }
}
