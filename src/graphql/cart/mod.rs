//! Carts in the schema.

mod contents;
mod errors;
mod inputs;
mod merge_report;
mod mutation;
mod pricing;
mod query;
mod warning;

pub(super) use self::contents::Cart;
pub(super) use self::errors::CartUserError;
pub(super) use self::merge_report::{CartMergeReport, merge_into};
pub(super) use self::mutation::CartMutation;
pub(super) use self::pricing::in_words;
pub(super) use self::query::{CartQuery, own_cart};
