//! A change of a discount: only what is given changes. Orders that have it keep what it took off.

use chrono::{DateTime, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::draft::{self, DiscountChange};
use super::model::Discount;
use crate::catalog::Refused;
use crate::catalog::validate::Checks;
use crate::db::schema::discounts;
use crate::error::Outcome;
use crate::money::{Currency, MoneyError};
use crate::pricing::PricingProblem;

#[derive(AsChangeset)]
#[diesel(table_name = discounts)]
struct Columns {
    value: Option<i64>,
    minimum_subtotal: Option<i64>,
    starts_at: Option<Option<DateTime<Utc>>>,
    ends_at: Option<Option<DateTime<Utc>>>,
    usage_limit: Option<Option<i32>>,
    usage_limit_per_customer: Option<Option<i32>>,
    active: Option<bool>,
}

/// Changes a discount, while nobody uses it.
pub async fn update(
    conn: &mut AsyncPgConnection,
    change: &DiscountChange,
    currency: Currency,
) -> Outcome<(), Refused<PricingProblem>> {
    conn.transaction(async |conn| {
        let discount = discounts::table
            .find(change.id)
            .select(Discount::as_select())
            .for_no_key_update()
            .first(conn)
            .await
            .optional()?
            .ok_or_else(|| Refused::at(["id"], PricingProblem::Unknown("discount")))?;
        let columns = check(&discount, change, currency)?;
        diesel::update(discounts::table.find(change.id))
            .set((discounts::updated_at.eq(now), columns))
            .execute(conn)
            .await?;
        Ok(())
    })
    .await
}

fn check(
    discount: &Discount,
    change: &DiscountChange,
    currency: Currency,
) -> Outcome<Columns, Refused<PricingProblem>> {
    let mut checks = Checks::new();
    let kind = draft::value(&mut checks, &change.value, currency);
    if kind.is_some_and(|kind| kind.as_str() != discount.kind().as_str()) {
        checks.refuse("", PricingProblem::KindStays);
    }
    let minimum = change
        .minimum_subtotal
        .as_ref()
        .map(|minimum| draft::minimum(&mut checks, minimum.as_deref(), currency));
    // One of the two amounts would be taken for money of the other's currency.
    if discount.currency != currency && (change.value.amount.is_some() || minimum.is_some()) {
        checks.refuse("", MoneyError::MixedCurrencies);
    }
    draft::window(
        &mut checks,
        change.starts_at.unwrap_or(discount.starts_at),
        change.ends_at.unwrap_or(discount.ends_at),
    );
    if change.usage_limit.flatten().is_some_and(|limit| limit < discount.used) {
        checks.refuse("usageLimit", PricingProblem::BelowUsed { used: discount.used });
    }
    let columns = Columns {
        value: kind.map(draft::stored),
        minimum_subtotal: minimum,
        starts_at: change.starts_at,
        ends_at: change.ends_at,
        usage_limit: change.usage_limit.map(|limit| draft::limit(&mut checks, "usageLimit", limit)),
        usage_limit_per_customer: change
            .usage_limit_per_customer
            .map(|limit| draft::limit(&mut checks, "usageLimitPerCustomer", limit)),
        active: change.active,
    };
    checks.finish(columns)
}
