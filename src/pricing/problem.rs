//! Why a rule of pricing is not written. The texts are meant for the client; paths and field problems are those of the
//! catalogue.

use crate::catalog::FieldProblem;
use crate::money::MoneyError;

use super::rate::RateError;

/// What can be wrong with a shipping method, a tax rate or a discount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PricingProblem {
    /// One value is wrong in itself.
    #[error("{0}")]
    Field(#[from] FieldProblem),
    /// Not an amount of the shop's currency.
    #[error("{0}")]
    Amount(#[from] MoneyError),
    /// An amount below nothing.
    #[error("must not be negative")]
    Negative,
    /// Not a share.
    #[error("{0}")]
    Rate(#[from] RateError),
    /// Nothing would be taken off.
    #[error("must be more than 0")]
    Nothing,
    /// Not two letters of ISO 3166-1.
    #[error("must be two letters of ISO 3166-1, such as DE or US")]
    UnknownCountry,
    /// Not fit to be a code that people type.
    #[error(
        "must be letters A to Z, digits, and single hyphens or underscores between them, such as WELCOME10"
    )]
    MalformedCode,
    /// Weights that do not climb.
    #[error("must be heavier than the step before")]
    NotClimbing,
    /// A method costs something flat or by weight.
    #[error("Give exactly one of 'price' and 'pricesByWeight'.")]
    PriceAmbiguous,
    /// A discount is a share, an amount or free shipping.
    #[error("Give exactly one of 'percent', 'amount' and 'freeShipping: true'.")]
    ValueAmbiguous,
    /// What a code takes off keeps its kind: whoever holds the code counts on it.
    #[error("A discount stays of the kind it was made; make another with a code of its own.")]
    KindStays,
    /// An end before the beginning.
    #[error("must be later than 'startsAt'")]
    EndsBeforeStart,
    /// Fewer than have it already.
    #[error("must be at least {used}: so many orders have the discount already")]
    BelowUsed { used: i32 },
    /// There is no such thing.
    #[error("There is no such {0}.")]
    Unknown(&'static str),
    /// Another thing has the code.
    #[error("Another {kind} has the code '{code}'.")]
    CodeTaken { kind: &'static str, code: String },
    /// The shop has as many methods as it can.
    #[error("A shop can have at most {max} shipping methods; delete one first.")]
    TooManyMethods { max: i64 },
}
