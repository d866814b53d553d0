//! What a cart costs beside its lines: its codes, and how it can be sent.

use async_graphql::{Enum, SimpleObject};

use super::super::pricing::ShippingMethod;
use super::super::scalars::Money;
use crate::pricing::{self, DiscountProblem, JudgedCode};

/// Why a code takes nothing off.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub(crate) enum DiscountProblemCode {
    /// It is offered no longer.
    NotFound,
    /// Its time is yet to come.
    NotStarted,
    /// Its time is over.
    Expired,
    /// The goods cost less than it asks for.
    Minimum,
    /// As many orders have it as can.
    UsedUp,
    /// As many of your orders have it as can.
    UsedUpByCustomer,
}

/// A code of a cart, and what it takes off.
#[derive(SimpleObject)]
pub(crate) struct CartDiscountCode {
    /// The code, in capitals.
    code: String,
    /// Whether it applies. With one that does not, no order is placed: take it out, or do what `message` says.
    applicable: bool,
    /// What it takes off: of the goods, or what shipping would cost without it. 0 when it does not apply.
    amount: Money,
    /// Why it does not apply.
    reason: Option<DiscountProblemCode>,
    /// The same for people.
    message: Option<String>,
}

/// A way in which a cart can be sent.
#[derive(SimpleObject)]
pub(crate) struct ShippingOption {
    /// The method.
    method: ShippingMethod,
    /// What it costs for this cart, before a code for free shipping.
    price: Money,
}

impl From<pricing::ShippingOption> for ShippingOption {
    fn from(option: pricing::ShippingOption) -> Self {
        Self { method: ShippingMethod(option.method), price: option.price.into() }
    }
}

/// What has become of a code.
pub(super) fn describe(judged: &JudgedCode, nothing: crate::money::Money) -> CartDiscountCode {
    let problem = judged.outcome.err();
    CartDiscountCode {
        code: judged.code.clone(),
        applicable: problem.is_none(),
        amount: judged.outcome.unwrap_or(nothing).into(),
        reason: problem.map(|problem| match problem {
            DiscountProblem::NotFound => DiscountProblemCode::NotFound,
            DiscountProblem::NotStarted { .. } => DiscountProblemCode::NotStarted,
            DiscountProblem::Expired => DiscountProblemCode::Expired,
            DiscountProblem::Minimum { .. } => DiscountProblemCode::Minimum,
            DiscountProblem::UsedUp => DiscountProblemCode::UsedUp,
            DiscountProblem::UsedUpByCustomer => DiscountProblemCode::UsedUpByCustomer,
        }),
        message: problem.map(|problem| in_words(&judged.code, problem)),
    }
}

/// Why a code does not apply, for people.
pub(in crate::graphql) fn in_words(code: &str, problem: DiscountProblem) -> String {
    match problem {
        DiscountProblem::NotFound => format!("The code {code} is offered no longer."),
        DiscountProblem::NotStarted { starts_at } => {
            format!("The code {code} is good from {} on.", starts_at.format("%Y-%m-%d %H:%M UTC"))
        }
        DiscountProblem::Expired => format!("The code {code} has expired."),
        DiscountProblem::Minimum { minimum } => {
            format!("The code {code} is for goods of {minimum:?} and more.")
        }
        DiscountProblem::UsedUp => format!("The code {code} has been used as often as it can be."),
        DiscountProblem::UsedUpByCustomer => format!("You have used the code {code} as often as you can."),
    }
}
