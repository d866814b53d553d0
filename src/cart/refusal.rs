//! Why a cart does not change. The verbs share one enum because they hold lines to the same rules.

use crate::error::Refusal;

/// Why a cart does not change. `line` is the place in the caller's list of lines, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CartRefusal {
    /// The caller has no such cart.
    CartNotFound,
    /// The call names no lines.
    NoLines,
    /// The call names more lines than [`MAX_LINES`](super::MAX_LINES).
    TooManyLines {
        /// How many.
        given: usize,
    },
    /// There is no such variant, or none that shoppers may know of.
    VariantNotFound { line: usize },
    /// The cart has no such line.
    LineNotFound { line: usize },
    /// The call names this line of the cart a second time.
    LineRepeated { line: usize },
    /// The variant or its product is no longer sold.
    NotAvailable {
        line: usize,
        /// The variant's name.
        name: String,
    },
    /// A quantity that is no number of pieces.
    QuantityInvalid { line: usize, given: i32 },
    /// The line would hold more pieces than [`MAX_QUANTITY`](super::MAX_QUANTITY).
    QuantityLimit {
        line: usize,
        /// How many it would hold.
        total: i64,
    },
    /// The cart would hold more lines than [`MAX_LINES`](super::MAX_LINES).
    LineLimit {
        /// How many it would hold.
        total: usize,
    },
    /// There are not so many pieces.
    InsufficientStock {
        line: usize,
        /// The variant's name.
        name: String,
        /// How many pieces can be bought.
        available: i32,
        /// How many of those the cart holds already.
        in_cart: i32,
    },
    /// There is no such code, or it is offered no longer. `code` is its place in the caller's list, from 0.
    DiscountNotFound { code: usize },
    /// Another code of the list takes something off the same thing.
    DiscountsClash { code: usize },
    /// The call names more codes than a cart can have.
    TooManyCodes {
        /// How many.
        given: usize,
    },
    /// There is no such country.
    CountryUnknown,
    /// A region without a country, or one that no address has.
    RegionInvalid,
    /// There is no such shipping method, or none that can be chosen.
    ShippingMethodNotFound,
    /// The shipping method does not go there, or not with so much weight.
    ShippingMethodUnavailable,
}

impl Refusal for CartRefusal {}
