//! Shipping methods: where each goes, and what it costs for goods of some amount and weight.

mod create;
mod delete;
mod draft;
mod model;
pub mod queries;
mod update;

pub use self::create::create;
pub use self::delete::delete;
pub use self::draft::{MethodChange, MethodDraft, PriceDraft, StepDraft};
#[cfg(test)]
pub(super) use self::model::samples;
pub use self::model::{ShippingMethod, ShippingPrice, WeightStep};
pub use self::update::update;

/// The most methods a shop can have: a cart looks at all of them.
pub const MAX_METHODS: i64 = 100;
/// The most steps of a price by weight.
pub const MAX_STEPS: usize = 50;
/// The most countries a method can name.
pub const MAX_COUNTRIES: usize = 250;
/// The longest name of a method, in characters.
pub const MAX_NAME: usize = 100;
/// The longest code of a method.
pub const MAX_CODE: usize = 50;
