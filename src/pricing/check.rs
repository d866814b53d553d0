//! The checks that rules of pricing share, each made before PostgreSQL has to.

use super::rate::Rate;
use super::{MAX_AMOUNT, PricingProblem};
use crate::address;
use crate::catalog::validate::Checks;
use crate::money::{Currency, Money, MoneyError};

/// An amount in minor units.
pub(super) fn amount(
    checks: &mut Checks<PricingProblem>,
    field: &str,
    given: &str,
    currency: Currency,
) -> i64 {
    match Money::parse(given, currency) {
        Ok(amount) if amount.minor > MAX_AMOUNT => checks.refuse(field, MoneyError::OutOfRange),
        Ok(amount) if amount.minor < 0 => checks.refuse(field, PricingProblem::Negative),
        Ok(amount) => return amount.minor,
        Err(error) => checks.refuse(field, error),
    }
    0
}

/// A number of percent.
pub(super) fn rate(checks: &mut Checks<PricingProblem>, field: &str, given: &str) -> Rate {
    Rate::parse_percent(given).unwrap_or_else(|error| {
        checks.refuse(field, error);
        Rate::ZERO
    })
}

/// A country in two capital letters.
pub(super) fn country(checks: &mut Checks<PricingProblem>, field: &str, given: &str) -> String {
    address::country(given).unwrap_or_else(|| {
        checks.refuse(field, PricingProblem::UnknownCountry);
        String::new()
    })
}

/// A number of times.
pub(super) fn limit(checks: &mut Checks<PricingProblem>, field: &str, given: i32) -> i32 {
    if given < 1 {
        checks.refuse(
            field,
            crate::catalog::FieldProblem::OutOfRange { min: 1, max: i32::MAX.into(), given: given.into() },
        );
    }
    given
}
