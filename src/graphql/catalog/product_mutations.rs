//! Mutations of products.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::user_error::settle;
use super::errors::ProductUserError;
use super::product::Product;
use super::product_inputs::{ProductCreateInput, ProductUpdateInput};
use crate::accounts::Permission;
use crate::catalog::{self, Keeper};
use crate::ids::ProductId;

/// Which product to archive.
#[derive(InputObject)]
pub(crate) struct ProductArchiveInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A product that was written, or why not.
#[derive(SimpleObject)]
pub(crate) struct ProductPayload {
    /// The product as it is now; null when nothing was written.
    product: Option<Product>,
    /// What kept it from being written: all the reasons found. Nothing of it was then.
    user_errors: Vec<ProductUserError>,
}

/// Mutations of products.
#[derive(Default)]
pub(crate) struct ProductMutation;

#[Object]
impl ProductMutation {
    /// Makes a product with its options, pictures and variants, whole or not at all. It is a draft unless said
    /// otherwise.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn product_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new product.")] input: ProductCreateInput,
    ) -> Result<ProductPayload> {
        let draft = match input.draft()? {
            Ok(draft) => draft,
            Err(user_errors) => return Ok(ProductPayload { product: None, user_errors }),
        };
        let keeper = keeper(ctx)?;
        let created = {
            let mut conn = ctx.conn().await?;
            catalog::create_product(&mut conn, &draft, keeper).await
        };
        let (id, user_errors) = settle(created)?;
        payload(ctx, id, user_errors).await
    }

    /// Changes a product: only what is given changes.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn product_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which product, and what to change.")] input: ProductUpdateInput,
    ) -> Result<ProductPayload> {
        let change = match input.change()? {
            Ok(change) => change,
            Err(user_errors) => return Ok(ProductPayload { product: None, user_errors }),
        };
        let updated = {
            let mut conn = ctx.conn().await?;
            catalog::update_product(&mut conn, &change).await
        };
        let (done, user_errors) = settle(updated)?;
        payload(ctx, done.map(|()| change.id), user_errors).await
    }

    /// Takes a product off sale for good: it leaves every list, and the orders that hold it go on naming it. Archiving
    /// it again changes nothing.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn product_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which product.")] input: ProductArchiveInput,
    ) -> Result<ProductPayload> {
        let id: ProductId = parse_id(&input.id)?;
        let archived = {
            let mut conn = ctx.conn().await?;
            catalog::archive_product(&mut conn, id).await
        };
        let (done, user_errors) = settle(archived)?;
        payload(ctx, done.map(|()| id), user_errors).await
    }
}

/// Who writes products, and in which currency.
pub(super) fn keeper(ctx: &Context<'_>) -> Result<Keeper> {
    Ok(Keeper { currency: ctx.app().config.shop.currency, user_id: ctx.signed_in()?.user_id })
}

async fn payload(
    ctx: &Context<'_>,
    written: Option<ProductId>,
    user_errors: Vec<ProductUserError>,
) -> Result<ProductPayload> {
    let loaders = ctx.loaders();
    let product = match written {
        None => None,
        Some(id) => {
            loaders.forget_products().await;
            loaders.products.load(id).await?.map(Product)
        }
    };
    Ok(ProductPayload { product, user_errors })
}
