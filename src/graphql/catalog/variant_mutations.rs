//! Mutations of variants.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::user_error::settle;
use super::errors::ProductUserError;
use super::product_inputs::{VariantCreateInput, VariantUpdateInput};
use super::product_mutations::keeper;
use super::variant::ProductVariant;
use crate::accounts::Permission;
use crate::catalog;
use crate::ids::VariantId;

/// Which variant to archive.
#[derive(InputObject)]
pub(crate) struct VariantArchiveInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A variant that was written, or why not.
#[derive(SimpleObject)]
pub(crate) struct VariantPayload {
    /// The variant as it is now; null when nothing was written.
    variant: Option<ProductVariant>,
    /// What kept it from being written: all the reasons found. Nothing of it was then.
    user_errors: Vec<ProductUserError>,
}

/// Mutations of variants.
#[derive(Default)]
pub(crate) struct VariantMutation;

#[Object]
impl VariantMutation {
    /// Adds a variant to a product.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn variant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new variant.")] input: VariantCreateInput,
    ) -> Result<VariantPayload> {
        let product_id = parse_id(&input.product_id)?;
        let keeper = keeper(ctx)?;
        let created = {
            let mut conn = ctx.conn().await?;
            catalog::create_variant(&mut conn, product_id, &input.variant.draft(), keeper).await
        };
        let (id, user_errors) = settle(created)?;
        payload(ctx, id, user_errors).await
    }

    /// Changes a variant: only what is given changes.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn variant_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which variant, and what to change.")] input: VariantUpdateInput,
    ) -> Result<VariantPayload> {
        let change = input.change()?;
        let keeper = keeper(ctx)?;
        let updated = {
            let mut conn = ctx.conn().await?;
            catalog::update_variant(&mut conn, &change, keeper).await
        };
        let (done, user_errors) = settle(updated)?;
        payload(ctx, done.map(|()| change.id), user_errors).await
    }

    /// Takes a variant off sale for good; the orders that hold it go on naming it. The last variant of a product on sale
    /// stays: archive the product instead.
    #[graphql(
        guard = "Requires(Permission::ManageCatalog)",
        directive = auth::apply(vec![Permission::ManageCatalog.into()])
    )]
    async fn variant_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which variant.")] input: VariantArchiveInput,
    ) -> Result<VariantPayload> {
        let id: VariantId = parse_id(&input.id)?;
        let archived = {
            let mut conn = ctx.conn().await?;
            catalog::archive_variant(&mut conn, id).await
        };
        let (done, user_errors) = settle(archived)?;
        payload(ctx, done.map(|()| id), user_errors).await
    }
}

async fn payload(
    ctx: &Context<'_>,
    written: Option<VariantId>,
    user_errors: Vec<ProductUserError>,
) -> Result<VariantPayload> {
    let loaders = ctx.loaders();
    let variant = match written {
        None => None,
        Some(id) => {
            loaders.forget_products().await;
            loaders.variants.load(id).await?.map(ProductVariant)
        }
    };
    Ok(VariantPayload { variant, user_errors })
}
