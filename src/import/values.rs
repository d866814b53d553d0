//! What single cells say: amounts, numbers, words, addresses.

use csv::StringRecord;

use super::columns::{Column, Columns};
use super::problem::RowProblem;
use crate::catalog::validate::{MAX_NAME, MAX_POSITION, MAX_PRICE, MAX_WEIGHT, is_image_url};
use crate::catalog::{MAX_LEVELS, ProductStatus};
use crate::money::{Currency, Money, MoneyError};

/// One row with the columns to read it by.
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    pub(super) columns: &'r Columns,
    pub(super) row: &'r StringRecord,
}

impl<'r> Cells<'r> {
    /// What is in a column, without white space around it; may be empty.
    pub(super) fn raw(self, column: Column) -> &'r str {
        self.columns.text(self.row, column)
    }

    /// Text of at most so many characters.
    pub(super) fn text(self, column: Column, max: usize) -> Result<&'r str, RowProblem> {
        within(self.raw(column), max).ok_or_else(|| RowProblem::TooLong { column: self.name(column), max })
    }

    /// What a piece costs. Amounts are plain decimals, `1299.00`: with separators of thousands it would be a guess
    /// whether `1.299` is a little or a lot.
    pub(super) fn price(self, currency: Currency) -> Result<i64, RowProblem> {
        self.amount(Column::Price, currency)?.ok_or(RowProblem::PriceEmpty)
    }

    /// What a piece cost before.
    pub(super) fn compare_at_price(self, currency: Currency) -> Result<Option<i64>, RowProblem> {
        self.amount(Column::CompareAtPrice, currency)
    }

    fn amount(self, column: Column, currency: Currency) -> Result<Option<i64>, RowProblem> {
        let given = self.raw(column);
        if given.is_empty() {
            return Ok(None);
        }
        let problem = |error| RowProblem::Amount { column: self.name(column), given: shorten(given), error };
        match Money::parse(given, currency).map_err(problem)?.minor {
            minor if minor < 0 => Err(RowProblem::AmountNegative { column: self.name(column) }),
            minor if minor > MAX_PRICE => Err(problem(MoneyError::OutOfRange)),
            minor => Ok(Some(minor)),
        }
    }

    /// The weight, to the nearest gram: Shopify computes it from pounds and ounces and writes `453.59237`.
    pub(super) fn grams(self) -> Result<Option<i32>, RowProblem> {
        let given = self.raw(Column::Grams);
        if given.is_empty() {
            return Ok(None);
        }
        let (whole, fraction) = given.split_once('.').unwrap_or((given, "0"));
        let digits = fraction.bytes().all(|byte| byte.is_ascii_digit()) && !fraction.is_empty();
        let up = i32::from(matches!(fraction.as_bytes().first(), Some(b'5'..=b'9')));
        match whole_number(whole, MAX_WEIGHT - 1) {
            Some(grams) if digits => Ok(Some(grams + up)),
            _ => Err(self.not_a_number(Column::Grams, MAX_WEIGHT)),
        }
    }

    /// How many pieces there are. Shopify goes below zero when it sells what is not there.
    pub(super) fn quantity(self) -> Result<Quantity, RowProblem> {
        let given = self.raw(Column::Quantity);
        let max = crate::inventory::MAX_ON_HAND;
        let (negative, digits) = match given.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, given),
        };
        match whole_number(digits, max) {
            _ if given.is_empty() => Ok(Quantity::Unsaid),
            Some(pieces) if pieces > 0 && negative => Ok(Quantity::Negative),
            Some(pieces) => Ok(Quantity::Pieces(pieces)),
            None => Err(self.not_a_number(Column::Quantity, max)),
        }
    }

    /// Whether Shopify does not count the pieces and sells the variant whatever the quantity.
    pub(super) fn is_untracked(self) -> bool {
        self.columns.has(Column::Tracker) && self.raw(Column::Tracker).is_empty()
    }

    /// The place among the product's images.
    pub(super) fn image_position(self) -> Result<Option<i32>, RowProblem> {
        match self.raw(Column::ImagePosition) {
            "" => Ok(None),
            given => match whole_number(given, MAX_POSITION) {
                Some(position) => Ok(Some(position)),
                None => Err(self.not_a_number(Column::ImagePosition, MAX_POSITION)),
            },
        }
    }

    /// Whether Shopify would sell the variant when there is none left.
    pub(super) fn oversells(self) -> bool {
        ["continue", "true"].iter().any(|word| self.raw(Column::Policy).eq_ignore_ascii_case(word))
    }

    /// The status, from the two columns that bear on it; none when the file has neither.
    pub(super) fn status(self) -> Result<Option<ProductStatus>, RowProblem> {
        let given = self.raw(Column::Status);
        let status = match given.to_ascii_lowercase().as_str() {
            "" => None,
            "active" => Some(ProductStatus::Active),
            "draft" | "unlisted" => Some(ProductStatus::Draft),
            "archived" => Some(ProductStatus::Archived),
            _ => return Err(self.unknown_word(Column::Status, "'active', 'draft' or 'archived'")),
        };
        let published = match self.raw(Column::Published).to_ascii_lowercase().as_str() {
            "" => None,
            "true" | "yes" | "1" => Some(ProductStatus::Active),
            "false" | "no" | "0" => Some(ProductStatus::Draft),
            _ => return Err(self.unknown_word(Column::Published, "'true' or 'false'")),
        };
        Ok(match (status, published) {
            // Active, but on no sales channel: nobody is meant to see it yet.
            (Some(ProductStatus::Active), Some(ProductStatus::Draft)) => published,
            (Some(_), _) => status,
            (None, published) => published,
        })
    }

    /// An address at which an image can be fetched; none when the cell is empty.
    pub(super) fn url(self, column: Column) -> Result<Option<String>, RowProblem> {
        let given = self.raw(column);
        if given.is_empty() {
            return Ok(None);
        }
        // Pages may leave the scheme to the browser; an API's client needs it.
        let url = if given.starts_with("//") { format!("https:{given}") } else { given.to_owned() };
        if is_image_url(&url) {
            Ok(Some(url))
        } else {
            Err(RowProblem::Url { column: self.name(column), given: shorten(given) })
        }
    }

    /// The names of the categories from the root down; empty when the file has none for this product.
    pub(super) fn category(self) -> Result<Vec<String>, RowProblem> {
        let (column, path) = match self.raw(Column::Category) {
            // A type is one name: in "Arts > Crafts" the sign would be part of it, but nobody writes that.
            "" => (Column::Type, self.raw(Column::Type)),
            path => (Column::Category, path),
        };
        if path.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<String> = path.split('>').map(|name| name.trim().to_owned()).collect();
        let fits = |name: &String| !name.is_empty() && within(name, MAX_NAME).is_some();
        if names.len() <= MAX_LEVELS && names.iter().all(fits) {
            Ok(names)
        } else {
            Err(RowProblem::CategoryPath { column: self.name(column), max: MAX_LEVELS })
        }
    }

    fn name(self, column: Column) -> String {
        self.columns.name(column)
    }

    fn not_a_number(self, column: Column, max: i32) -> RowProblem {
        RowProblem::Number { column: self.name(column), given: shorten(self.raw(column)), max }
    }

    fn unknown_word(self, column: Column, expected: &'static str) -> RowProblem {
        RowProblem::Word { column: self.name(column), given: shorten(self.raw(column)), expected }
    }
}

/// What a file says about the pieces of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    /// Nothing.
    Unsaid,
    /// This many.
    Pieces(i32),
    /// Fewer than none.
    Negative,
}

/// The text, if it has at most so many characters.
pub(super) fn within(text: &str, max: usize) -> Option<&str> {
    // No character is longer than its bytes, so most texts need no counting.
    (text.len() <= max || text.chars().count() <= max).then_some(text)
}

fn whole_number(text: &str, max: i32) -> Option<i32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= max)
}

/// The file's own text as a message repeats it.
fn shorten(given: &str) -> String {
    match given.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &given[..end]),
        None => given.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(column: &str, cell: &str, value: impl FnOnce(Cells<'_>) -> T) -> T {
        let columns =
            Columns::read(&StringRecord::from(vec!["Handle", "Title", "Variant Price", column])).unwrap();
        // The same cell in both places, so that the required price can be tried like the others.
        value(Cells { columns: &columns, row: &StringRecord::from(vec!["mug", "Mug", cell, cell]) })
    }

    #[test]
    fn prices_are_plain_decimals() {
        for (cell, minor) in [("50", 5000), ("10.99", 1099), (" 0 ", 0), ("12.500", 1250)] {
            assert_eq!(read("x", cell, |cells| cells.price(Currency::USD)), Ok(minor), "{cell}");
        }
        for (cell, code) in [
            ("", "PRICE_EMPTY"),
            ("-1", "AMOUNT_NEGATIVE"),
            ("NaN", "AMOUNT_INVALID"),
            ("1,299.00", "AMOUNT_INVALID"),
            ("$5", "AMOUNT_INVALID"),
            ("10.999", "AMOUNT_INVALID"),
            ("1e3", "AMOUNT_INVALID"),
            ("99999999999999999999999", "AMOUNT_INVALID"),
            ("1000000001", "AMOUNT_INVALID"),
        ] {
            assert_eq!(
                read("x", cell, |cells| cells.price(Currency::USD)).unwrap_err().code(),
                code,
                "{cell}"
            );
        }
        assert_eq!(read("Compare-at price", "", |cells| cells.compare_at_price(Currency::USD)), Ok(None));
    }

    #[test]
    fn weights_are_rounded_to_grams() {
        for (cell, grams) in [("0", 0), ("453.59237", 454), ("0.0", 0), ("0.4", 0), ("1.5", 2)] {
            assert_eq!(read("Variant Grams", cell, |cells| cells.grams()), Ok(Some(grams)), "{cell}");
        }
        for cell in ["-1", "1kg", "1.", "1.x", ".5", "999999999999", "1e3"] {
            assert!(read("Variant Grams", cell, |cells| cells.grams()).is_err(), "{cell}");
        }
    }

    #[test]
    fn quantities_may_be_negative_but_not_broken() {
        let quantity = |cell| read("Inventory quantity", cell, |cells| cells.quantity());
        assert_eq!(quantity(""), Ok(Quantity::Unsaid));
        assert_eq!(quantity("7"), Ok(Quantity::Pieces(7)));
        assert_eq!(quantity("-0"), Ok(Quantity::Pieces(0)));
        assert_eq!(quantity("-3"), Ok(Quantity::Negative));
        for cell in ["1.5", "many", "+1", "--1", "99999999999"] {
            assert!(quantity(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn a_product_is_seen_when_it_is_active_and_published() {
        let status = |status, published| {
            let header = vec!["Handle", "Title", "Price", "Status", "Published"];
            let columns = Columns::read(&StringRecord::from(header)).unwrap();
            let row = StringRecord::from(vec!["mug", "Mug", "1", status, published]);
            Cells { columns: &columns, row: &row }.status()
        };
        assert_eq!(status("active", "true"), Ok(Some(ProductStatus::Active)));
        assert_eq!(status("Active", "FALSE"), Ok(Some(ProductStatus::Draft)));
        assert_eq!(status("archived", "true"), Ok(Some(ProductStatus::Archived)));
        assert_eq!(status("draft", ""), Ok(Some(ProductStatus::Draft)));
        assert_eq!(status("", "false"), Ok(Some(ProductStatus::Draft)));
        assert_eq!(status("", ""), Ok(None));
        assert!(status("sold", "").is_err());
        assert!(status("", "maybe").is_err());
    }

    #[test]
    fn an_image_is_on_the_web_or_on_this_server() {
        let url = |cell: &str| read("Image Src", cell, |cells| cells.url(Column::ImageUrl));
        assert_eq!(url(""), Ok(None));
        assert_eq!(url("https://x.example/a.jpg?v=1"), Ok(Some("https://x.example/a.jpg?v=1".to_owned())));
        assert_eq!(url("//x.example/a.jpg"), Ok(Some("https://x.example/a.jpg".to_owned())));
        assert_eq!(url("/media/a.svg"), Ok(Some("/media/a.svg".to_owned())));
        for cell in
            ["a.jpg", "javascript:alert(1)", "https://", "ftp://x/a", "https://x/a b", &"/".repeat(3000)]
        {
            assert!(url(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn a_category_is_a_path_of_names() {
        let category = |cell: &str| read("Product Category", cell, |cells| cells.category());
        assert_eq!(
            category("Kitchen > Mugs & Cups"),
            Ok(vec!["Kitchen".to_owned(), "Mugs & Cups".to_owned()])
        );
        assert_eq!(category(""), Ok(Vec::new()));
        assert_eq!(read("Type", "Mug", |cells| cells.category()), Ok(vec!["Mug".to_owned()]));
        for cell in ["Kitchen >", "> Mugs", "a>>b", &["a"; 11].join(">"), &"a".repeat(256)] {
            assert!(category(cell).is_err(), "{cell}");
        }
    }
}
