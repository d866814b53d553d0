//! `CartWarning`.

use async_graphql::{Enum, SimpleObject};

use super::super::scalars::Money;
use super::contents::CartLine;
use crate::cart::warnings::{Warning, of_line};
use crate::money;

/// What is not as the shopper left it.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub(crate) enum CartWarningCode {
    /// The price is another than when the shopper added or last changed the line.
    PriceChanged,
    /// There are fewer pieces than the line has.
    InsufficientStock,
    /// It is no longer sold: an order needs the line to be taken out.
    Unavailable,
}

/// Something about a line that its owner should know before they order.
#[derive(SimpleObject)]
pub(crate) struct CartWarning {
    /// What kind of thing it is.
    code: CartWarningCode,
    /// The line.
    line: CartLine,
    /// The same for people.
    message: String,
    /// With `PRICE_CHANGED`: the unit price that the shopper saw.
    old_price: Option<Money>,
    /// With `PRICE_CHANGED`: the unit price of now.
    new_price: Option<Money>,
    /// With `INSUFFICIENT_STOCK`: how many pieces there are.
    available: Option<i32>,
    /// With `INSUFFICIENT_STOCK`: how many pieces the line has beyond those.
    missing: Option<i32>,
}

/// What there is to say about a line.
pub(super) fn warnings(line: &CartLine) -> Vec<CartWarning> {
    of_line(&line.0).into_iter().map(|warning| describe(line.clone(), warning)).collect()
}

fn describe(line: CartLine, warning: Warning) -> CartWarning {
    let name = line.0.offer.name();
    let plain = |code, message| CartWarning {
        code,
        line,
        message,
        old_price: None,
        new_price: None,
        available: None,
        missing: None,
    };
    match warning {
        Warning::Unavailable => plain(
            CartWarningCode::Unavailable,
            format!("'{name}' is no longer sold. Take it out of the cart to order the rest."),
        ),
        Warning::PriceChanged { old, new } => CartWarning {
            old_price: Some(old.into()),
            new_price: Some(new.into()),
            ..plain(
                CartWarningCode::PriceChanged,
                format!("'{name}' now costs {} instead of {}.", in_words(new), in_words(old)),
            )
        },
        Warning::InsufficientStock { available, missing } => CartWarning {
            available: Some(available),
            missing: Some(missing),
            ..plain(
                CartWarningCode::InsufficientStock,
                match available {
                    0 => format!("'{name}' is sold out."),
                    _ => format!(
                        "Only {available} of '{name}' can be bought, {missing} fewer than in the cart."
                    ),
                },
            )
        },
    }
}

fn in_words(money: money::Money) -> String {
    format!("{} {}", money.to_decimal(), money.currency.code())
}
