//! Reviews: what customers say of products, and how many stars they give.
//!
//! How many reviews a product has and what they average to is kept on the product by the database, in the statement that
//! writes a review; nothing here computes it.

mod create;
mod model;
mod moderate;
pub mod queries;

pub use self::create::{CreateRefusal, MAX_BODY_LENGTH, MAX_RATING, MAX_TITLE_LENGTH, ReviewDraft, create};
pub use self::model::{Review, ReviewOrder, ReviewPage, ReviewStatus};
pub use self::moderate::moderate;
