//! Tax rates: what is taxed how much where.

mod delete;
mod model;
pub mod queries;
mod set;

pub use self::delete::delete;
pub use self::model::TaxRate;
pub use self::set::{RateDraft, set};

/// The longest name of a rate, in characters.
pub const MAX_NAME: usize = 100;
