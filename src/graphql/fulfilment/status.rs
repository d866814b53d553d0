//! How far an order is sent and paid, and what staff change of one.

use async_graphql::Enum;

use crate::orders::{edit, facts};

/// How far an order is sent.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "facts::FulfilmentStatus")]
pub(crate) enum FulfilmentStatus {
    /// Nothing has left the shop.
    Unfulfilled,
    /// A part has.
    PartiallyFulfilled,
    /// All of it has, but for what was cancelled.
    Fulfilled,
    /// A part of what left the shop came back.
    PartiallyReturned,
    /// All that left the shop came back, and nothing is left to be sent.
    Returned,
}

/// How far an order is paid.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "facts::OrderPaymentStatus")]
pub(crate) enum OrderPaymentStatus {
    /// Nothing came in.
    Unpaid,
    /// The customer's bank holds the money for the shop.
    Authorized,
    /// A part of what is owed came in.
    PartiallyPaid,
    /// All that is owed came in.
    Paid,
    /// A part of that goes back or went back.
    PartiallyRefunded,
    /// All that came in goes back or went back.
    Refunded,
}

/// What of an order staff can change.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "edit::EditedField")]
pub(crate) enum OrderEditedField {
    /// Where to write to about it.
    Email,
    /// Where it goes.
    ShippingAddress,
    /// Who is billed.
    BillingAddress,
}
