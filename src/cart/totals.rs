//! What a cart costs: pure arithmetic over its lines.

use super::model::CartLine;
use crate::money::{Currency, Money, MoneyError};
use crate::pricing::{self, Quote, Terms};

/// What an order of the cart would cost, as far as its owner has said where it goes. An error only for prices beyond those
/// that the database allows, or in another currency than the shop's.
pub fn quote<'a>(
    lines: impl IntoIterator<Item = &'a CartLine>,
    terms: &Terms,
    shop: pricing::Shop,
) -> Result<Quote, MoneyError> {
    pricing::quote(&priced(lines, shop.currency)?, terms, None, shop)
}

/// The lines as they are priced.
pub fn priced<'a>(
    lines: impl IntoIterator<Item = &'a CartLine>,
    currency: Currency,
) -> Result<Vec<pricing::Line>, MoneyError> {
    let priced = |line: &CartLine| {
        let price = line.unit_price();
        if price.currency != currency {
            return Err(MoneyError::MixedCurrencies);
        }
        Ok(pricing::Line {
            id: line.offer.variant.id.0,
            unit_price: price.minor,
            quantity: line.quantity,
            grams: line.offer.variant.weight_grams.unwrap_or(0),
            tax_class: line.offer.tax_class.clone(),
        })
    };
    lines.into_iter().map(priced).collect()
}

/// The price of a line: its pieces at [`CartLine::unit_price`].
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::model::samples::{line, offer};
    use super::super::{MAX_LINES, MAX_QUANTITY};
    use super::*;

    /// The highest price that the database allows.
    const MAX_PRICE: i64 = 100_000_000_000;

    #[test]
    fn an_empty_cart_costs_nothing_in_the_shops_currency() {
        let yen: Currency = "JPY".parse().unwrap();
        assert_eq!(subtotal(&[], yen), Ok(Money::new(0, yen)));
        assert_eq!(item_count(&[]), 0);
    }

    #[test]
    fn the_fullest_and_dearest_cart_can_still_be_summed() {
        let lines: Vec<CartLine> =
            (0..MAX_LINES).map(|_| line(offer(MAX_PRICE, MAX_QUANTITY), MAX_QUANTITY)).collect();
        let total = subtotal(&lines, Currency::USD).unwrap();
        assert_eq!(i128::from(total.minor), 100 * 1000 * i128::from(MAX_PRICE));
        assert_eq!(item_count(&lines), 100 * 1000);
    }

    proptest! {
        #[test]
        fn line_totals_sum_to_the_subtotal(
            goods in prop::collection::vec((0..=MAX_PRICE, 1..=MAX_QUANTITY), 0..MAX_LINES),
        ) {
            let lines: Vec<CartLine> =
                goods.iter().map(|(price, quantity)| line(offer(*price, 0), *quantity)).collect();
            let exact: i128 =
                goods.iter().map(|(price, quantity)| i128::from(*price) * i128::from(*quantity)).sum();
            let by_line: i128 =
                lines.iter().map(|line| i128::from(line_total(line).unwrap().minor)).sum();
            let total = subtotal(&lines, Currency::USD).unwrap();
            prop_assert_eq!(i128::from(total.minor), exact);
            prop_assert_eq!(by_line, exact);
        }
    }
}
