//! Mutations of categories.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::user_error::settle;
use super::category::Category;
use super::errors::CategoryUserError;
use crate::accounts::Permission;
use crate::catalog;
use crate::catalog::draft::{CategoryChange, CategoryDraft};
use crate::ids::CategoryId;

/// A new category.
#[derive(InputObject)]
pub(crate) struct CategoryCreateInput {
    /// Its name; at most 255 characters.
    name: String,
    /// Its name in URLs; made from the name when left out.
    slug: Option<String>,
    /// What is found in it; at most 50,000 characters.
    description: Option<String>,
    /// The category to put it under; a root when left out. The tree has at most 10 levels.
    parent_id: Option<ID>,
    /// Its place among its siblings, smallest first; behind them when left out.
    position: Option<i32>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What to change of a category. What is left out stays as it is.
#[derive(InputObject)]
pub(crate) struct CategoryUpdateInput {
    /// Which category.
    id: ID,
    /// Its name; at most 255 characters.
    name: Option<String>,
    /// Its name in URLs.
    slug: Option<String>,
    /// What is found in it; at most 50,000 characters.
    description: Option<String>,
    /// The category to move it under, with everything below it; null makes it a root.
    parent_id: MaybeUndefined<ID>,
    /// Its place among its siblings, smallest first.
    position: Option<i32>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which category to delete.
#[derive(InputObject)]
pub(crate) struct CategoryDeleteInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A category that was written, or why not.
#[derive(SimpleObject)]
pub(crate) struct CategoryPayload {
    /// The category as it is now; null when nothing was written.
    category: Option<Category>,
    /// What kept it from being written: all the reasons found. Nothing of it was then.
    user_errors: Vec<CategoryUserError>,
}

/// What came of deleting a category.
#[derive(SimpleObject)]
pub(crate) struct CategoryDeletePayload {
    /// The id of the category that is gone; null when it is not.
    deleted_category_id: Option<ID>,
    /// What kept it from being deleted.
    user_errors: Vec<CategoryUserError>,
}

/// Mutations of categories.
#[derive(Default)]
pub(crate) struct CategoryMutation;

#[Object]
impl CategoryMutation {
    /// Makes a category.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new category.")] input: CategoryCreateInput,
    ) -> Result<CategoryPayload> {
        let draft = CategoryDraft {
            name: input.name,
            slug: input.slug,
            description: input.description.unwrap_or_default(),
            parent_id: input.parent_id.as_ref().map(parse_id).transpose()?,
            position: input.position,
        };
        let created = {
            let mut conn = ctx.conn().await?;
            catalog::create_category(&mut conn, &draft).await
        };
        let (id, user_errors) = settle(created)?;
        payload(ctx, id, user_errors).await
    }

    /// Changes a category, or moves it with everything below it: only what is given changes.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn category_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category, and what to change.")] input: CategoryUpdateInput,
    ) -> Result<CategoryPayload> {
        let change = CategoryChange {
            id: parse_id(&input.id)?,
            name: input.name,
            slug: input.slug,
            description: input.description,
            parent_id: input.parent_id.as_opt_ref().map(|id| id.map(parse_id).transpose()).transpose()?,
            position: input.position,
        };
        let updated = {
            let mut conn = ctx.conn().await?;
            catalog::update_category(&mut conn, &change).await
        };
        let (done, user_errors) = settle(updated)?;
        payload(ctx, done.map(|()| change.id), user_errors).await
    }

    /// Deletes a category that has no other below it. Its products stay, filed nowhere.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn category_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category.")] input: CategoryDeleteInput,
    ) -> Result<CategoryDeletePayload> {
        let id: CategoryId = parse_id(&input.id)?;
        let deleted = {
            let mut conn = ctx.conn().await?;
            catalog::delete_category(&mut conn, id).await
        };
        let (done, user_errors) = settle(deleted)?;
        if done.is_some() {
            ctx.loaders().forget_categories().await;
        }
        Ok(CategoryDeletePayload { deleted_category_id: done.map(|()| input.id), user_errors })
    }
}

async fn payload(
    ctx: &Context<'_>,
    written: Option<CategoryId>,
    user_errors: Vec<CategoryUserError>,
) -> Result<CategoryPayload> {
    let loaders = ctx.loaders();
    let category = match written {
        None => None,
        Some(id) => {
            loaders.forget_categories().await;
            loaders.categories.load(id).await?.map(Category)
        }
    };
    Ok(CategoryPayload { category, user_errors })
}
