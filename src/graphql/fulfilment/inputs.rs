//! What staff say about the pieces of an order, and about what it says.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::super::address::AddressInput;
use super::super::keyed::Idempotency;
use super::super::scalars::Decimal;

/// Pieces of a line.
#[derive(InputObject)]
pub(crate) struct OrderPiecesInput {
    /// The order's line.
    pub(super) line_id: ID,
    /// How many pieces; at least 1.
    pub(super) quantity: i32,
}

/// Pieces of a line that came back.
#[derive(InputObject)]
pub(crate) struct OrderReturnPiecesInput {
    /// The order's line.
    pub(super) line_id: ID,
    /// How many pieces; at least 1.
    pub(super) quantity: i32,
    /// Whether they are on the shelf again, to be sold once more.
    #[graphql(default)]
    pub(super) restock: bool,
}

/// A shipment to be sent.
#[derive(InputObject)]
pub(crate) struct OrderShipInput {
    /// The order.
    pub(super) order_id: ID,
    /// Which pieces; all that are left when left out. At most 100.
    pub(super) lines: Option<Vec<OrderPiecesInput>>,
    /// Who carries it; at most 100 characters.
    pub(super) carrier: Option<String>,
    /// What the carrier calls it; at most 100 characters.
    pub(super) tracking_code: Option<String>,
    /// Where the customer sees how far it is: a link that begins with https:// or http://, at most 500 characters.
    pub(super) tracking_url: Option<String>,
    /// A remark for the order's history; at most 1000 characters.
    pub(super) note: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Pieces of an order to be cancelled.
#[derive(InputObject)]
pub(crate) struct OrderLinesCancelInput {
    /// The order.
    pub(super) order_id: ID,
    /// Which pieces; at most 100.
    pub(super) lines: Vec<OrderPiecesInput>,
    /// Whether the price that was paid for them goes back.
    #[graphql(default = true)]
    pub(super) refund: bool,
    /// A remark for the order's history; at most 1000 characters.
    pub(super) note: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What goes back for pieces that came back.
#[derive(InputObject)]
pub(crate) struct OrderReturnRefundInput {
    /// How much; when left out, the price of the pieces, as far as it did not go back before.
    pub(super) amount: Option<Decimal>,
}

/// Pieces of an order that came back.
#[derive(InputObject)]
pub(crate) struct OrderReturnInput {
    /// The order.
    pub(super) order_id: ID,
    /// Which pieces; at most 100.
    pub(super) lines: Vec<OrderReturnPiecesInput>,
    /// What goes back for them; nothing when left out.
    pub(super) refund: Option<OrderReturnRefundInput>,
    /// A remark for the order's history: why, and in what state; at most 1000 characters.
    pub(super) note: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What is to be changed of an order; what is left out stays.
#[derive(InputObject)]
pub(crate) struct OrderEditInput {
    /// The order.
    pub(super) order_id: ID,
    /// Where to write to about it.
    pub(super) email: Option<String>,
    /// Where it goes, as long as something of it is still to be sent. Its amounts stay as they are.
    pub(super) shipping_address: Option<AddressInput>,
    /// Who is billed; null: whom it goes to.
    pub(super) billing_address: MaybeUndefined<AddressInput>,
    /// A remark for the order's history, which its customer does not see; at most 1000 characters.
    pub(super) note: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}
