//! `Discount`.

use async_graphql::{Description, Enum, ID, Object};

use super::super::scalars::{DateTime, Decimal, Money};
use crate::pricing;

/// What a discount takes off.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub(crate) enum DiscountKind {
    /// A share of the goods' price.
    Percent,
    /// An amount of the goods' price, but no more than that.
    Amount,
    /// All that shipping costs.
    FreeShipping,
}

/// What a code takes off an order, when, and how often.
#[derive(Description)]
pub(crate) struct Discount(pub pricing::Discount);

#[Object(use_type_description)]
impl Discount {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What is typed to get it, in capitals; unique in the shop. Capitals make no difference to whoever types it.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What it takes off.
    async fn kind(&self) -> DiscountKind {
        match self.0.kind() {
            pricing::DiscountKind::Percent(_) => DiscountKind::Percent,
            pricing::DiscountKind::Amount(_) => DiscountKind::Amount,
            pricing::DiscountKind::FreeShipping => DiscountKind::FreeShipping,
        }
    }

    /// With `PERCENT`: the share, such as "7.5".
    async fn percent(&self) -> Option<Decimal> {
        match self.0.kind() {
            pricing::DiscountKind::Percent(rate) => Some(Decimal(rate.to_percent())),
            _ => None,
        }
    }

    /// With `AMOUNT`: the amount.
    async fn amount(&self) -> Option<Money> {
        match self.0.kind() {
            pricing::DiscountKind::Amount(amount) => Some(amount.into()),
            _ => None,
        }
    }

    /// What the goods have to cost, before any discount; null where anything will do.
    async fn minimum_subtotal(&self) -> Option<Money> {
        self.0.minimum_subtotal().map(Money::from)
    }

    /// From when on it applies; null where it always has.
    async fn starts_at(&self) -> Option<DateTime> {
        self.0.starts_at.map(DateTime)
    }

    /// Until when; null where there is no end.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.ends_at.map(DateTime)
    }

    /// How many orders can have it; null where any number can.
    async fn usage_limit(&self) -> Option<i32> {
        self.0.usage_limit
    }

    /// How many orders of one customer can have it; null where any number can.
    async fn usage_limit_per_customer(&self) -> Option<i32> {
        self.0.usage_limit_per_customer
    }

    /// How many orders have it. One that is cancelled gives it back.
    async fn used(&self) -> i32 {
        self.0.used
    }

    /// Whether it is offered.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed; that an order uses it is no change.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
