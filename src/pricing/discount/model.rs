//! Discounts as the application reads them, and whether one applies.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Deserialize;

use crate::db::schema::discounts;
use crate::ids::{DiscountId, UserId};
use crate::money::{Currency, Money};
use crate::pricing::Rate;
use crate::pricing::terms::stored;
use crate::secrets::sha256;

/// What a discount takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscountKind {
    /// A share of the goods' price.
    Percent(Rate),
    /// An amount of the goods' price, but no more than that.
    Amount(Money),
    /// All that shipping costs.
    FreeShipping,
}

impl DiscountKind {
    /// The kind as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Percent(_) => "PERCENT",
            Self::Amount(_) => "AMOUNT",
            Self::FreeShipping => "FREE_SHIPPING",
        }
    }

    /// What it is a discount on, as the database writes it. A cart has at most one code for each.
    #[must_use]
    pub const fn scope(self) -> &'static str {
        match self {
            Self::Percent(_) | Self::Amount(_) => "GOODS",
            Self::FreeShipping => "SHIPPING",
        }
    }
}

/// A discount that a code gives.
#[derive(Debug, Clone, Queryable, Selectable, Deserialize)]
#[diesel(table_name = discounts, check_for_backend(diesel::pg::Pg))]
pub struct Discount {
    /// Its id.
    #[serde(deserialize_with = "stored::discount_id")]
    pub id: DiscountId,
    /// What is typed to get it, in capitals; unique in the shop.
    pub code: String,
    kind: String,
    value: i64,
    pub(in crate::pricing) currency: Currency,
    minimum_subtotal: i64,
    /// From when on it applies.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
    /// How many orders can have it.
    pub usage_limit: Option<i32>,
    /// How many orders of one customer can.
    pub usage_limit_per_customer: Option<i32>,
    /// How many orders have it that were not given up.
    pub used: i32,
    /// Whether it is offered.
    pub active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A discount whose code is in a cart.
#[derive(Debug, Clone, Deserialize)]
pub struct OfferedDiscount {
    /// The discount.
    #[serde(flatten)]
    pub discount: Discount,
    /// How many orders of the cart's owner have it.
    pub used_by_customer: i32,
}

/// Why a code takes nothing off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscountProblem {
    /// There is no such code, or it is offered no longer.
    NotFound,
    /// Its time is yet to come.
    NotStarted {
        /// When it does.
        starts_at: DateTime<Utc>,
    },
    /// Its time is over.
    Expired,
    /// The goods cost less than it asks for.
    Minimum {
        /// What they have to cost.
        minimum: Money,
    },
    /// As many orders have it as can.
    UsedUp,
    /// As many orders of this customer have it as can.
    UsedUpByCustomer,
}

/// Whose uses of a code are counted together: an account's own, or a guest's by the address they order with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer(String);

impl Customer {
    /// A guest's address stays out of the count's table: its digest is enough to know it again.
    #[must_use]
    pub fn new(user: Option<UserId>, email: &str) -> Self {
        Self(match user {
            Some(user) => format!("user:{}", user.0),
            None => {
                let digest = sha256(email.to_lowercase().as_bytes());
                format!("email:{}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
        })
    }

    /// The customer as the database writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Discount {
    /// What it takes off.
    #[must_use]
    pub fn kind(&self) -> DiscountKind {
        match self.kind.as_str() {
            "PERCENT" => DiscountKind::Percent(Rate::from_millionths(self.value)),
            "AMOUNT" => DiscountKind::Amount(Money::new(self.value, self.currency)),
            // The database knows no fourth kind.
            _ => DiscountKind::FreeShipping,
        }
    }

    /// What the goods have to cost; none when anything will do.
    #[must_use]
    pub fn minimum_subtotal(&self) -> Option<Money> {
        (self.minimum_subtotal > 0).then(|| Money::new(self.minimum_subtotal, self.currency))
    }
}

impl OfferedDiscount {
    /// Why it does not apply at this moment to goods that cost `subtotal`, in minor units of `currency`. Pure.
    #[must_use]
    pub fn problem(&self, subtotal: i64, currency: Currency, now: DateTime<Utc>) -> Option<DiscountProblem> {
        let Self { discount, used_by_customer } = self;
        let reached = |used: i32, limit: Option<i32>| limit.is_some_and(|limit| used >= limit);
        // Amounts in a currency that the shop no longer sells in mean nothing.
        if !discount.active || discount.currency != currency {
            return Some(DiscountProblem::NotFound);
        }
        if let Some(starts_at) = discount.starts_at.filter(|starts_at| now < *starts_at) {
            return Some(DiscountProblem::NotStarted { starts_at });
        }
        if discount.ends_at.is_some_and(|ends_at| now >= ends_at) {
            return Some(DiscountProblem::Expired);
        }
        if reached(discount.used, discount.usage_limit) {
            return Some(DiscountProblem::UsedUp);
        }
        if reached(*used_by_customer, discount.usage_limit_per_customer) {
            return Some(DiscountProblem::UsedUpByCustomer);
        }
        let minimum = discount.minimum_subtotal().filter(|minimum| subtotal < minimum.minor)?;
        Some(DiscountProblem::Minimum { minimum })
    }
}

#[cfg(test)]
pub(in crate::pricing) mod samples {
    use chrono::TimeDelta;

    use super::*;

    /// A discount of this kind that applies to everything, and whose code is `code`.
    pub(in crate::pricing) fn offered(code: &str, kind: DiscountKind) -> OfferedDiscount {
        let now = Utc::now();
        let value = match kind {
            DiscountKind::Percent(rate) => rate.millionths().into(),
            DiscountKind::Amount(amount) => amount.minor,
            DiscountKind::FreeShipping => 0,
        };
        let discount = Discount {
            id: DiscountId::new(),
            code: code.to_owned(),
            kind: kind.as_str().to_owned(),
            value,
            currency: Currency::USD,
            minimum_subtotal: 0,
            starts_at: None,
            ends_at: None,
            usage_limit: None,
            usage_limit_per_customer: None,
            used: 0,
            active: true,
            created_at: now,
            updated_at: now,
        };
        OfferedDiscount { discount, used_by_customer: 0 }
    }

    #[test]
    fn a_discount_applies_within_its_window_limits_and_minimum() {
        let now = Utc::now();
        let with = |change: fn(&mut OfferedDiscount, DateTime<Utc>)| {
            let mut offered = offered("X", DiscountKind::FreeShipping);
            change(&mut offered, now);
            offered.problem(1000, Currency::USD, now)
        };
        let hour = TimeDelta::hours(1);
        assert_eq!(with(|_, _| {}), None);
        assert_eq!(with(|it, _| it.discount.active = false), Some(DiscountProblem::NotFound));
        assert_eq!(
            with(|it, _| it.discount.currency = "EUR".parse().unwrap()),
            Some(DiscountProblem::NotFound)
        );
        assert_eq!(
            with(|it, now| it.discount.starts_at = Some(now + TimeDelta::hours(1))),
            Some(DiscountProblem::NotStarted { starts_at: now + hour })
        );
        assert_eq!(with(|it, now| it.discount.starts_at = Some(now)), None);
        assert_eq!(with(|it, now| it.discount.ends_at = Some(now)), Some(DiscountProblem::Expired));
        assert_eq!(with(|it, now| it.discount.ends_at = Some(now + TimeDelta::hours(1))), None);
        assert_eq!(with(|it, _| it.discount.usage_limit = Some(1)), None);
        assert_eq!(
            with(|it, _| (it.discount.usage_limit, it.discount.used) = (Some(2), 2)),
            Some(DiscountProblem::UsedUp)
        );
        assert_eq!(
            with(|it, _| (it.discount.usage_limit_per_customer, it.used_by_customer) = (Some(2), 2)),
            Some(DiscountProblem::UsedUpByCustomer)
        );
        assert_eq!(with(|it, _| it.discount.minimum_subtotal = 1000), None);
        assert_eq!(
            with(|it, _| it.discount.minimum_subtotal = 1001),
            Some(DiscountProblem::Minimum { minimum: Money::new(1001, Currency::USD) })
        );
    }

    #[test]
    fn an_address_counts_once_however_it_is_written() {
        let [one, other] = ["Ada@example.com", "ada@EXAMPLE.com"].map(|email| Customer::new(None, email));
        assert_eq!(one, other);
        assert!(!one.as_str().contains("ada"));
    }
}
