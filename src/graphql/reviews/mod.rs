//! Reviews in the schema.

mod mutations;
mod query;
mod review;

pub(super) use self::mutations::{ReviewMutation, ReviewUserError};
pub(super) use self::query::{ReviewQuery, review_connection};
pub(super) use self::review::{Review, ReviewSort, visible};
