//! What can be wrong with a change of the catalogue.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::catalog::{CategoryProblem, FieldProblem, ProductProblem, Refused};

/// Why a product or variant was not written.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum ProductErrorCode {
    /// There is no such product or variant.
    NotFound,
    /// There is no such category.
    CategoryNotFound,
    /// A value is missing or empty.
    Required,
    /// A text has too many characters.
    TooLong,
    /// A list has too many items.
    TooMany,
    /// A number is too small or too large.
    OutOfRange,
    /// A text is not of the form it must have: a slug, a URL.
    Invalid,
    /// Something is given twice.
    Duplicate,
    /// Two inputs exclude each other.
    Ambiguous,
    /// A price is negative, too large, or no amount of the shop's currency.
    InvalidPrice,
    /// Another product has the slug.
    SlugTaken,
    /// Another variant has the SKU, perhaps an archived one.
    SkuTaken,
    /// The selected options are not one value for each option of the product.
    OptionsMismatch,
    /// A variant has no place among the product's new options.
    OptionsInUse,
    /// Another variant of the product has the same options, perhaps an archived one.
    VariantTaken,
    /// A product cannot be on sale without a variant.
    NothingToSell,
    /// The last variant of a product on sale cannot be archived.
    LastVariant,
}

user_error!(
    /// A problem with a product or variant.
    ProductUserError,
    ProductErrorCode
);

/// Why a category was not written.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum CategoryErrorCode {
    /// There is no such category.
    NotFound,
    /// There is no category to put it under.
    ParentNotFound,
    /// A value is missing or empty.
    Required,
    /// A text has too many characters.
    TooLong,
    /// A number is too small or too large.
    OutOfRange,
    /// A text is not of the form it must have, such as a slug.
    Invalid,
    /// Another category has the slug.
    SlugTaken,
    /// A category cannot be placed below itself.
    CategoryCircle,
    /// The tree would be too deep.
    CategoryTooDeep,
    /// The category has others below it.
    CategoryNotEmpty,
}

user_error!(
    /// A problem with a category.
    CategoryUserError,
    CategoryErrorCode
);

impl From<Refused<ProductProblem>> for ProductUserError {
    fn from(refused: Refused<ProductProblem>) -> Self {
        let code = match &refused.problem {
            ProductProblem::Field(problem) => match problem {
                FieldProblem::Empty => ProductErrorCode::Required,
                FieldProblem::TooLong { .. } => ProductErrorCode::TooLong,
                FieldProblem::TooMany { .. } => ProductErrorCode::TooMany,
                FieldProblem::OutOfRange { .. } => ProductErrorCode::OutOfRange,
                FieldProblem::ContainsNul | FieldProblem::MalformedSlug => ProductErrorCode::Invalid,
                FieldProblem::Repeated(_) => ProductErrorCode::Duplicate,
            },
            ProductProblem::Price(_) | ProductProblem::NegativePrice => ProductErrorCode::InvalidPrice,
            ProductProblem::MalformedUrl => ProductErrorCode::Invalid,
            ProductProblem::UnknownProduct | ProductProblem::UnknownVariant => ProductErrorCode::NotFound,
            ProductProblem::UnknownCategory => ProductErrorCode::CategoryNotFound,
            ProductProblem::SlugTaken(_) => ProductErrorCode::SlugTaken,
            ProductProblem::SkuTaken(_) => ProductErrorCode::SkuTaken,
            ProductProblem::OptionsMismatch { .. } => ProductErrorCode::OptionsMismatch,
            ProductProblem::OptionsInUse { .. } => ProductErrorCode::OptionsInUse,
            ProductProblem::VariantTaken => ProductErrorCode::VariantTaken,
            ProductProblem::NothingToSell => ProductErrorCode::NothingToSell,
            ProductProblem::LastVariant => ProductErrorCode::LastVariant,
        };
        let message = refused.message();
        Self::at(code, refused.path, message)
    }
}

impl From<Refused<CategoryProblem>> for CategoryUserError {
    fn from(refused: Refused<CategoryProblem>) -> Self {
        let code = match &refused.problem {
            CategoryProblem::Field(problem) => match problem {
                FieldProblem::Empty => CategoryErrorCode::Required,
                FieldProblem::TooLong { .. } => CategoryErrorCode::TooLong,
                FieldProblem::OutOfRange { .. } | FieldProblem::TooMany { .. } => {
                    CategoryErrorCode::OutOfRange
                }
                FieldProblem::ContainsNul | FieldProblem::MalformedSlug | FieldProblem::Repeated(_) => {
                    CategoryErrorCode::Invalid
                }
            },
            CategoryProblem::UnknownCategory => CategoryErrorCode::NotFound,
            CategoryProblem::UnknownParent => CategoryErrorCode::ParentNotFound,
            CategoryProblem::SlugTaken(_) => CategoryErrorCode::SlugTaken,
            CategoryProblem::Circle => CategoryErrorCode::CategoryCircle,
            CategoryProblem::TooDeep { .. } => CategoryErrorCode::CategoryTooDeep,
            CategoryProblem::NotEmpty { .. } => CategoryErrorCode::CategoryNotEmpty,
        };
        let message = refused.message();
        Self::at(code, refused.path, message)
    }
}
