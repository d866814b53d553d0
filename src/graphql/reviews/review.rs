//! `Review`.

use async_graphql::{Context, Description, Enum, ID, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::catalog::{self, Product};
use super::super::context::ContextExt;
use super::super::error::Result;
use super::super::scalars::DateTime;
use crate::accounts::Permission;
use crate::reviews;

/// Whether a review can be read by all.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "reviews::ReviewStatus")]
pub enum ReviewStatus {
    /// By all.
    Published,
    /// By moderators only; its stars do not count.
    Hidden,
}

/// The orders a product's reviews can have.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "reviews::ReviewOrder")]
pub enum ReviewSort {
    /// Latest first.
    Newest,
    /// Most stars first.
    Highest,
    /// Fewest stars first.
    Lowest,
}

/// What a customer says of a product.
#[derive(Description)]
pub(crate) struct Review(pub reviews::Review);

/// Who wrote a review, as far as the public may know.
#[derive(SimpleObject)]
pub(crate) struct ReviewAuthor {
    /// What they call themselves.
    name: String,
}

#[Object(use_type_description)]
impl Review {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How many stars, 1 to 5.
    async fn rating(&self) -> i32 {
        self.0.rating()
    }

    /// Its headline; may be empty.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it says, as plain text; may be empty.
    async fn body(&self, ctx: &Context<'_>) -> &str {
        ctx.loaders().room.hold(&self.0.body).await
    }

    /// Who wrote it; null when the account is closed.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<ReviewAuthor>> {
        let author = ctx.loaders().users.load(self.0.author_id).await?;
        Ok(author.filter(|user| user.is_living()).map(|user| ReviewAuthor { name: user.name }))
    }

    /// What it is about; null when that is no longer on sale.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let product = ctx.loaders().products.load(self.0.product_id).await?;
        Ok(product.filter(|product| catalog::visible(ctx, product)).map(Product))
    }

    /// Whether it can be read by all.
    #[graphql(
        guard = "Requires(Permission::ModerateReviews)",
        directive = auth::apply(vec![Permission::ModerateReviews.into()])
    )]
    async fn status(&self) -> ReviewStatus {
        self.0.status().into()
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// Whether the viewer may read the review of this product: everyone what is published of one they can see, moderators all.
pub(in crate::graphql) fn visible(
    ctx: &Context<'_>,
    review: &reviews::Review,
    product: Option<&crate::catalog::Product>,
) -> bool {
    ctx.may(Permission::ModerateReviews)
        || (review.status() == reviews::ReviewStatus::Published
            && product.is_some_and(|product| catalog::visible(ctx, product)))
}
