//! `ShippingMethod`.

use async_graphql::{Context, Description, ID, Object, SimpleObject};

use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::scalars::{DateTime, Money};
use crate::accounts::Permission;
use crate::pricing::{self, ShippingPrice};

/// A way in which orders reach their buyers, and what it costs.
#[derive(Clone, Description)]
pub(crate) struct ShippingMethod(pub pricing::ShippingMethod);

#[Object(use_type_description)]
impl ShippingMethod {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name for programs, unique in the shop, such as "express".
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The countries it goes to, in two letters each; everywhere when empty. At most 250.
    async fn countries(&self) -> &[String] {
        &self.0.countries
    }

    /// What it costs at any weight; null where that depends on the weight.
    async fn price(&self) -> Option<Money> {
        match self.0.price() {
            ShippingPrice::Flat(price) => Some(price.into()),
            ShippingPrice::ByWeight(_) => None,
        }
    }

    /// What it costs by weight, the lightest step first; empty where the price is the same at any weight. What is heavier
    /// than the last step does not go this way. At most 50.
    #[graphql(directive = cost::apply(1, None, Some(5)))]
    async fn prices_by_weight(&self) -> Vec<ShippingWeightPrice> {
        match self.0.price() {
            ShippingPrice::Flat(_) => Vec::new(),
            ShippingPrice::ByWeight(steps) => steps
                .into_iter()
                .map(|step| ShippingWeightPrice { up_to_grams: step.up_to_grams, price: step.price.into() })
                .collect(),
        }
    }

    /// From which price of the goods on, discounts taken off, it costs nothing; null where it always does.
    async fn free_from(&self) -> Option<Money> {
        self.0.free_from().map(Money::from)
    }

    /// How it is taxed.
    async fn tax_class(&self) -> &str {
        &self.0.tax_class
    }

    /// Its place in lists, smallest first.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// Whether it can be chosen. Shoppers meet only such.
    async fn active(&self) -> bool {
        self.0.active
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

/// A step of a price by weight.
#[derive(SimpleObject)]
pub(crate) struct ShippingWeightPrice {
    /// The heaviest that the price is for, in grams.
    up_to_grams: i32,
    /// The price.
    price: Money,
}

/// Whether the viewer may know of a method.
pub(in crate::graphql) fn visible(ctx: &Context<'_>, method: &pricing::ShippingMethod) -> bool {
    method.active || ctx.may(Permission::ManagePricing)
}
