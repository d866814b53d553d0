//! What clients say about orders.

use async_graphql::{Enum, ID, InputObject};

use super::super::address::AddressInput;
use super::super::context::parse_id;
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::scalars::{DateTime, Decimal};
use crate::orders::{self, queries};

/// Where an order is in its life.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "orders::OrderStatus")]
pub enum OrderStatus {
    /// Placed; its stock is reserved, its payment is awaited.
    Pending,
    /// Paid in full.
    Paid,
    /// Being picked and packed.
    Processing,
    /// On its way; its stock has left the shop.
    Shipped,
    /// With the customer.
    Delivered,
    /// Given up before it was shipped; its stock is free again.
    Cancelled,
    /// Paid back.
    Refunded,
}

/// Why an order was cancelled.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "orders::events::CancelReason")]
pub enum OrderCancelReason {
    /// Whoever placed it wanted so.
    Customer,
    /// The shop wanted so.
    Staff,
    /// It was not paid in time.
    Expired,
}

/// Which orders a list holds. Conditions add up.
#[derive(InputObject, Default)]
pub struct OrderFilter {
    /// In one of these states.
    status: Option<Vec<OrderStatus>>,
    /// With this contact address, exactly; capitals do not matter.
    email: Option<String>,
    /// Of this customer.
    customer_id: Option<ID>,
    /// Placed at or after this moment.
    placed_from: Option<DateTime>,
    /// Placed before this moment.
    placed_before: Option<DateTime>,
}

impl OrderFilter {
    pub(super) fn conditions(self) -> Result<queries::OrderFilter> {
        Ok(queries::OrderFilter {
            statuses: self.status.into_iter().flatten().map(Into::into).collect(),
            email: self.email.map(|email| email.trim().to_lowercase()),
            customer: self.customer_id.as_ref().map(parse_id).transpose()?,
            placed_from: self.placed_from.map(|moment| moment.0),
            placed_before: self.placed_before.map(|moment| moment.0),
        })
    }
}

/// An order to be placed.
#[derive(InputObject)]
pub struct OrderPlaceInput {
    /// The cart to buy; the viewer's own when left out.
    pub cart_id: Option<ID>,
    /// A guest cart's token.
    pub cart_token: Option<String>,
    /// Where to write to about the order; the account's address when left out. Guests must give one.
    pub email: Option<String>,
    /// Where the order goes: this, or `shippingAddressId`.
    pub shipping_address: Option<AddressInput>,
    /// An address of the viewer's own book, for the order to go to.
    pub shipping_address_id: Option<ID>,
    /// Who is billed, when that is somebody else.
    pub billing_address: Option<AddressInput>,
    /// How it is sent: one of the cart's `availableShippingMethods`. Else by the cart's own method, else by the cheapest that
    /// goes to the shipping address.
    pub shipping_method_id: Option<ID>,
    /// The total that the buyer saw: the order is placed only at exactly this total.
    pub expected_total: Option<Decimal>,
    #[graphql(flatten)]
    pub idempotency: Idempotency,
}

/// An order to be cancelled.
#[derive(InputObject)]
pub struct OrderCancelInput {
    /// The order.
    pub order_id: ID,
    /// A guest order's token.
    pub token: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A step of an order.
#[derive(InputObject)]
pub struct OrderStatusUpdateInput {
    /// The order.
    pub order_id: ID,
    /// Where it shall be: one of its `nextStatuses`.
    pub status: OrderStatus,
    /// A remark for the order's history; at most 1000 characters.
    pub note: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}
