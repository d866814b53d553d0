//! What an order costs beyond its goods: shipping, tax, and what discount codes take off.
//!
//! Staff keep the rules ([`shipping`], [`tax`], [`discount`]); [`terms`] reads in one statement those that concern a cart;
//! [`quote()`] is the one function from goods and rules to amounts, pure and the same for a cart that is shown and an order
//! that is placed, so that the two cannot disagree. docs/pricing.md says what it does and how it rounds.

mod check;
pub mod discount;
mod problem;
mod quote;
mod rate;
mod rounding;
pub mod shipping;
pub mod tax;
pub mod terms;
mod totals;

pub use self::discount::{Discount, DiscountKind, DiscountProblem};
pub use self::problem::PricingProblem;
pub use self::quote::{Delivery, JudgedCode, Quote, ShippingOption, quote};
pub use self::rate::{Rate, RateError};
pub use self::shipping::{ShippingMethod, ShippingPrice};
pub use self::tax::TaxRate;
pub use self::terms::{Shop, Terms};
pub use self::totals::{Line, LineShare, Totals};

/// The highest amount that a rule can name, in minor units; the tables' CHECKs say the same.
pub const MAX_AMOUNT: i64 = 100_000_000_000;

/// The longest name of a tax class, as the tables' CHECKs have it.
pub const MAX_TAX_CLASS: usize = crate::catalog::validate::MAX_TAX_CLASS;
