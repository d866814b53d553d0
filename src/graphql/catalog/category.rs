//! `Category`.

use async_graphql::{Context, Description, ID, Object};

use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::relay::Connection;
use super::super::scalars::DateTime;
use super::inputs::{ProductFilter, ProductSort};
use super::product::Product;
use super::query::{category_products, children_connection};
use crate::catalog;
use crate::pagination::PageArguments;

/// A node of the category tree.
#[derive(Description)]
pub(crate) struct Category(pub catalog::Category);

#[Object(use_type_description)]
impl Category {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name in URLs, unique in the shop.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What is found in it; may be empty.
    async fn description(&self, ctx: &Context<'_>) -> &str {
        ctx.loaders().room.hold(&self.0.description).await
    }

    /// How deep it lies in the tree: 0 for a root.
    async fn level(&self) -> usize {
        self.0.path.len().saturating_sub(1)
    }

    /// The category above; null for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        match self.0.parent_id {
            None => Ok(None),
            Some(id) => Ok(ctx.loaders().categories.load(id).await?.map(Category)),
        }
    }

    /// The categories from the root down to the one above this, at most 9: the breadcrumb of a page.
    #[graphql(directive = cost::apply(1, None, Some(5)))]
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let above = &self.0.path[..self.0.path.len().saturating_sub(1)];
        let loaded = above.iter().map(|id| ctx.loaders().categories.load(*id));
        let loaded = futures_util::future::try_join_all(loaded).await?;
        Ok(loaded.into_iter().flatten().map(Category).collect())
    }

    /// The categories directly below, in the order to show them.
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), None))]
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
    ) -> Result<Connection<Category>> {
        let page = PageArguments { first, after, ..PageArguments::default() };
        children_connection(ctx, self.0.id, &page).await
    }

    /// The products filed here or in a category below.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), None))]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
        #[graphql(desc = "Which products.")] filter: Option<ProductFilter>,
        #[graphql(desc = "In which order; newest first unless said otherwise.")] sort: Option<ProductSort>,
    ) -> Result<Connection<Product>> {
        let page = PageArguments { first, after, last, before };
        category_products(ctx, self.0.id, filter, sort, &page).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
