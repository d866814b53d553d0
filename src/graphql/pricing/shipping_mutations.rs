//! Mutations of shipping methods.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::scalars::Decimal;
use super::super::user_error::settle;
use super::errors::PricingUserError;
use super::shipping_method::ShippingMethod;
use crate::accounts::Permission;
use crate::ids::ShippingMethodId;
use crate::pricing::shipping::{self, MethodChange, MethodDraft, PriceDraft, StepDraft};

/// A new shipping method. Give exactly one of `price` and `pricesByWeight`.
#[derive(InputObject)]
pub(crate) struct ShippingMethodCreateInput {
    /// Its name for programs, unique in the shop: lower-case letters, digits and hyphens; at most 50 characters.
    code: String,
    /// Its name for people; at most 100 characters.
    name: String,
    /// The countries it goes to, in two letters of ISO 3166-1 each; everywhere when left out.
    #[graphql(default)]
    countries: Vec<String>,
    /// What it costs at any weight.
    price: Option<Decimal>,
    /// What it costs by weight, the lightest step first; 1 to 50.
    prices_by_weight: Option<Vec<ShippingWeightPriceInput>>,
    /// From which price of the goods on, discounts taken off, it costs nothing.
    free_from: Option<Decimal>,
    /// How it is taxed; "standard" when left out.
    tax_class: Option<String>,
    /// Its place in lists, smallest first; 0 when left out.
    position: Option<i32>,
    /// Whether it can be chosen.
    #[graphql(default = true)]
    active: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A step of a price by weight.
#[derive(InputObject)]
pub(crate) struct ShippingWeightPriceInput {
    /// The heaviest that the price is for, in grams.
    up_to_grams: i32,
    /// The price.
    price: Decimal,
}

/// What to change of a shipping method. What is left out stays as it is.
#[derive(InputObject)]
pub(crate) struct ShippingMethodUpdateInput {
    /// Which method.
    id: ID,
    /// Its name for programs, unique in the shop.
    code: Option<String>,
    /// Its name for people; at most 100 characters.
    name: Option<String>,
    /// All the countries it goes to; everywhere when empty.
    countries: Option<Vec<String>>,
    /// What it costs at any weight.
    price: Option<Decimal>,
    /// What it costs by weight, in place of any other price.
    prices_by_weight: Option<Vec<ShippingWeightPriceInput>>,
    /// From which price of the goods on it costs nothing; null: it always costs something.
    free_from: MaybeUndefined<Decimal>,
    /// How it is taxed.
    tax_class: Option<String>,
    /// Its place in lists, smallest first.
    position: Option<i32>,
    /// Whether it can be chosen.
    active: Option<bool>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which shipping method to delete.
#[derive(InputObject)]
pub(crate) struct ShippingMethodDeleteInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A shipping method that was written, or why not.
#[derive(SimpleObject)]
pub(crate) struct ShippingMethodPayload {
    /// The method as it is now; null when nothing was written.
    shipping_method: Option<ShippingMethod>,
    /// What kept it from being written: all the reasons found.
    user_errors: Vec<PricingUserError>,
}

/// What came of deleting a shipping method.
#[derive(SimpleObject)]
pub(crate) struct ShippingMethodDeletePayload {
    /// The id of the method that is gone; null when it is not.
    deleted_shipping_method_id: Option<ID>,
    /// What kept it from being deleted.
    user_errors: Vec<PricingUserError>,
}

/// Mutations of shipping methods.
#[derive(Default)]
pub(crate) struct ShippingMethodMutation;

#[Object]
impl ShippingMethodMutation {
    /// Makes a shipping method. From the first one on, every order goes by one.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn shipping_method_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new method.")] input: ShippingMethodCreateInput,
    ) -> Result<ShippingMethodPayload> {
        let draft = MethodDraft {
            code: input.code,
            name: input.name,
            countries: input.countries,
            price: price(input.price, input.prices_by_weight),
            free_from: input.free_from.map(|amount| amount.0),
            tax_class: input.tax_class,
            position: input.position,
            active: input.active,
        };
        let created = {
            let conn = ctx.conn().await?;
            shipping::create(&conn, &draft, ctx.app().config.shop.currency).await
        };
        let (id, user_errors) = settle(created)?;
        payload(ctx, id, user_errors).await
    }

    /// Changes a shipping method: only what is given changes. Orders keep its name and price of then.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn shipping_method_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which method, and what to change.")] input: ShippingMethodUpdateInput,
    ) -> Result<ShippingMethodPayload> {
        let change = MethodChange {
            id: parse_id(&input.id)?,
            code: input.code,
            name: input.name,
            countries: input.countries,
            price: price(input.price, input.prices_by_weight),
            free_from: input.free_from.map_value(|amount| amount.0).into(),
            tax_class: input.tax_class,
            position: input.position,
            active: input.active,
        };
        let updated = {
            let mut conn = ctx.conn().await?;
            shipping::update(&mut conn, &change, ctx.app().config.shop.currency).await
        };
        let (done, user_errors) = settle(updated)?;
        payload(ctx, done.map(|()| change.id), user_errors).await
    }

    /// Deletes a shipping method. Orders keep its name; carts that had chosen it go by the cheapest again. Without any method
    /// left, shipping costs nothing.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn shipping_method_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which method.")] input: ShippingMethodDeleteInput,
    ) -> Result<ShippingMethodDeletePayload> {
        let id: ShippingMethodId = parse_id(&input.id)?;
        let deleted = {
            let conn = ctx.conn().await?;
            shipping::delete(&conn, id).await
        };
        let (done, user_errors) = settle(deleted)?;
        if done.is_some() {
            ctx.loaders().forget_pricing().await;
        }
        Ok(ShippingMethodDeletePayload { deleted_shipping_method_id: done.map(|()| input.id), user_errors })
    }
}

fn price(flat: Option<Decimal>, by_weight: Option<Vec<ShippingWeightPriceInput>>) -> PriceDraft {
    let step =
        |step: ShippingWeightPriceInput| StepDraft { up_to_grams: step.up_to_grams, price: step.price.0 };
    PriceDraft {
        flat: flat.map(|price| price.0),
        by_weight: by_weight.map(|steps| steps.into_iter().map(step).collect()),
    }
}

async fn payload(
    ctx: &Context<'_>,
    written: Option<ShippingMethodId>,
    user_errors: Vec<PricingUserError>,
) -> Result<ShippingMethodPayload> {
    let loaders = ctx.loaders();
    let shipping_method = match written {
        None => None,
        Some(id) => {
            loaders.forget_pricing().await;
            loaders.shipping_methods.load(id).await?.map(ShippingMethod)
        }
    };
    Ok(ShippingMethodPayload { shipping_method, user_errors })
}
