//! What a shopper must know before they order: what changed since they filled the cart. Pure.

use super::model::CartLine;
use crate::money::Money;

/// Something about a line that is not as the shopper left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// It can no longer be bought; the only way on is to take it out.
    Unavailable,
    /// It costs more or less than when the shopper added or last changed it.
    PriceChanged {
        /// What they saw.
        old: Money,
        /// What it costs now.
        new: Money,
    },
    /// There are fewer pieces than the line has.
    InsufficientStock {
        /// How many there are.
        available: i32,
        /// How many the line has beyond those.
        missing: i32,
    },
}

/// What is to be said about a line. Nothing further about one that cannot be bought at all.
#[must_use]
pub fn of_line(line: &CartLine) -> Vec<Warning> {
    if !line.offer.on_sale() {
        return vec![Warning::Unavailable];
    }
    let (old, new) = (line.price_seen(), line.unit_price());
    let available = line.offer.variant.available();
    let price = (old != new).then_some(Warning::PriceChanged { old, new });
    let stock = (line.quantity > available)
        .then(|| Warning::InsufficientStock { available, missing: line.quantity - available });
    price.into_iter().chain(stock).collect()
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::super::model::samples::{line, offer};
    use super::*;
    use crate::catalog::ProductStatus;
    use crate::money::Currency;

    fn cents(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    #[test]
    fn a_line_as_the_shopper_left_it_needs_no_word() {
        assert_eq!(of_line(&line(offer(1000, 3), 3)), []);
    }

    #[test]
    fn a_price_that_moved_and_a_shortage_are_told_together() {
        let mut line = line(offer(1200, 3), 5);
        line.price_seen = 1000;
        assert_eq!(
            of_line(&line),
            [
                Warning::PriceChanged { old: cents(1000), new: cents(1200) },
                Warning::InsufficientStock { available: 3, missing: 2 },
            ]
        );
    }

    #[test]
    fn of_what_is_not_sold_nothing_else_matters() {
        for status in [ProductStatus::Draft, ProductStatus::Archived] {
            let mut line = line(offer(1200, 0), 5);
            line.price_seen = 1000;
            line.offer.product_status = status;
            assert_eq!(of_line(&line), [Warning::Unavailable]);
        }
        let mut line = line(offer(1200, 10), 5);
        line.offer.variant.archived_at = Some(Utc::now());
        assert_eq!(of_line(&line), [Warning::Unavailable]);
    }
}
