//! Shipping methods as the application reads them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Deserialize;

use crate::db::schema::shipping_methods;
use crate::ids::ShippingMethodId;
use crate::money::{Currency, Money};
use crate::pricing::terms::stored;

/// A way in which orders reach their buyers.
#[derive(Debug, Clone, Queryable, Selectable, Deserialize)]
#[diesel(table_name = shipping_methods, check_for_backend(diesel::pg::Pg))]
pub struct ShippingMethod {
    /// Its id.
    #[serde(deserialize_with = "stored::shipping_method_id")]
    pub id: ShippingMethodId,
    /// Its name for programs, unique in the shop.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// The countries it goes to, in two letters each; everywhere when empty.
    pub countries: Vec<String>,
    up_to_grams: Vec<i32>,
    prices: Vec<i64>,
    free_from: Option<i64>,
    /// What its amounts are in.
    pub(in crate::pricing) currency: Currency,
    /// How it is taxed.
    pub tax_class: String,
    /// Its place in lists.
    pub position: i32,
    /// Whether it can be chosen.
    pub active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a method costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShippingPrice {
    /// The same at any weight.
    Flat(Money),
    /// By weight, the lightest step first. What is heavier than the last one does not go this way.
    ByWeight(Vec<WeightStep>),
}

/// A step of a price by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightStep {
    /// The heaviest that this price is for.
    pub up_to_grams: i32,
    /// The price.
    pub price: Money,
}

impl ShippingMethod {
    /// What it costs.
    #[must_use]
    pub fn price(&self) -> ShippingPrice {
        let amount = |minor: &i64| Money::new(*minor, self.currency);
        match (self.up_to_grams.as_slice(), self.prices.as_slice()) {
            ([], [flat, ..]) => ShippingPrice::Flat(amount(flat)),
            (steps, prices) => ShippingPrice::ByWeight(
                steps
                    .iter()
                    .zip(prices)
                    .map(|(up_to_grams, price)| WeightStep {
                        up_to_grams: *up_to_grams,
                        price: amount(price),
                    })
                    .collect(),
            ),
        }
    }

    /// From which amount of goods on it costs nothing.
    #[must_use]
    pub fn free_from(&self) -> Option<Money> {
        self.free_from.map(|minor| Money::new(minor, self.currency))
    }

    /// Whether it goes to this country.
    #[must_use]
    pub fn goes_to(&self, country: &str) -> bool {
        self.countries.is_empty() || self.countries.iter().any(|known| known == country)
    }

    /// What it costs for goods of this amount, after discounts, and of this weight, in minor units of its currency. None
    /// where they are too heavy for it.
    pub(in crate::pricing) fn price_for(&self, goods: i64, grams: i64) -> Option<i64> {
        let price = if self.up_to_grams.is_empty() {
            self.prices.first()
        } else {
            let step = self.up_to_grams.iter().position(|up_to| grams <= i64::from(*up_to))?;
            self.prices.get(step)
        };
        let free = self.free_from.is_some_and(|free_from| goods >= free_from);
        price.map(|price| if free { 0 } else { *price })
    }
}

#[cfg(test)]
pub(in crate::pricing) mod samples {
    use super::*;

    /// A method of this name, everywhere, at these steps (a flat price is a single one without a weight), free from that.
    pub(in crate::pricing) fn method(
        name: &str,
        steps: &[(Option<i32>, i64)],
        free_from: Option<i64>,
    ) -> ShippingMethod {
        let now = Utc::now();
        ShippingMethod {
            id: ShippingMethodId::new(),
            code: name.to_owned(),
            name: name.to_owned(),
            countries: Vec::new(),
            up_to_grams: steps.iter().filter_map(|step| step.0).collect(),
            prices: steps.iter().map(|step| step.1).collect(),
            free_from,
            currency: Currency::USD,
            tax_class: "standard".to_owned(),
            position: 0,
            active: true,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn a_price_by_weight_ends_with_its_last_step() {
        let ladder = method("parcel", &[(Some(500), 300), (Some(2000), 500)], Some(10_000));
        for (goods, grams, price) in [
            (0, 0, Some(300)),
            (0, 500, Some(300)),
            (0, 501, Some(500)),
            (9_999, 2000, Some(500)),
            (0, 2001, None),
        ] {
            assert_eq!(ladder.price_for(goods, grams), price, "{goods} {grams}");
        }
        assert_eq!(ladder.price_for(10_000, 2000), Some(0));
        assert_eq!(ladder.price_for(10_000, 2001), None, "too heavy stays too heavy");
        let flat = method("letter", &[(None, 490)], None);
        assert_eq!(flat.price_for(1_000_000, i64::MAX), Some(490));
    }
}
