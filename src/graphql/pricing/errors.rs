//! What can be wrong with a rule of pricing.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::catalog::{FieldProblem, Refused};
use crate::pricing::PricingProblem;

/// Why a shipping method, tax rate or discount was not written.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum PricingErrorCode {
    /// There is no such shipping method, tax rate or discount.
    NotFound,
    /// A value is missing or empty.
    Required,
    /// A text has too many characters.
    TooLong,
    /// A list has too many items, or the shop too many shipping methods.
    TooMany,
    /// A number is too small or too large.
    OutOfRange,
    /// A text is not of the form it must have: a code, a tax class.
    Invalid,
    /// Inputs exclude each other, or one of several is missing.
    Ambiguous,
    /// An amount is negative, too large, or none of the shop's currency.
    InvalidAmount,
    /// A share is no number of percent between 0 and 100.
    InvalidPercent,
    /// There is no such country.
    CountryUnknown,
    /// Another shipping method or discount has the code.
    CodeTaken,
    /// A discount stays of the kind it was made.
    KindStays,
    /// More orders have the discount already.
    BelowUsed,
}

user_error!(
    /// A problem with a shipping method, a tax rate or a discount.
    PricingUserError,
    PricingErrorCode
);

impl From<Refused<PricingProblem>> for PricingUserError {
    fn from(refused: Refused<PricingProblem>) -> Self {
        use PricingErrorCode as Code;
        let code = match &refused.problem {
            PricingProblem::Field(problem) => match problem {
                FieldProblem::Empty => Code::Required,
                FieldProblem::TooLong { .. } => Code::TooLong,
                FieldProblem::TooMany { .. } => Code::TooMany,
                FieldProblem::OutOfRange { .. } => Code::OutOfRange,
                FieldProblem::ContainsNul | FieldProblem::MalformedSlug | FieldProblem::Repeated(_) => {
                    Code::Invalid
                }
            },
            PricingProblem::Amount(_) | PricingProblem::Negative => Code::InvalidAmount,
            PricingProblem::Rate(_) => Code::InvalidPercent,
            PricingProblem::Nothing | PricingProblem::NotClimbing | PricingProblem::EndsBeforeStart => {
                Code::OutOfRange
            }
            PricingProblem::UnknownCountry => Code::CountryUnknown,
            PricingProblem::MalformedCode => Code::Invalid,
            PricingProblem::PriceAmbiguous | PricingProblem::ValueAmbiguous => Code::Ambiguous,
            PricingProblem::KindStays => Code::KindStays,
            PricingProblem::BelowUsed { .. } => Code::BelowUsed,
            PricingProblem::Unknown(_) => Code::NotFound,
            PricingProblem::CodeTaken { .. } => Code::CodeTaken,
            PricingProblem::TooManyMethods { .. } => Code::TooMany,
        };
        let message = refused.message();
        if refused.path.is_empty() { Self::new(code, message) } else { Self::at(code, refused.path, message) }
    }
}
