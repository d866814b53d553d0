//! Discounts: what a code takes off an order, when, and how often.
//!
//! How often a code was used is counted where it is used: with the order that uses it, in one statement, under CHECKs
//! that no number of orders at once gets past ([`uses`]). An order that is given up gives its uses back ([`give_back()`]), and
//! one that is taken up again needs them again ([`use_again()`]).

mod code;
mod create;
mod deactivate;
mod draft;
mod give_back;
mod model;
pub mod queries;
mod update;
mod use_again;
mod uses;

pub use self::code::{MAX_CODE, normalised};
pub use self::create::create;
pub use self::deactivate::deactivate;
pub use self::draft::{DiscountChange, DiscountDraft, ValueDraft};
pub use self::give_back::give_back;
#[cfg(test)]
pub(super) use self::model::samples;
pub use self::model::{Customer, Discount, DiscountKind, DiscountProblem, OfferedDiscount};
pub use self::update::update;
pub use self::use_again::use_again;
pub(crate) use self::uses::count_uses;
pub use self::uses::{LimitReached, limit_reached};
