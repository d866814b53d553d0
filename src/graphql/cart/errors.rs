//! Why a cart did not change, as clients see it.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::cart::{CartRefusal, CartSelector, MAX_CODES, MAX_LINES, MAX_QUANTITY};

/// Why a cart did not change.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub(crate) enum CartErrorCode {
    /// There is no such cart, line or variant; or the cart is not yours.
    NotFound,
    /// The variant is no longer sold.
    NotAvailable,
    /// A number of pieces is at least 1.
    QuantityInvalid,
    /// One line can have at most 1000 pieces.
    QuantityLimitExceeded,
    /// One cart can have at most 100 lines, and one call can name at most as many.
    LineLimitExceeded,
    /// The call names no lines.
    LinesRequired,
    /// The call names one line twice.
    LineRepeated,
    /// There are not so many pieces.
    InsufficientStock,
    /// There is no such discount code, or it is offered no longer.
    DiscountNotFound,
    /// Only one code can take something off the goods, and one off shipping.
    DiscountsExclusive,
    /// There is no such country.
    CountryUnknown,
    /// A region needs a country, and has at most 200 characters.
    RegionInvalid,
    /// There is no such shipping method.
    ShippingMethodNotFound,
    /// The shipping method does not go there, or not with so much weight.
    ShippingMethodUnavailable,
}

user_error!(
    /// A problem with a change of a cart.
    CartUserError,
    CartErrorCode
);

/// Where the parts of a mutation's input are, so that an error can point at the one at fault.
pub(super) struct Paths {
    /// What named the cart, if anything did.
    cart: Option<&'static str>,
    /// The list of lines.
    list: &'static str,
    /// In each entry of the list the field that names the line or variant; none where the entry itself does.
    names: Vec<Option<&'static str>>,
}

impl Paths {
    pub(super) fn new(selector: &CartSelector, list: &'static str, names: Vec<Option<&'static str>>) -> Self {
        let cart = match selector {
            CartSelector { token: Some(_), .. } => Some("token"),
            CartSelector { cart_id: Some(_), .. } => Some("cartId"),
            _ => None,
        };
        Self { cart, list, names }
    }

    fn entry(&self, line: usize, field: Option<&'static str>) -> Vec<String> {
        let entry = [self.list.to_owned(), line.to_string()];
        entry.into_iter().chain(field.map(str::to_owned)).collect()
    }

    /// What names the line or variant of an entry.
    fn name(&self, line: usize) -> Vec<String> {
        self.entry(line, self.names.get(line).copied().flatten())
    }

    fn quantity(&self, line: usize) -> Vec<String> {
        self.entry(line, Some("quantity"))
    }

    /// The refusal in a client's terms.
    pub(super) fn explain(&self, refusal: &CartRefusal) -> CartUserError {
        use CartErrorCode as Code;
        let at_list = || vec![self.list.to_owned()];
        match refusal {
            CartRefusal::CartNotFound => match self.cart {
                Some(field) => CartUserError::at(
                    Code::NotFound,
                    [field],
                    "You have no such cart. Leave 'cartId' and 'token' out to begin a new one with cartLinesAdd.",
                ),
                None => CartUserError::new(
                    Code::NotFound,
                    "You have no cart yet. Sign in, give a guest cart's 'token', or begin one with cartLinesAdd.",
                ),
            },
            CartRefusal::NoLines => {
                CartUserError::at(Code::LinesRequired, at_list(), "Name at least one line.")
            }
            CartRefusal::TooManyLines { given } => CartUserError::at(
                Code::LineLimitExceeded,
                at_list(),
                format!("One call can name at most {MAX_LINES} lines, not {given}."),
            ),
            CartRefusal::VariantNotFound { line } => {
                CartUserError::at(Code::NotFound, self.name(*line), "There is no such variant.")
            }
            CartRefusal::LineNotFound { line } => CartUserError::at(
                Code::NotFound,
                self.name(*line),
                "The cart has no such line; read its lines again.",
            ),
            CartRefusal::LineRepeated { line } => CartUserError::at(
                Code::LineRepeated,
                self.name(*line),
                "The line is named twice; give it one quantity.",
            ),
            CartRefusal::NotAvailable { line, name } => CartUserError::at(
                Code::NotAvailable,
                self.name(*line),
                format!("'{name}' is no longer sold."),
            ),
            CartRefusal::QuantityInvalid { line, given } => CartUserError::at(
                Code::QuantityInvalid,
                self.quantity(*line),
                format!("A quantity is 1 to {MAX_QUANTITY}, not {given}."),
            ),
            CartRefusal::QuantityLimit { line, total } => CartUserError::at(
                Code::QuantityLimitExceeded,
                self.quantity(*line),
                format!("A line can have at most {MAX_QUANTITY} pieces; this one would have {total}."),
            ),
            CartRefusal::LineLimit { total } => CartUserError::at(
                Code::LineLimitExceeded,
                at_list(),
                format!("A cart can have at most {MAX_LINES} lines; this one would have {total}."),
            ),
            CartRefusal::InsufficientStock { line, name, available, in_cart } => CartUserError::at(
                Code::InsufficientStock,
                self.quantity(*line),
                shortage(name, *available, *in_cart),
            ),
            CartRefusal::DiscountNotFound { code } => {
                CartUserError::at(Code::DiscountNotFound, self.name(*code), "There is no such discount code.")
            }
            CartRefusal::DiscountsClash { code } => CartUserError::at(
                Code::DiscountsExclusive,
                self.name(*code),
                "Another code takes something off the same: keep one for the goods, and one for free shipping.",
            ),
            CartRefusal::TooManyCodes { given } => CartUserError::at(
                Code::DiscountsExclusive,
                at_list(),
                format!("A cart can have at most {MAX_CODES} codes, not {given}."),
            ),
            CartRefusal::CountryUnknown => CartUserError::at(
                Code::CountryUnknown,
                ["country"],
                "'country' must be two letters of ISO 3166-1, such as DE or US.",
            ),
            CartRefusal::RegionInvalid => CartUserError::at(
                Code::RegionInvalid,
                ["region"],
                "'region' needs a 'country', and has at most 200 characters.",
            ),
            CartRefusal::ShippingMethodNotFound => CartUserError::at(
                Code::ShippingMethodNotFound,
                ["shippingMethodId"],
                "There is no such shipping method.",
            ),
            CartRefusal::ShippingMethodUnavailable => CartUserError::at(
                Code::ShippingMethodUnavailable,
                ["shippingMethodId"],
                "The method does not take this cart there: choose one of 'availableShippingMethods'.",
            ),
        }
    }
}

fn shortage(name: &str, available: i32, in_cart: i32) -> String {
    match (available, in_cart) {
        (0, _) => format!("'{name}' is sold out: 0 are available."),
        (_, 0) => format!("Only {available} of '{name}' are available."),
        _ => format!("Only {available} of '{name}' are available, and the cart already has {in_cart}."),
    }
}
