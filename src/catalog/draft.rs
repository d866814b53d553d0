//! What staff write about products, as it comes in: nothing here is checked yet.

use crate::ids::{CategoryId, ProductId, VariantId};

use super::ProductStatus;

/// A description, in the form it was written in.
#[derive(Debug, Clone)]
pub enum DescriptionDraft {
    /// Plain text, a paragraph per line.
    Text(String),
    /// HTML that anybody may have written.
    Html(String),
}

/// A new product.
#[derive(Debug, Clone)]
pub struct ProductDraft {
    /// Its name.
    pub name: String,
    /// Its slug; made from the name when left out.
    pub slug: Option<String>,
    /// What it says about itself.
    pub description: Option<DescriptionDraft>,
    /// Who makes it.
    pub vendor: String,
    /// Where it is filed.
    pub category_id: Option<CategoryId>,
    /// Free words to find it by.
    pub tags: Vec<String>,
    /// Names and values.
    pub attributes: Vec<(String, String)>,
    /// Where its life begins.
    pub status: ProductStatus,
    /// How it is taxed; as most things when left out.
    pub tax_class: Option<String>,
    /// The choices it offers.
    pub options: Vec<OptionDraft>,
    /// Its pictures, in the order to show them.
    pub images: Vec<ImageDraft>,
    /// What can be bought.
    pub variants: VariantDrafts,
}

/// The variants of a new product.
#[derive(Debug, Clone)]
pub enum VariantDrafts {
    /// The one variant of a product without choices, described along with the product; if at all.
    Plain(Option<VariantDraft>),
    /// A list.
    Listed(Vec<VariantDraft>),
}

/// A choice to offer.
#[derive(Debug, Clone)]
pub struct OptionDraft {
    /// Its name, such as Size.
    pub name: String,
    /// What can be chosen, in the order to show it.
    pub values: Vec<String>,
}

/// A picture to show.
#[derive(Debug, Clone)]
pub struct ImageDraft {
    /// `https://…`, `http://…`, or a path on this server.
    pub url: String,
    /// What it shows.
    pub alt_text: String,
}

/// A new variant.
#[derive(Debug, Clone)]
pub struct VariantDraft {
    /// Its choice for each option of the product, by the option's name and in any order.
    pub choices: Vec<(String, String)>,
    /// Its article number.
    pub sku: Option<String>,
    /// What a piece costs: a decimal in the shop's currency.
    pub price: String,
    /// What it cost before.
    pub compare_at_price: Option<String>,
    /// Its weight.
    pub weight_grams: Option<i32>,
    /// Its GTIN, EAN or UPC.
    pub barcode: Option<String>,
    /// Pieces on hand to begin with.
    pub stock: i32,
    /// Its place among its siblings; behind them when left out.
    pub position: Option<i32>,
}

/// What is to change of a product: `None` stays as it is, `Some(None)` is cleared.
#[derive(Debug, Clone)]
pub struct ProductChange {
    /// Which product.
    pub id: ProductId,
    /// Its name.
    pub name: Option<String>,
    /// Its slug.
    pub slug: Option<String>,
    /// What it says about itself.
    pub description: Option<DescriptionDraft>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// Where it is filed.
    pub category_id: Option<Option<CategoryId>>,
    /// All its tags.
    pub tags: Option<Vec<String>>,
    /// All its attributes.
    pub attributes: Option<Vec<(String, String)>>,
    /// Where it is in its life.
    pub status: Option<ProductStatus>,
    /// How it is taxed.
    pub tax_class: Option<String>,
    /// All its options. Variants keep their values for those whose name stays.
    pub options: Option<Vec<OptionDraft>>,
    /// All its pictures. One whose URL stays keeps its id.
    pub images: Option<Vec<ImageDraft>>,
}

/// What is to change of a variant: `None` stays as it is, `Some(None)` is cleared.
#[derive(Debug, Clone)]
pub struct VariantChange {
    /// Which variant.
    pub id: VariantId,
    /// All its choices.
    pub choices: Option<Vec<(String, String)>>,
    /// Its article number.
    pub sku: Option<Option<String>>,
    /// What a piece costs: a decimal in the shop's currency.
    pub price: Option<String>,
    /// What it cost before.
    pub compare_at_price: Option<Option<String>>,
    /// Its weight.
    pub weight_grams: Option<Option<i32>>,
    /// Its GTIN, EAN or UPC.
    pub barcode: Option<Option<String>>,
    /// Its place among its siblings.
    pub position: Option<i32>,
    /// Whether it is no longer sold.
    pub archived: Option<bool>,
}

/// A new category.
#[derive(Debug, Clone)]
pub struct CategoryDraft {
    /// Its name.
    pub name: String,
    /// Its slug; made from the name when left out.
    pub slug: Option<String>,
    /// What is found in it; may be empty.
    pub description: String,
    /// The category above it; a root without.
    pub parent_id: Option<CategoryId>,
    /// Its place among its siblings; behind them when left out.
    pub position: Option<i32>,
}

/// What is to change of a category: `None` stays as it is.
#[derive(Debug, Clone)]
pub struct CategoryChange {
    /// Which category.
    pub id: CategoryId,
    /// Its name.
    pub name: Option<String>,
    /// Its slug.
    pub slug: Option<String>,
    /// What is found in it.
    pub description: Option<String>,
    /// The category above it; `Some(None)` makes it a root.
    pub parent_id: Option<Option<CategoryId>>,
    /// Its place among its siblings.
    pub position: Option<i32>,
}
