//! What events tell of.

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
