//! What a cart costs: pure arithmetic over its lines.

use super::model::CartLine;
use crate::money::{Currency, Money, MoneyError};

/// The price of a line: its pieces at today's price.
pub fn line_total(line: &CartLine) -> Result<Money, MoneyError> {
    line.unit_price().checked_mul(line.quantity)
}

/// The price of all the lines. `currency` is that of an empty cart. An error only for prices beyond those that the
/// database allows, or in several currencies.
pub fn subtotal<'a>(
    lines: impl IntoIterator<Item = &'a CartLine>,
    currency: Currency,
) -> Result<Money, MoneyError> {
    let mut totals = lines.into_iter().map(line_total);
    let first = totals.next().unwrap_or(Ok(Money::new(0, currency)));
    totals.try_fold(first?, |sum, total| sum.checked_add(total?))
}

/// How many pieces the lines hold together.
#[must_use]
pub fn item_count<'a>(lines: impl IntoIterator<Item = &'a CartLine>) -> i32 {
    // At most MAX_LINES lines of at most MAX_QUANTITY pieces.
    lines.into_iter().map(|line| line.quantity).sum()
}
