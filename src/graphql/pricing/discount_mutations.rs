//! Mutations of discounts.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::scalars::{DateTime, Decimal};
use super::super::user_error::settle;
use super::discount::Discount;
use super::errors::PricingUserError;
use crate::accounts::Permission;
use crate::ids::DiscountId;
use crate::pricing::discount::{self, DiscountChange, DiscountDraft, ValueDraft};

/// A new discount. Give exactly one of `percent`, `amount` and `freeShipping: true`.
#[derive(InputObject)]
pub(crate) struct DiscountCreateInput {
    /// What is typed to get it: letters A to Z, digits, and single hyphens or underscores between them; at most 64 characters.
    /// Capitals make no difference.
    code: String,
    /// A share of the goods' price, in percent: more than 0 and at most 100.
    percent: Option<Decimal>,
    /// An amount of the goods' price; where they cost less, all of it.
    amount: Option<Decimal>,
    /// All that shipping costs.
    #[graphql(default)]
    free_shipping: bool,
    /// What the goods have to cost, before any discount.
    minimum_subtotal: Option<Decimal>,
    /// From when on it applies; at once when left out.
    starts_at: Option<DateTime>,
    /// Until when; without end when left out.
    ends_at: Option<DateTime>,
    /// How many orders can have it; any number when left out.
    usage_limit: Option<i32>,
    /// How many orders of one customer can have it; any number when left out. A guest is known by their e-mail address.
    usage_limit_per_customer: Option<i32>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What to change of a discount. What is left out stays as it is; its code and its kind always do.
#[derive(InputObject)]
pub(crate) struct DiscountUpdateInput {
    /// Which discount.
    id: ID,
    /// Of one that is a share: the share.
    percent: Option<Decimal>,
    /// Of one that is an amount: the amount.
    amount: Option<Decimal>,
    /// What the goods have to cost; null where anything will do.
    minimum_subtotal: MaybeUndefined<Decimal>,
    /// From when on it applies; null: it always has.
    starts_at: MaybeUndefined<DateTime>,
    /// Until when; null: without end.
    ends_at: MaybeUndefined<DateTime>,
    /// How many orders can have it, not fewer than have it already; null: any number.
    usage_limit: MaybeUndefined<i32>,
    /// How many orders of one customer can have it; null: any number.
    usage_limit_per_customer: MaybeUndefined<i32>,
    /// Whether it is offered; true brings one back that was deactivated.
    active: Option<bool>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which discount to deactivate.
#[derive(InputObject)]
pub(crate) struct DiscountDeactivateInput {
    /// Its id.
    id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A discount that was written, or why not.
#[derive(SimpleObject)]
pub(crate) struct DiscountPayload {
    /// The discount as it is now; null when nothing was written.
    discount: Option<Discount>,
    /// What kept it from being written: all the reasons found.
    user_errors: Vec<PricingUserError>,
}

/// Mutations of discounts.
#[derive(Default)]
pub(crate) struct DiscountMutation;

#[Object]
impl DiscountMutation {
    /// Makes a discount. A cart can have one code that takes something off the goods, and one for free shipping.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn discount_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new discount.")] input: DiscountCreateInput,
    ) -> Result<DiscountPayload> {
        let draft = DiscountDraft {
            code: input.code,
            value: value(input.percent, input.amount, input.free_shipping),
            minimum_subtotal: input.minimum_subtotal.map(|amount| amount.0),
            starts_at: input.starts_at.map(|moment| moment.0),
            ends_at: input.ends_at.map(|moment| moment.0),
            usage_limit: input.usage_limit,
            usage_limit_per_customer: input.usage_limit_per_customer,
        };
        let created = {
            let conn = ctx.conn().await?;
            discount::create(&conn, &draft, ctx.app().config.shop.currency).await
        };
        let (id, user_errors) = settle(created)?;
        payload(ctx, id, user_errors).await
    }

    /// Changes a discount: only what is given changes. Orders that have it keep what it took off.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn discount_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which discount, and what to change.")] input: DiscountUpdateInput,
    ) -> Result<DiscountPayload> {
        let minimum = input.minimum_subtotal.map_value(|amount| amount.0);
        let change = DiscountChange {
            id: parse_id(&input.id)?,
            value: value(input.percent, input.amount, false),
            minimum_subtotal: minimum.into(),
            starts_at: input.starts_at.map_value(|moment| moment.0).into(),
            ends_at: input.ends_at.map_value(|moment| moment.0).into(),
            usage_limit: input.usage_limit.into(),
            usage_limit_per_customer: input.usage_limit_per_customer.into(),
            active: input.active,
        };
        let updated = {
            let mut conn = ctx.conn().await?;
            discount::update(&mut conn, &change, ctx.app().config.shop.currency).await
        };
        let (done, user_errors) = settle(updated)?;
        payload(ctx, done.map(|()| change.id), user_errors).await
    }

    /// Offers a discount no longer: to shoppers there is no such code any more. Doing it again changes nothing.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()])
    )]
    async fn discount_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which discount.")] input: DiscountDeactivateInput,
    ) -> Result<DiscountPayload> {
        let id: DiscountId = parse_id(&input.id)?;
        let deactivated = {
            let conn = ctx.conn().await?;
            discount::deactivate(&conn, id).await
        };
        let (done, user_errors) = settle(deactivated)?;
        payload(ctx, done.map(|()| id), user_errors).await
    }
}

fn value(percent: Option<Decimal>, amount: Option<Decimal>, free_shipping: bool) -> ValueDraft {
    ValueDraft {
        percent: percent.map(|percent| percent.0),
        amount: amount.map(|amount| amount.0),
        free_shipping,
    }
}

async fn payload(
    ctx: &Context<'_>,
    written: Option<DiscountId>,
    user_errors: Vec<PricingUserError>,
) -> Result<DiscountPayload> {
    let loaders = ctx.loaders();
    let discount = match written {
        None => None,
        Some(id) => {
            loaders.forget_pricing().await;
            loaders.discounts.load(id).await?.map(Discount)
        }
    };
    Ok(DiscountPayload { discount, user_errors })
}
