//! Mutations of reviews.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::user_error::{settle, user_error};
use super::review::{Review, ReviewStatus};
use crate::accounts::Permission;
use crate::ids::ReviewId;
use crate::reviews::{self, CreateRefusal, MAX_BODY_LENGTH, MAX_RATING, MAX_TITLE_LENGTH, ReviewDraft};

/// Why a review was not taken or changed.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum ReviewErrorCode {
    /// There is no such product on sale, or no such review.
    NotFound,
    /// You have reviewed the product before.
    AlreadyReviewed,
    /// The rating is not 1 to 5.
    OutOfRange,
    /// A text has too many characters.
    TooLong,
    /// A text holds a character that no text can.
    Invalid,
}

user_error!(
    /// A problem with a review.
    ReviewUserError,
    ReviewErrorCode
);

/// What to say of a product.
#[derive(InputObject)]
pub(crate) struct ReviewCreateInput {
    /// Of which product.
    product_id: ID,
    /// How many stars, 1 to 5.
    rating: i32,
    /// A headline; at most 200 characters.
    title: Option<String>,
    /// Plain text; at most 5,000 characters.
    body: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What to do with a review.
#[derive(InputObject)]
pub(crate) struct ReviewModerateInput {
    /// Which review.
    id: ID,
    /// Whether it can be read by all.
    status: ReviewStatus,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A review that was written, or why not.
#[derive(SimpleObject)]
pub(crate) struct ReviewPayload {
    /// The review as it is now; null when nothing was written.
    review: Option<Review>,
    /// What kept it from being written: all the reasons found.
    user_errors: Vec<ReviewUserError>,
}

/// Mutations of reviews.
#[derive(Default)]
pub(crate) struct ReviewMutation;

#[Object]
impl ReviewMutation {
    /// Reviews a product, once per customer. Everyone can read it at once.
    #[graphql(
        guard = "Requires(Permission::WriteReviews)",
        directive = auth::apply(vec![Permission::WriteReviews.into()])
    )]
    async fn review_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] input: ReviewCreateInput,
    ) -> Result<ReviewPayload> {
        let draft = ReviewDraft {
            product_id: parse_id(&input.product_id)?,
            author_id: ctx.signed_in()?.user_id,
            rating: input.rating,
            title: input.title.unwrap_or_default(),
            body: input.body.unwrap_or_default(),
        };
        let created = {
            let conn = ctx.conn().await?;
            reviews::create(&conn, &draft).await
        };
        let (id, user_errors) = settle(created)?;
        payload(ctx, id, user_errors).await
    }

    /// Hides a review, whose stars then no longer count, or shows it again.
    #[graphql(
        guard = "Requires(Permission::ModerateReviews)",
        directive = auth::apply(vec![Permission::ModerateReviews.into()])
    )]
    async fn review_moderate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which review, and whether it is shown.")] input: ReviewModerateInput,
    ) -> Result<ReviewPayload> {
        let id: ReviewId = parse_id(&input.id)?;
        let found = reviews::moderate(&*ctx.conn().await?, id, input.status.into()).await?;
        if !found {
            let unknown = ReviewUserError::at(ReviewErrorCode::NotFound, ["id"], "There is no such review.");
            return payload(ctx, None, vec![unknown]).await;
        }
        payload(ctx, Some(id), Vec::new()).await
    }
}

async fn payload(
    ctx: &Context<'_>,
    written: Option<ReviewId>,
    user_errors: Vec<ReviewUserError>,
) -> Result<ReviewPayload> {
    let loaders = ctx.loaders();
    let review = match written {
        None => None,
        Some(id) => {
            loaders.forget_reviews().await;
            loaders.reviews.load(id).await?.map(Review)
        }
    };
    Ok(ReviewPayload { review, user_errors })
}

impl From<CreateRefusal> for ReviewUserError {
    fn from(refusal: CreateRefusal) -> Self {
        use ReviewErrorCode as Code;
        let (code, field, message) = match refusal {
            CreateRefusal::UnknownProduct => {
                (Code::NotFound, "productId", "There is no such product on sale.".to_owned())
            }
            CreateRefusal::AlreadyReviewed => {
                (Code::AlreadyReviewed, "productId", "You have reviewed this product before.".to_owned())
            }
            CreateRefusal::RatingOutOfRange => {
                (Code::OutOfRange, "rating", format!("A rating is 1 to {MAX_RATING} stars."))
            }
            CreateRefusal::TitleTooLong => {
                (Code::TooLong, "title", format!("A title can have at most {MAX_TITLE_LENGTH} characters."))
            }
            CreateRefusal::BodyTooLong => {
                (Code::TooLong, "body", format!("A review can have at most {MAX_BODY_LENGTH} characters."))
            }
            CreateRefusal::TitleUnreadable => (Code::Invalid, "title", NUL.to_owned()),
            CreateRefusal::BodyUnreadable => (Code::Invalid, "body", NUL.to_owned()),
        };
        Self::at(code, [field], message)
    }
}

const NUL: &str = "The text must not contain the character U+0000.";
