//! Queries of shipping, tax and discounts.

use async_graphql::{Context, InputObject, Object};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::relay::Connection;
use super::discount::Discount;
use super::shipping_method::{ShippingMethod, visible};
use super::tax_rate::TaxRate;
use crate::accounts::Permission;
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};
use crate::pricing::discount::{self, normalised};
use crate::pricing::{shipping, tax};

/// Which discounts a list holds. Conditions add up.
#[derive(InputObject, Default)]
pub(crate) struct DiscountFilter {
    /// Of this code; capitals make no difference.
    code: Option<String>,
    /// Offered, or no longer.
    active: Option<bool>,
}

impl DiscountFilter {
    fn conditions(self) -> discount::queries::DiscountFilter {
        // A text that can be no code is none's.
        let code = self.code.map(|code| normalised(&code).unwrap_or(code));
        discount::queries::DiscountFilter { code, active: self.active }
    }
}

/// Queries of shipping, tax and discounts.
#[derive(Default)]
pub(crate) struct PricingQuery;

#[Object]
impl PricingQuery {
    /// How the shop ships, in the order to show it; at most 100. Those with `MANAGE_PRICING` see methods as well that cannot be
    /// chosen. What one costs for a cart is in the cart's `availableShippingMethods`.
    async fn shipping_methods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that go to this country: two letters of ISO 3166-1.")] country: Option<
            String,
        >,
    ) -> Result<Vec<ShippingMethod>> {
        let country = country.map(|country| country.trim().to_ascii_uppercase());
        let methods = shipping::queries::all(&*ctx.conn().await?).await?;
        let wanted = methods.into_iter().filter(|method| {
            visible(ctx, method) && country.as_ref().is_none_or(|country| method.goes_to(country))
        });
        Ok(wanted.map(ShippingMethod).collect())
    }

    /// What is taxed how much where, by country, region and class.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn tax_rates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
        #[graphql(desc = "Only those of this country: two letters of ISO 3166-1.")] country: Option<String>,
    ) -> Result<Connection<TaxRate>> {
        use tax::queries::{BY_PLACE, count_rates, rates_page};
        let page = PageArguments { first, after, last, before }.validate(BY_PLACE, KeyKind::Text)?;
        let country = country.map(|country| country.trim().to_ascii_uppercase());
        let rows = rates_page(&*ctx.conn().await?, country.as_deref(), &page).await?;
        let place = |rate: crate::pricing::TaxRate| {
            (Cursor::new(BY_PLACE, SortKey::Text(rate.place.clone()), rate.id.0), TaxRate(rate))
        };
        Ok(Connection::new(rows, place, move |db| {
            let country = country.clone();
            Box::pin(async move { Ok(count_rates(&*db.get().await?, country.as_deref()).await?) })
        }))
    }

    /// The shop's discounts, newest first.
    #[graphql(
        guard = "Requires(Permission::ManagePricing)",
        directive = auth::apply(vec![Permission::ManagePricing.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn discounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
        #[graphql(desc = "Which discounts.")] filter: Option<DiscountFilter>,
    ) -> Result<Connection<Discount>> {
        use discount::queries::{NEWEST_DISCOUNTS, count_discounts, discounts_page};
        let page = PageArguments { first, after, last, before }.validate(NEWEST_DISCOUNTS, KeyKind::Time)?;
        let filter = filter.unwrap_or_default().conditions();
        let rows = discounts_page(&*ctx.conn().await?, &filter, &page).await?;
        // Sorted by id alone; the cursor's key is only for show.
        let place = |discount: crate::pricing::Discount| {
            let key = SortKey::Int(discount.created_at.timestamp_micros());
            (Cursor::new(NEWEST_DISCOUNTS, key, discount.id.0), Discount(discount))
        };
        Ok(Connection::new(rows, place, move |db| {
            let filter = filter.clone();
            Box::pin(async move { Ok(count_discounts(&*db.get().await?, &filter).await?) })
        }))
    }
}
