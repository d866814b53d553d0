//! Payments in the schema.

mod errors;
mod inputs;
mod mutations;
mod payment;
mod refund;

pub(super) use self::errors::PaymentUserError;
pub(super) use self::mutations::PaymentMutation;
pub(super) use self::payment::{Payment, PaymentProvider};
pub(super) use self::refund::{Refund, refunds_of};
