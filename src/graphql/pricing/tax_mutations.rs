//! Mutations of tax rates.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::scalars::Decimal;
use super::super::user_error::settle;
use super::errors::PricingUserError;
use super::tax_rate::TaxRate;
use crate::accounts::Permission;
use crate::ids::TaxRateId;
use crate::pricing::tax::{self, RateDraft};

/// A tax rate to be set.
#[derive(InputObject)]
pub(crate) struct TaxRateSetInput {
    /// The country: two letters of ISO 3166-1.
    country: String,
    /// The part of the country, as addresses write it; capitals make no difference. All of it when left out.
    region: Option<String>,
    /// What is taxed so: the class that products and shipping methods name.
    #[graphql(default_with = "\"standard\".to_owned()")]
    tax_class: String,
    /// How much it is, in percent, with at most 4 decimals.
    percent: Decimal,
    /// What the tax is called on bills; at most 100 characters.
    name: String,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which tax rate to delete.
#[derive(InputObject)]
pub(crate) struct TaxRateDeleteInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A tax rate that was set, or why not.
#[derive(SimpleObject)]
pub(crate) struct TaxRatePayload {
    /// The rate as it is now; null when nothing was written.
    tax_rate: Option<TaxRate>,
    /// What kept it from being set: all the reasons found.
    user_errors: Vec<PricingUserError>,
}

/// What came of deleting a tax rate.
#[derive(SimpleObject)]
pub(crate) struct TaxRateDeletePayload {
    /// The id of the rate that is gone; null when it is not.
    deleted_tax_rate_id: Option<ID>,
    /// What kept it from being deleted.
    user_errors: Vec<PricingUserError>,
}

/// Mutations of tax rates.
#[derive(Default)]
pub(crate) struct TaxRateMutation;

#[Object]
impl TaxRateMutation {
    /// Sets how much a class is taxed in a country, or in a part of it, whose own rate then comes first. There is one rate for
    /// each class and place: a second one takes the first one's place.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn tax_rate_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which class, where, and how much.")] input: TaxRateSetInput,
    ) -> Result<TaxRatePayload> {
        let draft = RateDraft {
            country: input.country,
            region: input.region.unwrap_or_default(),
            tax_class: input.tax_class,
            percent: input.percent.0,
            name: input.name,
        };
        let set = {
            let conn = ctx.conn().await?;
            tax::set(&conn, &draft).await
        };
        let (id, user_errors) = settle(set)?;
        let loaders = ctx.loaders();
        let tax_rate = match id {
            None => None,
            Some(id) => {
                loaders.forget_pricing().await;
                loaders.tax_rates.load(id).await?.map(TaxRate)
            }
        };
        Ok(TaxRatePayload { tax_rate, user_errors })
    }

    /// Deletes a tax rate: the class is taxed by the country's rate there, or not at all. Orders keep their tax.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn tax_rate_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rate.")] input: TaxRateDeleteInput,
    ) -> Result<TaxRateDeletePayload> {
        let id: TaxRateId = parse_id(&input.id)?;
        let deleted = {
            let conn = ctx.conn().await?;
            tax::delete(&conn, id).await
        };
        let (done, user_errors) = settle(deleted)?;
        if done.is_some() {
            ctx.loaders().forget_pricing().await;
        }
        Ok(TaxRateDeletePayload { deleted_tax_rate_id: done.map(|()| input.id), user_errors })
    }
}
