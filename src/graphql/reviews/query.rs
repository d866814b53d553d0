//! Lists of reviews.

use async_graphql::{Context, Object};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::relay::Connection;
use super::review::{Review, ReviewSort, ReviewStatus};
use crate::accounts::Permission;
use crate::catalog;
use crate::pagination::PageArguments;
use crate::reviews::{ReviewOrder, ReviewPage, queries};

/// Queries of reviews.
#[derive(Default)]
pub(crate) struct ReviewQuery;

#[Object]
impl ReviewQuery {
    /// All reviews, latest first: the moderators' list.
    #[graphql(
        guard = "Requires(Permission::ModerateReviews)",
        directive = auth::apply(vec![Permission::ModerateReviews.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "Only those in this state.")] status: Option<ReviewStatus>,
    ) -> Result<Connection<Review>> {
        let order = ReviewOrder::Newest;
        let arguments = PageArguments { first, after, ..PageArguments::default() };
        let wanted = ReviewPage::new(order, &arguments)?;
        let status = status.map(Into::into);
        let page = queries::page(&*ctx.conn().await?, status, &wanted.page).await?;
        Ok(Connection::new(
            page,
            move |review| (order.place(&review), Review(review)),
            move |db| Box::pin(async move { Ok(queries::count(&*db.get().await?, status).await?) }),
        ))
    }
}

/// A page of a product's published reviews, read together with the same page of its siblings.
pub(in crate::graphql) async fn review_connection(
    ctx: &Context<'_>,
    product: &catalog::Product,
    sort: Option<ReviewSort>,
    arguments: &PageArguments,
) -> Result<Connection<Review>> {
    let order = sort.map_or(ReviewOrder::Newest, Into::into);
    let wanted = ReviewPage::new(order, arguments)?;
    let page = ctx.loaders().reviews_of.load((product.id, wanted.clone())).await?;
    let page = page.unwrap_or_else(|| wanted.page.cut(Vec::new()));
    let count = i64::from(product.rating_count);
    Ok(Connection::new(
        page,
        move |review| (order.place(&review), Review(review)),
        move |_| Box::pin(async move { Ok(count) }),
    ))
}
