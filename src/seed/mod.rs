//! A big shop out of nothing, to measure with: the same seed gives the same rows, ids and times included.
//!
//! [`dice`] is where all chance comes from, `catalog`, `people` and `orders` make rows, `copy` sends them. The rows are
//! made on one thread while PostgreSQL takes them in on another, in a single transaction. Derived columns are computed
//! here, so that the triggers that keep them find nothing to do, except for ratings, which the reviews' trigger sums.

mod catalog;
mod copy;
mod dice;
mod orders;
mod people;
mod report;
mod run;
mod words;

pub use self::report::{Report, TableReport};
pub use self::run::{Options, Sizes, run};
