//! `searchSuggestions`.

use async_graphql::{Context, Description, Object};

use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::{ApiError, Result};
use super::category::Category;
use super::product::Product;
use crate::catalog::search::SearchText;
use crate::catalog::suggest::{Suggestion, Target, suggest};

/// The most suggestions one can ask for, and how many one gets without asking.
const MAX_SUGGESTIONS: i32 = 20;
const DEFAULT_SUGGESTIONS: i32 = 10;

/// A name that a shopper may be about to type, and what has it: a product or a category.
#[derive(Description)]
pub(crate) struct SearchSuggestion(Suggestion);

#[Object(use_type_description)]
impl SearchSuggestion {
    /// The name.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The product of that name; null when the suggestion is a category.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        match self.0.target {
            Target::Product(id) => Ok(ctx.loaders().products.load(id).await?.map(Product)),
            Target::Category(_) => Ok(None),
        }
    }

    /// The category of that name; null when the suggestion is a product.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        match self.0.target {
            Target::Category(id) => Ok(ctx.loaders().categories.load(id).await?.map(Category)),
            Target::Product(_) => Ok(None),
        }
    }
}

/// Suggestions while typing.
#[derive(Default)]
pub(crate) struct SuggestionQuery;

#[Object]
impl SuggestionQuery {
    /// Names of products on sale and of categories for what has been typed so far, the best first. Small typos are
    /// forgiven. None while nothing but spaces and signs has been typed.
    #[graphql(directive = cost::apply(1, by(&["first"]), Some(10)))]
    async fn search_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What has been typed so far.")] query: String,
        #[graphql(desc = "How many; 1 to 20, 10 unless said otherwise.")] first: Option<i32>,
    ) -> Result<Vec<SearchSuggestion>> {
        let first = first.unwrap_or(DEFAULT_SUGGESTIONS);
        if !(1..=MAX_SUGGESTIONS).contains(&first) {
            return Err(ApiError::bad_input(format!(
                "'first' must be between 1 and {MAX_SUGGESTIONS}, not {first}"
            )));
        }
        let Some(typed) = SearchText::parse(&query) else { return Ok(Vec::new()) };
        let found = suggest(&*ctx.conn().await?, &typed, first.into()).await?;
        Ok(found.into_iter().map(SearchSuggestion).collect())
    }
}
