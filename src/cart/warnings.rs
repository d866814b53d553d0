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
