//! A product as a file describes it.

use crate::catalog::ProductStatus;
use crate::catalog::html::Description;

/// What a file says about a product. `None` is for what it has no column for: the shop's own value stays.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ImportedProduct {
    /// Its first line.
    pub(super) line: u64,
    /// How many rows it has.
    pub(super) rows: u64,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description: Option<Description>,
    pub(super) vendor: Option<String>,
    /// The names of its categories from the root down; empty for none.
    pub(super) category: Option<Vec<String>>,
    pub(super) tags: Option<Vec<String>>,
    /// Each attribute column and its value; none removes the attribute.
    pub(super) attributes: Vec<(String, Option<String>)>,
    pub(super) status: Option<ProductStatus>,
    /// The names of its options; empty for a product without choices.
    pub(super) options: Option<Vec<String>>,
    pub(super) variants: Vec<ImportedVariant>,
    pub(super) images: Vec<ImportedImage>,
    /// Whether the file says which variants have pictures of their own.
    pub(super) links_images: bool,
}

/// What a file says about a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImportedVariant {
    /// Its line.
    pub(super) line: u64,
    /// Its article number, if the file gives one.
    pub(super) sku: Option<String>,
    /// Its value for each of the product's options.
    pub(super) choices: Vec<String>,
    pub(super) price: i64,
    pub(super) compare_at_price: Option<Option<i64>>,
    pub(super) weight_grams: Option<Option<i32>>,
    pub(super) barcode: Option<Option<String>>,
    /// How many pieces there are, if the file says.
    pub(super) quantity: Option<i32>,
    /// The picture of this variant alone.
    pub(super) image: Option<String>,
}

/// What a file says about a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImportedImage {
    pub(super) url: String,
    pub(super) alt_text: Option<String>,
    /// Its place among the product's pictures, if the file says.
    pub(super) position: Option<i32>,
}
