//! What can be wrong with a file and with its rows. Each problem has a code that stays and a text for people.

use std::fmt;

use crate::money::MoneyError;

/// Why a file cannot be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// It cannot be opened or read.
    #[error("UNREADABLE: {0}")]
    Unreadable(#[source] std::io::Error),
    /// Not a byte in it, or only a header.
    #[error("EMPTY: the file has no products")]
    Empty,
    /// Written by a spreadsheet as "Unicode text".
    #[error("NOT_UTF8: the file is UTF-16; save it as \"CSV UTF-8\"")]
    Utf16,
    /// The header itself is no text.
    #[error("NOT_UTF8: the header is not UTF-8; save the file as \"CSV UTF-8\"")]
    HeaderNotUtf8,
    /// Written with another character between the columns.
    #[error("WRONG_DELIMITER: the columns are separated by {0}; export the file with commas")]
    WrongDelimiter(&'static str),
    /// A column that every import needs.
    #[error("MISSING_COLUMN: there is no column '{0}' in the header")]
    MissingColumn(&'static str),
    /// The end of the file came inside a quoted field.
    #[error("UNCLOSED_QUOTE: line {line}: a quote that opens in this record is never closed")]
    UnclosedQuote {
        /// Where the record begins.
        line: u64,
    },
    /// No record of a product is that large.
    #[error("RECORD_TOO_LONG: line {line}: the record is larger than 8 MiB; is a quote left open?")]
    RecordTooLong {
        /// Where the record begins.
        line: u64,
    },
    /// More rows would have to be kept until their products are complete than is reasonable.
    #[error("ROWS_SCATTERED: the rows of too many products lie apart; sort the file by handle")]
    Scattered,
}

/// Why a row is not imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// Bytes that are no text.
    #[error("'{column}' is not UTF-8; save the file as \"CSV UTF-8\"")]
    NotUtf8 { column: String },
    /// The one character that PostgreSQL cannot store.
    #[error("'{column}' contains a NUL character")]
    ContainsNul { column: String },
    /// Longer than the shop stores.
    #[error("'{column}' has more than {max} characters")]
    TooLong { column: String, max: usize },
    /// More things than the shop stores of them.
    #[error("there are more than {max} {things}")]
    TooMany { things: &'static str, max: usize },
    /// A comma that should have been quoted, most likely.
    #[error("the row has more fields than the header; is a comma not quoted?")]
    TooManyFields,
    /// Nobody knows which product the row belongs to.
    #[error("the handle is empty")]
    HandleEmpty,
    /// Nothing of it can stand in a URL.
    #[error("the handle '{handle}' has no letter or digit")]
    HandleUnusable { handle: String },
    /// Two handles would be one in URLs.
    #[error("the handle '{handle}' and the handle '{other}' above are the same in a URL")]
    HandleClash { handle: String, other: String },
    /// The product has no name.
    #[error("the title is empty in the first row of the product")]
    TitleEmpty,
    /// A choice without a name.
    #[error("'{column}' has a value, but the product's first row does not name that option")]
    OptionUnnamed { column: String },
    /// The same name for two options.
    #[error("two options are called '{name}'")]
    OptionRepeated { name: String },
    /// A variant that does not say which one it is.
    #[error("there is no value for the option '{option}'")]
    OptionValueEmpty { option: String },
    /// The same variant again.
    #[error("the row has the same option values as line {line}")]
    VariantRepeated { line: u64 },
    /// The same article number again.
    #[error("the SKU '{sku}' is already in line {line}")]
    SkuRepeated { sku: String, line: u64 },
    /// The article number is another product's.
    #[error("the SKU '{sku}' belongs to the product '{product}'")]
    SkuTaken { sku: String, product: String },
    /// The choice is another variant's, which the file gives another article number or does not list.
    #[error("the product has another variant with these option values{}", sku.as_ref().map(|sku| format!(", SKU '{sku}'")).unwrap_or_default())]
    VariantTaken { sku: Option<String> },
    /// Variants of the shop would be left without a value for an option.
    #[error(
        "the product's options change, but the file does not list its variant {variant}; archive that variant first"
    )]
    OptionsChanged { variant: String },
    /// A price is needed.
    #[error("price is empty")]
    PriceEmpty,
    /// A price or compare-at price that is none.
    #[error("'{column}' is '{given}': {error}")]
    Amount { column: String, given: String, error: MoneyError },
    /// Nobody pays customers for taking things.
    #[error("'{column}' is negative")]
    AmountNegative { column: String },
    /// A number of pieces or grams, or a position.
    #[error("'{column}' is '{given}', which is not a number from 0 to {max}")]
    Number { column: String, given: String, max: i32 },
    /// Not one of the words a column can hold.
    #[error("'{column}' is '{given}'; expected {expected}")]
    Word { column: String, given: String, expected: &'static str },
    /// Not where an image can be.
    #[error("'{column}' is not a web address: '{given}'")]
    Url { column: String, given: String },
    /// A category path that cannot be.
    #[error("'{column}' is not a path of at most {max} names such as 'Kitchen > Mugs'")]
    CategoryPath { column: String, max: usize },
}

impl RowProblem {
    /// The problem's name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "NOT_UTF8",
            Self::ContainsNul { .. } => "CONTAINS_NUL",
            Self::TooLong { .. } => "TOO_LONG",
            Self::TooMany { .. } => "TOO_MANY",
            Self::TooManyFields => "TOO_MANY_FIELDS",
            Self::HandleEmpty => "HANDLE_EMPTY",
            Self::HandleUnusable { .. } => "HANDLE_UNUSABLE",
            Self::HandleClash { .. } => "HANDLE_CLASH",
            Self::TitleEmpty => "TITLE_EMPTY",
            Self::OptionUnnamed { .. } => "OPTION_UNNAMED",
            Self::OptionRepeated { .. } => "OPTION_REPEATED",
            Self::OptionValueEmpty { .. } => "OPTION_VALUE_EMPTY",
            Self::VariantRepeated { .. } => "VARIANT_REPEATED",
            Self::SkuRepeated { .. } => "SKU_REPEATED",
            Self::SkuTaken { .. } => "SKU_TAKEN",
            Self::VariantTaken { .. } => "VARIANT_TAKEN",
            Self::OptionsChanged { .. } => "OPTIONS_CHANGED",
            Self::PriceEmpty => "PRICE_EMPTY",
            Self::Amount { .. } => "AMOUNT_INVALID",
            Self::AmountNegative { .. } => "AMOUNT_NEGATIVE",
            Self::Number { .. } => "NUMBER_INVALID",
            Self::Word { .. } => "WORD_UNKNOWN",
            Self::Url { .. } => "URL_INVALID",
            Self::CategoryPath { .. } => "CATEGORY_PATH_INVALID",
        }
    }
}

/// A row that is not imported, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// Why.
    pub problem: RowProblem,
    /// How many rows are skipped for it: more than one when the first row of a product is bad.
    pub rows: u64,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.problem.code(), self.problem)?;
        if self.rows > 1 {
            write!(f, " (skips the product's {} rows)", self.rows)?;
        }
        Ok(())
    }
}
