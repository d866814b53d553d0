//! Payments: how money for an order comes in and goes back, and what was asked of the providers.
//!
//! Rows, their life ([`state`]) and the log. What money does to an order is the business of `orders`, in one transaction
//! with it; who talks to providers is `till`, outside of any.

pub mod inbox;
mod model;
pub mod queries;
pub mod state;
pub mod store;
pub mod work;

pub use self::model::{
    Outcome, Payment, Refund, RefundLine, RefundReason, RefundStatus, Transaction, TransactionKind,
};
pub use self::state::{PaymentStatus, Told};
pub use crate::gateway::{CaptureMode, Provider};
