//! What clients say about payments.

use async_graphql::{ID, InputObject};

use super::super::keyed::Idempotency;
use super::super::scalars::Decimal;
use super::payment::PaymentProvider;

/// A payment to be begun.
#[derive(InputObject)]
pub(crate) struct PaymentCreateInput {
    /// The order to pay for.
    pub(super) order_id: ID,
    /// A guest order's token.
    pub(super) token: Option<String>,
    /// How to pay; where it is left out, by Stripe if the shop takes that, else by hand.
    pub(super) provider: Option<PaymentProvider>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A payment whose money is to be taken.
#[derive(InputObject)]
pub(crate) struct PaymentCaptureInput {
    /// The payment.
    pub(super) payment_id: ID,
    /// How much; all of it when left out. The rest is the customer's again.
    pub(super) amount: Option<Decimal>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A payment to be given up.
#[derive(InputObject)]
pub(crate) struct PaymentCancelInput {
    /// The payment.
    pub(super) payment_id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Pieces of a line to be paid back.
#[derive(InputObject)]
pub(crate) struct OrderRefundLineInput {
    /// The order's line.
    pub(super) line_id: ID,
    /// How many pieces.
    pub(super) quantity: i32,
    /// Whether they came back and are on the shelf again, to be sold once more: a return, as by `orderReturn`.
    #[graphql(default)]
    pub(super) restock: bool,
}

/// Money to be paid back.
#[derive(InputObject)]
pub(crate) struct OrderRefundInput {
    /// The order.
    pub(super) order_id: ID,
    /// How much; when left out, what the lines given were sold for, or without any all that the order keeps.
    pub(super) amount: Option<Decimal>,
    /// Which pieces it is for; at most 100.
    #[graphql(default)]
    pub(super) lines: Vec<OrderRefundLineInput>,
    /// A remark for the order's history; at most 1000 characters.
    pub(super) note: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A refund to be tried again.
#[derive(InputObject)]
pub(crate) struct RefundRetryInput {
    /// The refund.
    pub(super) refund_id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}
