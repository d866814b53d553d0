//! Why a change of the catalogue did not happen. The texts are meant for the client.

use crate::error::Refusal;
use crate::money::MoneyError;

/// One reason, and where in the input it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused<P> {
    /// The path of the input at fault, such as `variants`, `0`, `price`; empty when it is the whole.
    pub path: Vec<String>,
    /// What is wrong with it.
    pub problem: P,
}

impl<P> Refused<P> {
    /// A problem with the input at this path.
    pub fn at<S: ToString>(path: impl IntoIterator<Item = S>, problem: impl Into<P>) -> Self {
        Self { path: path.into_iter().map(|step| step.to_string()).collect(), problem: problem.into() }
    }
}

impl<P: std::fmt::Display> Refused<P> {
    /// What is wrong, for people: a problem that is no sentence by itself gets the name of its field in front.
    #[must_use]
    pub fn message(&self) -> String {
        let problem = self.problem.to_string();
        let is_sentence = problem.starts_with(|letter: char| letter.is_uppercase());
        match self.path.iter().rfind(|step| step.parse::<usize>().is_err()) {
            Some(field) if !is_sentence => format!("'{field}': {problem}."),
            _ => problem,
        }
    }
}

impl<P> Refusal for Refused<P> {}

/// What can be wrong with a single value, whatever it describes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More letters than can be kept.
    #[error("can have at most {max} characters, not {given}")]
    TooLong { max: usize, given: usize },
    /// More items than can be kept.
    #[error("can have at most {max} items, not {given}")]
    TooMany { max: usize, given: usize },
    /// A number outside what makes sense.
    #[error("must be between {min} and {max}, not {given}")]
    OutOfRange { min: i64, max: i64, given: i64 },
    /// A NUL, which no text can hold.
    #[error("must not contain the character U+0000")]
    ContainsNul,
    /// Not fit for a URL.
    #[error("must be lower-case letters, digits and single hyphens between them, such as 'stoneware-mug'")]
    MalformedSlug,
    /// Named before in the same list.
    #[error("'{0}' is given twice")]
    Repeated(String),
}

/// What can be wrong with a product or a variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductProblem {
    /// One value is wrong in itself.
    #[error("{0}")]
    Field(#[from] FieldProblem),
    /// Not an amount of the shop's currency.
    #[error("{0}")]
    Price(#[from] MoneyError),
    /// Nobody is paid for buying.
    #[error("must not be negative")]
    NegativePrice,
    /// Not an address of a picture.
    #[error("must begin with https://, http:// or / and hold no spaces")]
    MalformedUrl,
    /// There is no such product.
    #[error("There is no such product.")]
    UnknownProduct,
    /// There is no such variant.
    #[error("There is no such variant.")]
    UnknownVariant,
    /// There is no such category.
    #[error("There is no such category.")]
    UnknownCategory,
    /// Another product has the slug.
    #[error("Another product has the slug '{0}'.")]
    SlugTaken(String),
    /// Another variant has the article number; perhaps an archived one.
    #[error("Another variant, perhaps an archived one, has the SKU '{0}'.")]
    SkuTaken(String),
    /// The choices are not one value for each option of the product.
    #[error("must choose one value for each option of the product: {options}")]
    OptionsMismatch { options: String },
    /// Another variant has the same choices; perhaps an archived one.
    #[error(
        "Another variant of the product has the same options; if it is archived, bring it back with variantUpdate."
    )]
    VariantTaken,
    /// The product has variants that the new options have no place for.
    #[error("The variant '{variant}' does not fit the new options; change or archive it first.")]
    OptionsInUse { variant: String },
    /// A product on sale needs something to sell.
    #[error("A product needs at least one variant that is not archived before it can be on sale.")]
    NothingToSell,
    /// A product on sale would have nothing left.
    #[error("This is the last variant of a product on sale; archive the product instead.")]
    LastVariant,
}

/// What can be wrong with a category.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CategoryProblem {
    /// One value is wrong in itself.
    #[error("{0}")]
    Field(#[from] FieldProblem),
    /// There is no such category.
    #[error("There is no such category.")]
    UnknownCategory,
    /// There is no category to put it under.
    #[error("There is no such category to be the parent.")]
    UnknownParent,
    /// Another category has the slug.
    #[error("Another category has the slug '{0}'.")]
    SlugTaken(String),
    /// It would lie below itself.
    #[error("A category cannot be placed below itself.")]
    Circle,
    /// It, or a category below it, would lie too deep.
    #[error("Categories can nest {max} levels deep, not more.")]
    TooDeep { max: usize },
    /// It has categories below it.
    #[error("The category has {children} categories below it; move or delete them first.")]
    NotEmpty { children: i64 },
}
