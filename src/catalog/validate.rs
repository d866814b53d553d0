//! The rules that values of the catalogue have to keep, each checked before PostgreSQL has to.
//!
//! A [`Checks`] collects every refusal of an input, so that a form can mark all its fields at once. Its methods return
//! the value to store; when something was refused that value is never used, because [`Checks::finish`] ends the verb.

use std::collections::BTreeSet;

use crate::error::{ActionError, Outcome};
use crate::money::{Currency, Money, MoneyError};

use super::draft::{DescriptionDraft, ImageDraft, OptionDraft};
use super::html::{self, Description};
use super::refusal::{FieldProblem, ProductProblem, Refused};
use super::slug;

/// The longest name of a product or category.
pub const MAX_NAME: usize = 255;
/// The longest maker's name.
pub const MAX_VENDOR: usize = 255;
/// The longest description as written.
pub const MAX_DESCRIPTION: usize = 50_000;
/// The most tags of a product.
pub const MAX_TAGS: usize = 50;
/// The longest tag.
pub const MAX_TAG: usize = 100;
/// The most attributes of a product.
pub const MAX_ATTRIBUTES: usize = 50;
/// The longest name of an attribute.
pub const MAX_ATTRIBUTE_NAME: usize = 100;
/// The longest value of an attribute.
pub const MAX_ATTRIBUTE_VALUE: usize = 500;
/// The most options of a product.
pub const MAX_OPTIONS: usize = 3;
/// The most values of one option.
pub const MAX_OPTION_VALUES: usize = 100;
/// The longest name of an option, and of one of its values.
pub const MAX_OPTION_NAME: usize = 100;
/// The most pictures of a product.
pub const MAX_IMAGES: usize = 50;
/// The longest address of a picture, in bytes: an index holds it.
pub const MAX_URL: usize = 2048;
/// The longest description of a picture for those who cannot see it.
pub const MAX_ALT_TEXT: usize = 500;
/// The most variants of a product that are not archived.
pub const MAX_VARIANTS: usize = 250;
/// The longest article number.
pub const MAX_SKU: usize = 100;
/// The longest GTIN, EAN or UPC.
pub const MAX_BARCODE: usize = 100;
/// The highest price, in minor units; the same as in the table's CHECK.
pub const MAX_PRICE: i64 = 100_000_000_000;
/// The heaviest variant, in grams; the same as in the table's CHECK.
pub const MAX_WEIGHT: i32 = 100_000_000;
/// How things are taxed that say nothing else.
pub const STANDARD_TAX_CLASS: &str = "standard";
/// The longest name of a tax class; the same as in the table's CHECK.
pub const MAX_TAX_CLASS: usize = 50;
/// The last place among siblings.
pub const MAX_POSITION: i32 = 1_000_000;

/// Whether a picture can be there: on the web, or at a path of this server.
pub(crate) fn is_image_url(url: &str) -> bool {
    // "//host/…" would be another server, not a path of ours.
    let path = url.starts_with('/') && !url.starts_with("//");
    let web = ["https://", "http://"]
        .iter()
        .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    let clean = !url.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    (path || web) && clean && url.len() <= MAX_URL
}

/// The refusals of one input so far.
pub(crate) struct Checks<P> {
    refusals: Vec<Refused<P>>,
    within: Vec<String>,
}

impl<P: From<FieldProblem>> Checks<P> {
    pub(crate) const fn new() -> Self {
        Self { refusals: Vec::new(), within: Vec::new() }
    }

    /// Checks one item of a list: paths are below it while `check` runs.
    pub(crate) fn item<T>(&mut self, list: &str, index: usize, check: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.within.len();
        self.within.extend([list.to_owned(), index.to_string()]);
        let value = check(self);
        self.within.truncate(depth);
        value
    }

    pub(crate) fn refuse(&mut self, field: &str, problem: impl Into<P>) {
        let path = self.within.iter().map(String::as_str).chain((!field.is_empty()).then_some(field));
        self.refusals.push(Refused::at(path, problem));
    }

    /// Ends the verb if anything was refused.
    pub(crate) fn finish<T>(self, value: T) -> Outcome<T, Refused<P>> {
        if self.refusals.is_empty() { Ok(value) } else { Err(ActionError::Refused(self.refusals)) }
    }

    /// Text without white space around it; may be empty.
    pub(crate) fn optional_text(&mut self, field: &str, text: &str, max: usize) -> String {
        let text = text.trim();
        let given = text.chars().count();
        if given > max {
            self.refuse(field, FieldProblem::TooLong { max, given });
        } else if text.contains('\0') {
            self.refuse(field, FieldProblem::ContainsNul);
        }
        text.to_owned()
    }

    /// Text that says something.
    pub(crate) fn text(&mut self, field: &str, text: &str, max: usize) -> String {
        if text.trim().is_empty() {
            self.refuse(field, FieldProblem::Empty);
        }
        self.optional_text(field, text, max)
    }

    pub(crate) fn slug(&mut self, given: &str) -> String {
        let length = given.chars().count();
        if length > slug::MAX_LENGTH {
            self.refuse("slug", FieldProblem::TooLong { max: slug::MAX_LENGTH, given: length });
        } else if !slug::is_well_formed(given) {
            self.refuse("slug", FieldProblem::MalformedSlug);
        }
        given.to_owned()
    }

    /// The name of a tax class: what products, rates and shipping methods name alike.
    pub(crate) fn tax_class(&mut self, given: &str) -> String {
        let length = given.chars().count();
        if length > MAX_TAX_CLASS {
            self.refuse("taxClass", FieldProblem::TooLong { max: MAX_TAX_CLASS, given: length });
        } else if !slug::is_well_formed(given) {
            self.refuse("taxClass", FieldProblem::MalformedSlug);
        }
        given.to_owned()
    }

    pub(crate) fn range(&mut self, field: &str, given: i32, max: i32) -> i32 {
        if !(0..=max).contains(&given) {
            self.refuse(field, FieldProblem::OutOfRange { min: 0, max: max.into(), given: given.into() });
        }
        given
    }

    pub(crate) fn position(&mut self, given: i32) -> i32 {
        self.range("position", given, MAX_POSITION)
    }

    /// Whether a list is short enough to be looked at.
    pub(crate) fn count(&mut self, field: &str, given: usize, max: usize) -> bool {
        if given > max {
            self.refuse(field, FieldProblem::TooMany { max, given });
        }
        given <= max
    }
}

impl Checks<ProductProblem> {
    pub(super) fn description(&mut self, draft: &DescriptionDraft) -> Description {
        let (field, written) = match draft {
            DescriptionDraft::Text(text) => ("description", text),
            DescriptionDraft::Html(html) => ("descriptionHtml", html),
        };
        let given = written.chars().count();
        if given > MAX_DESCRIPTION {
            self.refuse(field, FieldProblem::TooLong { max: MAX_DESCRIPTION, given });
            return Description::default();
        }
        if written.contains('\0') {
            self.refuse(field, FieldProblem::ContainsNul);
        }
        match draft {
            DescriptionDraft::Text(text) => html::from_text(text),
            DescriptionDraft::Html(html) => html::sanitise(html),
        }
    }

    /// Tags in the order given, without repetitions: those are no mistake worth an error.
    pub(super) fn tags(&mut self, given: &[String]) -> Vec<String> {
        let mut tags = Vec::new();
        if self.count("tags", given.len(), MAX_TAGS) {
            for (index, tag) in given.iter().enumerate() {
                let tag = self.item("tags", index, |checks| checks.text("", tag, MAX_TAG));
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
            }
        }
        tags
    }

    pub(super) fn attributes(&mut self, given: &[(String, String)]) -> serde_json::Value {
        let mut attributes = serde_json::Map::new();
        if self.count("attributes", given.len(), MAX_ATTRIBUTES) {
            for (index, (name, value)) in given.iter().enumerate() {
                self.item("attributes", index, |checks| {
                    let name = checks.text("name", name, MAX_ATTRIBUTE_NAME);
                    let value = checks.text("value", value, MAX_ATTRIBUTE_VALUE);
                    if attributes.contains_key(&name) {
                        checks.refuse("name", FieldProblem::Repeated(name.clone()));
                    }
                    attributes.insert(name, value.into());
                });
            }
        }
        attributes.into()
    }

    pub(super) fn options(&mut self, given: &[OptionDraft]) -> Vec<OptionDraft> {
        if !self.count("options", given.len(), MAX_OPTIONS) {
            return Vec::new();
        }
        let mut names = BTreeSet::new();
        given
            .iter()
            .enumerate()
            .map(|(index, option)| {
                self.item("options", index, |checks| {
                    let name = checks.text("name", &option.name, MAX_OPTION_NAME);
                    if !names.insert(name.clone()) {
                        checks.refuse("name", FieldProblem::Repeated(name.clone()));
                    }
                    OptionDraft { name, values: checks.option_values(&option.values) }
                })
            })
            .collect()
    }

    fn option_values(&mut self, given: &[String]) -> Vec<String> {
        if given.is_empty() {
            self.refuse("values", FieldProblem::Empty);
        }
        let mut values: Vec<String> = Vec::new();
        if self.count("values", given.len(), MAX_OPTION_VALUES) {
            for (index, value) in given.iter().enumerate() {
                self.item("values", index, |checks| {
                    let value = checks.text("", value, MAX_OPTION_NAME);
                    if values.contains(&value) {
                        checks.refuse("", FieldProblem::Repeated(value.clone()));
                    }
                    values.push(value);
                });
            }
        }
        values
    }

    pub(super) fn images(&mut self, given: &[ImageDraft]) -> Vec<ImageDraft> {
        if !self.count("images", given.len(), MAX_IMAGES) {
            return Vec::new();
        }
        let mut urls = BTreeSet::new();
        given
            .iter()
            .enumerate()
            .map(|(index, image)| {
                self.item("images", index, |checks| {
                    let url = checks.url(&image.url);
                    if !urls.insert(url.clone()) {
                        checks.refuse("url", FieldProblem::Repeated(url.clone()));
                    }
                    let alt_text = checks.optional_text("altText", &image.alt_text, MAX_ALT_TEXT);
                    ImageDraft { url, alt_text }
                })
            })
            .collect()
    }

    fn url(&mut self, given: &str) -> String {
        let url = self.text("url", given, MAX_URL);
        if !is_image_url(&url) {
            self.refuse("url", ProductProblem::MalformedUrl);
        }
        url
    }

    /// A price in minor units.
    pub(super) fn price(&mut self, field: &str, given: &str, currency: Currency) -> i64 {
        match Money::parse(given, currency) {
            Ok(price) if price.minor > MAX_PRICE => self.refuse(field, MoneyError::OutOfRange),
            Ok(price) if price.minor < 0 => self.refuse(field, ProductProblem::NegativePrice),
            Ok(price) => return price.minor,
            Err(error) => self.refuse(field, error),
        }
        0
    }

    pub(super) fn sku(&mut self, given: &str) -> String {
        self.text("sku", given, MAX_SKU)
    }

    pub(super) fn barcode(&mut self, given: &str) -> String {
        self.text("barcode", given, MAX_BARCODE)
    }

    pub(super) fn weight(&mut self, given: i32) -> i32 {
        self.range("weightGrams", given, MAX_WEIGHT)
    }

    /// The value chosen for each option, in the order of the options.
    pub(super) fn choices(
        &mut self,
        field: &str,
        given: &[(String, String)],
        options: &[OptionDraft],
    ) -> Vec<String> {
        let chosen = |option: &OptionDraft| {
            let mut values =
                given.iter().filter(|(name, _)| name.trim() == option.name).map(|(_, value)| value.trim());
            let value = values.next().filter(|value| option.values.iter().any(|known| known == value))?;
            values.next().is_none().then(|| value.to_owned())
        };
        let values: Option<Vec<String>> = options.iter().map(chosen).collect();
        match values {
            Some(values) if given.len() == options.len() => values,
            _ => {
                let names: Vec<&str> = options.iter().map(|option| option.name.as_str()).collect();
                let options = if names.is_empty() { "it has none".to_owned() } else { names.join(", ") };
                self.refuse(field, ProductProblem::OptionsMismatch { options });
                Vec::new()
            }
        }
    }
}
