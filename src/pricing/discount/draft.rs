//! What staff write about discounts, as it comes in, and the checks on it.

use chrono::{DateTime, Utc};

use super::DiscountKind;
use crate::catalog::validate::Checks;
use crate::ids::DiscountId;
use crate::money::{Currency, Money};
use crate::pricing::{PricingProblem, check};

/// A new discount.
#[derive(Debug, Clone)]
pub struct DiscountDraft {
    /// What is typed to get it.
    pub code: String,
    /// What it takes off.
    pub value: ValueDraft,
    /// What the goods have to cost.
    pub minimum_subtotal: Option<String>,
    /// From when on it applies.
    pub starts_at: Option<DateTime<Utc>>,
    /// Until when.
    pub ends_at: Option<DateTime<Utc>>,
    /// How many orders can have it.
    pub usage_limit: Option<i32>,
    /// How many orders of one customer can.
    pub usage_limit_per_customer: Option<i32>,
}

/// What a discount takes off, in one of three ways.
#[derive(Debug, Clone, Default)]
pub struct ValueDraft {
    /// A share of the goods, in percent.
    pub percent: Option<String>,
    /// An amount of the goods.
    pub amount: Option<String>,
    /// All that shipping costs.
    pub free_shipping: bool,
}

impl ValueDraft {
    /// Whether it names none of the three.
    pub(super) fn says_nothing(&self) -> bool {
        self.percent.is_none() && self.amount.is_none() && !self.free_shipping
    }
}

/// What is to change of a discount: `None` stays as it is, `Some(None)` is cleared.
#[derive(Debug, Clone)]
pub struct DiscountChange {
    /// Which discount.
    pub id: DiscountId,
    /// What it takes off, if that is to change.
    pub value: ValueDraft,
    /// What the goods have to cost.
    pub minimum_subtotal: Option<Option<String>>,
    /// From when on it applies.
    pub starts_at: Option<Option<DateTime<Utc>>>,
    /// Until when.
    pub ends_at: Option<Option<DateTime<Utc>>>,
    /// How many orders can have it.
    pub usage_limit: Option<Option<i32>>,
    /// How many orders of one customer can.
    pub usage_limit_per_customer: Option<Option<i32>>,
    /// Whether it is offered.
    pub active: Option<bool>,
}

/// What is to be taken off; none when nothing is said of it.
pub(super) fn value(
    checks: &mut Checks<PricingProblem>,
    draft: &ValueDraft,
    currency: Currency,
) -> Option<DiscountKind> {
    let kind = match (&draft.percent, &draft.amount, draft.free_shipping) {
        (Some(percent), None, false) => {
            let rate = check::rate(checks, "percent", percent);
            nothing_off(checks, "percent", percent, rate.millionths() == 0);
            DiscountKind::Percent(rate)
        }
        (None, Some(amount), false) => {
            let minor = check::amount(checks, "amount", amount, currency);
            nothing_off(checks, "amount", amount, minor == 0);
            DiscountKind::Amount(Money::new(minor, currency))
        }
        (None, None, true) => DiscountKind::FreeShipping,
        (None, None, false) => return None,
        _ => {
            checks.refuse("", PricingProblem::ValueAmbiguous);
            return None;
        }
    };
    Some(kind)
}

/// Refuses a number that is 0 as it was written, and not because it was refused for something else.
fn nothing_off(checks: &mut Checks<PricingProblem>, field: &str, given: &str, is_zero: bool) {
    if is_zero && given.bytes().all(|byte| matches!(byte, b'0' | b'.')) && given.contains('0') {
        checks.refuse(field, PricingProblem::Nothing);
    }
}

/// The number that the database keeps of it.
pub(super) fn stored(kind: DiscountKind) -> i64 {
    match kind {
        DiscountKind::Percent(rate) => rate.millionths().into(),
        DiscountKind::Amount(amount) => amount.minor,
        DiscountKind::FreeShipping => 0,
    }
}

/// The amount that the goods have to cost.
pub(super) fn minimum(checks: &mut Checks<PricingProblem>, given: Option<&str>, currency: Currency) -> i64 {
    given.map_or(0, |given| check::amount(checks, "minimumSubtotal", given, currency))
}

/// A limit of uses, if there is to be one.
pub(super) fn limit(checks: &mut Checks<PricingProblem>, field: &str, given: Option<i32>) -> Option<i32> {
    given.map(|given| check::limit(checks, field, given))
}

/// Refuses an end that is not behind the beginning.
pub(super) fn window(
    checks: &mut Checks<PricingProblem>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
) {
    if let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at)
        && ends_at <= starts_at
    {
        checks.refuse("endsAt", PricingProblem::EndsBeforeStart);
    }
}
