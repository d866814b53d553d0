//! A customer reviews a product, once.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::{self, ProductStatus};
use crate::db::schema::reviews;
use crate::error::{ActionError, Outcome, Refusal};
use crate::ids::{ProductId, ReviewId, UserId};

/// The most stars; the fewest is one.
pub const MAX_RATING: i32 = 5;
/// The longest headline.
pub const MAX_TITLE_LENGTH: usize = 200;
/// The longest text.
pub const MAX_BODY_LENGTH: usize = 5000;

/// What a customer wants to say.
#[derive(Debug, Clone)]
pub struct ReviewDraft {
    /// About which product.
    pub product_id: ProductId,
    /// Who says it.
    pub author_id: UserId,
    /// How many stars.
    pub rating: i32,
    /// The headline; may be empty.
    pub title: String,
    /// The text; may be empty.
    pub body: String,
}

/// Why a review was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreateRefusal {
    /// There is no such product on sale.
    UnknownProduct,
    /// The customer has reviewed the product before.
    AlreadyReviewed,
    /// Fewer than one star, or more than five.
    RatingOutOfRange,
    /// The headline is longer than [`MAX_TITLE_LENGTH`].
    TitleTooLong,
    /// The text is longer than [`MAX_BODY_LENGTH`].
    BodyTooLong,
    /// The headline holds a NUL, which no text can.
    TitleUnreadable,
    /// The text holds a NUL, which no text can.
    BodyUnreadable,
}

impl Refusal for CreateRefusal {}

/// Takes a review; everyone can read it at once.
pub async fn create(mut conn: &AsyncPgConnection, draft: &ReviewDraft) -> Outcome<ReviewId, CreateRefusal> {
    let (rating, refusals) = check(draft);
    if !refusals.is_empty() {
        return Err(ActionError::Refused(refusals));
    }
    let product = catalog::queries::products_by_ids(conn, &[draft.product_id]).await?.pop();
    if product.is_none_or(|product| product.status() != ProductStatus::Active) {
        return Err(CreateRefusal::UnknownProduct.into());
    }
    let stored: Option<ReviewId> = diesel::insert_into(reviews::table)
        .values((
            reviews::id.eq(ReviewId::new()),
            reviews::product_id.eq(draft.product_id),
            reviews::author_id.eq(draft.author_id),
            reviews::rating.eq(rating),
            reviews::title.eq(draft.title.trim()),
            reviews::body.eq(draft.body.trim()),
        ))
        .on_conflict((reviews::product_id, reviews::author_id))
        .do_nothing()
        .returning(reviews::id)
        .get_result(&mut conn)
        .await
        .optional()?;
    stored.ok_or_else(|| CreateRefusal::AlreadyReviewed.into())
}

fn check(draft: &ReviewDraft) -> (i16, Vec<CreateRefusal>) {
    let mut refusals = Vec::new();
    let rating = match i16::try_from(draft.rating) {
        Ok(rating) if (1..=MAX_RATING).contains(&draft.rating) => rating,
        _ => {
            refusals.push(CreateRefusal::RatingOutOfRange);
            0
        }
    };
    let mut text = |text: &str, max, too_long, unreadable| {
        if text.trim().chars().count() > max {
            refusals.push(too_long);
        } else if text.contains('\0') {
            refusals.push(unreadable);
        }
    };
    text(&draft.title, MAX_TITLE_LENGTH, CreateRefusal::TitleTooLong, CreateRefusal::TitleUnreadable);
    text(&draft.body, MAX_BODY_LENGTH, CreateRefusal::BodyTooLong, CreateRefusal::BodyUnreadable);
    (rating, refusals)
}
