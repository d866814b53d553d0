//! Stock: how many pieces of each variant are on hand, and how many of those are promised to orders.
//!
//! Every change is one conditional UPDATE over all the variants it touches (see `statement`), and the table's CHECKs
//! stand behind it: nobody reads a number, computes, and writes it back. What a variant costs and whether it is on sale
//! is the catalogue's matter, not ours.

pub mod adjust;
pub mod announce;
mod level;
pub mod queries;
pub mod reserve;
pub mod set;
mod statement;
pub mod supply;

pub use self::level::StockLevel;

/// The most pieces a variant can have on hand; the same as in the table's CHECK.
pub const MAX_ON_HAND: i32 = 1_000_000_000;
/// The most letters of the reason for a change.
pub const MAX_REASON_LENGTH: usize = 500;
