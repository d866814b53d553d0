//! `userErrors`: what a mutation could not do because of what it was given, in the payload beside the thing.
//!
//! Each domain has its own error type with its own code enum, all of them `UserError`s, so that a client can treat them
//! alike or switch on the code. To add one: a code enum, `user_error!`, a variant here, and a `From` for the refusal of
//! the verb.

use async_graphql::Interface;

use super::accounts::AccountUserError;
use super::cart::CartUserError;
use super::catalog::{CategoryUserError, ProductUserError};
use super::error::Result;
use super::fulfilment::FulfilmentUserError;
use super::inventory::InventoryUserError;
use super::jobs::JobUserError;
use super::orders::OrderUserError;
use super::payments::PaymentUserError;
use super::pricing::PricingUserError;
use super::reviews::ReviewUserError;
use super::webhooks::WebhookUserError;
use crate::error::{ActionError, Outcome};

/// Something in a mutation's input that kept it from happening.
#[derive(Interface)]
#[graphql(
    field(
        name = "field",
        ty = "&Option<Vec<String>>",
        desc = "The path of the input at fault, such as [\"input\", \"lines\", \"0\", \"quantity\"]; null when it is no single one."
    ),
    field(name = "message", ty = "&String", desc = "What is wrong and what to do, for people.")
)]
pub(crate) enum UserError {
    /// Of accounts and sessions.
    Account(AccountUserError),
    /// Of carts.
    Cart(CartUserError),
    /// Of categories.
    Category(CategoryUserError),
    /// Of what becomes of an order's pieces.
    Fulfilment(FulfilmentUserError),
    /// Of stock.
    Inventory(InventoryUserError),
    /// Of jobs.
    Job(JobUserError),
    /// Of orders.
    Order(OrderUserError),
    /// Of payments and refunds.
    Payment(PaymentUserError),
    /// Of shipping, tax and discounts.
    Pricing(PricingUserError),
    /// Of products and variants.
    Product(ProductUserError),
    /// Of reviews.
    Review(ReviewUserError),
    /// Of webhooks.
    Webhook(WebhookUserError),
}

/// What a payload shows of what a verb came to: the thing, or why there is none. Failures of our own stay errors.
pub(super) fn settle<T, R, E: From<R>>(outcome: Outcome<T, R>) -> Result<(Option<T>, Vec<E>)> {
    match outcome {
        Ok(thing) => Ok((Some(thing), Vec::new())),
        Err(ActionError::Refused(reasons)) => Ok((None, reasons.into_iter().map(E::from).collect())),
        Err(ActionError::Failed(error)) => Err(error.into()),
    }
}

/// Declares a domain's error type: `user_error!(/// doc, CartUserError, CartErrorCode)`.
macro_rules! user_error {
    ($(#[$doc:meta])* $name:ident, $code:ty) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject, Debug, Clone)]
        pub(crate) struct $name {
            /// What kind of problem it is.
            pub(in crate::graphql) code: $code,
            /// The path of the input at fault, such as `["input", "lines", "0", "quantity"]`; null when it is no single
            /// one.
            pub(in crate::graphql) field: Option<Vec<String>>,
            /// What is wrong and what to do, for people.
            pub(in crate::graphql) message: String,
        }

        impl $name {
            /// A problem with no single input.
            pub(in crate::graphql) fn new(code: $code, message: impl Into<String>) -> Self {
                Self { code, field: None, message: message.into() }
            }

            /// A problem with the input at this path, `input` itself left out: `["lines", "0"]`.
            pub(in crate::graphql) fn at<S: ToString>(code: $code, path: impl IntoIterator<Item = S>, message: impl Into<String>) -> Self {
                let path = std::iter::once("input".to_owned()).chain(path.into_iter().map(|step| step.to_string()));
                Self { field: Some(path.collect()), ..Self::new(code, message) }
            }
        }
    };
}
pub(super) use user_error;
