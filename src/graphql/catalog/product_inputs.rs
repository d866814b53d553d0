//! What staff enter about products and variants.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::super::context::parse_id;
use super::super::error::Result;
use super::super::keyed::Idempotency;
use super::super::scalars::Decimal;
use super::errors::{ProductErrorCode, ProductUserError};
use super::inputs::ProductStatus;
use crate::catalog::draft::{
    DescriptionDraft, ImageDraft, OptionDraft, ProductChange, ProductDraft, VariantChange, VariantDraft,
    VariantDrafts,
};

/// What came of reading an input: a draft, or why there can be none.
pub(super) type Read<T> = std::result::Result<T, Vec<ProductUserError>>;

/// A new product. One without choices needs no `variants`: give `price`, `sku` and `stock` right here.
#[derive(InputObject)]
pub(crate) struct ProductCreateInput {
    /// Its name; at most 255 characters.
    name: String,
    /// Its name in URLs; made from the name when left out.
    slug: Option<String>,
    /// Its description as plain text, a paragraph per line; at most 50,000 characters. Give this or `descriptionHtml`.
    description: Option<String>,
    /// Its description as HTML, which will be sanitised; at most 50,000 characters.
    description_html: Option<String>,
    /// Who makes it; at most 255 characters.
    vendor: Option<String>,
    /// Where it is filed.
    category_id: Option<ID>,
    /// Free words to find it by; at most 50 of at most 100 characters.
    #[graphql(default)]
    tags: Vec<String>,
    /// Names and values such as Material: Stoneware; at most 50.
    #[graphql(default)]
    attributes: Vec<AttributeInput>,
    /// Where its life begins. A draft is seen by staff only.
    #[graphql(default_with = "ProductStatus::Draft")]
    status: ProductStatus,
    /// How it is taxed: what tax rates call the same, in lower-case letters, digits and hyphens; "standard" when left out.
    tax_class: Option<String>,
    /// The choices it offers, such as Size; at most 3.
    #[graphql(default)]
    options: Vec<ProductOptionInput>,
    /// Its pictures, in the order to show them; at most 50.
    #[graphql(default)]
    images: Vec<ImageInput>,
    /// What can be bought of it; at most 250. Excludes the fields below.
    variants: Option<Vec<ProductVariantInput>>,
    /// The price of its only variant, in the shop's currency.
    price: Option<Decimal>,
    /// What its only variant cost before.
    compare_at_price: Option<Decimal>,
    /// The article number of its only variant, unique in the shop; at most 100 characters.
    sku: Option<String>,
    /// The GTIN, EAN or UPC of its only variant; at most 100 characters.
    barcode: Option<String>,
    /// The weight of its only variant in grams.
    weight_grams: Option<i32>,
    /// How many pieces of its only variant there are to begin with; none when left out.
    stock: Option<i32>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A named property of a product.
#[derive(InputObject)]
pub(crate) struct AttributeInput {
    /// Its name, such as Material; at most 100 characters.
    name: String,
    /// Its value, such as Stoneware; at most 500 characters.
    value: String,
}

/// A choice that a product offers.
#[derive(InputObject)]
pub(crate) struct ProductOptionInput {
    /// Its name, such as Size; at most 100 characters.
    name: String,
    /// What can be chosen, in the order to show it; 1 to 100 of at most 100 characters.
    values: Vec<String>,
}

/// A picture.
#[derive(InputObject)]
pub(crate) struct ImageInput {
    /// Where it lies: an address with http:// or https://, or a path on this server.
    url: String,
    /// What it shows, for those who cannot see it; at most 500 characters.
    alt_text: Option<String>,
}

/// The choice of a variant for one option of its product.
#[derive(InputObject)]
pub(crate) struct SelectedOptionInput {
    /// The option's name, such as Size.
    name: String,
    /// One of the option's values, such as M.
    value: String,
}

/// A new variant.
#[derive(InputObject)]
pub(crate) struct ProductVariantInput {
    /// Its choice for each option of the product; none for a product without options.
    #[graphql(default)]
    selected_options: Vec<SelectedOptionInput>,
    /// What one piece costs, in the shop's currency.
    price: Decimal,
    /// What it cost before, if that is to be shown beside the price.
    compare_at_price: Option<Decimal>,
    /// Its article number, unique in the shop; at most 100 characters.
    sku: Option<String>,
    /// Its GTIN, EAN or UPC; at most 100 characters.
    barcode: Option<String>,
    /// Its weight in grams.
    weight_grams: Option<i32>,
    /// How many pieces there are to begin with; none when left out.
    stock: Option<i32>,
    /// Its place among its siblings, smallest first; behind them when left out.
    position: Option<i32>,
}

/// What to change of a product. What is left out stays as it is; lists are replaced as a whole.
#[derive(InputObject)]
pub(crate) struct ProductUpdateInput {
    /// Which product.
    id: ID,
    /// Its name; at most 255 characters.
    name: Option<String>,
    /// Its name in URLs.
    slug: Option<String>,
    /// Its description as plain text, a paragraph per line; at most 50,000 characters. Give this or `descriptionHtml`.
    description: Option<String>,
    /// Its description as HTML, which will be sanitised; at most 50,000 characters.
    description_html: Option<String>,
    /// Who makes it; at most 255 characters.
    vendor: Option<String>,
    /// Where it is filed; null files it nowhere.
    category_id: MaybeUndefined<ID>,
    /// All its tags; at most 50 of at most 100 characters.
    tags: Option<Vec<String>>,
    /// All its attributes; at most 50.
    attributes: Option<Vec<AttributeInput>>,
    /// Where it is in its life. An archived product comes back by getting another status.
    status: Option<ProductStatus>,
    /// How it is taxed: what tax rates call the same.
    tax_class: Option<String>,
    /// All its options; at most 3. Variants keep their values for options whose name stays and get the first value of
    /// each new one.
    options: Option<Vec<ProductOptionInput>>,
    /// All its pictures, in the order to show them; at most 50. One whose URL stays keeps its id.
    images: Option<Vec<ImageInput>>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Another variant of a product.
#[derive(InputObject)]
pub(crate) struct VariantCreateInput {
    /// Of which product.
    pub(super) product_id: ID,
    /// The variant.
    #[graphql(flatten)]
    pub(super) variant: ProductVariantInput,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What to change of a variant. What is left out stays as it is. Stock is changed by inventorySet and inventoryAdjust.
#[derive(InputObject)]
pub(crate) struct VariantUpdateInput {
    /// Which variant.
    id: ID,
    /// All its choices.
    selected_options: Option<Vec<SelectedOptionInput>>,
    /// What one piece costs, in the shop's currency.
    price: Option<Decimal>,
    /// What it cost before; null for nothing to show beside the price.
    compare_at_price: MaybeUndefined<Decimal>,
    /// Its article number, unique in the shop; at most 100 characters; null for none.
    sku: MaybeUndefined<String>,
    /// Its GTIN, EAN or UPC; at most 100 characters; null for none.
    barcode: MaybeUndefined<String>,
    /// Its weight in grams; null for unknown.
    weight_grams: MaybeUndefined<i32>,
    /// Its place among its siblings, smallest first.
    position: Option<i32>,
    /// Whether it is no longer sold; false brings an archived variant back.
    archived: Option<bool>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

impl ProductCreateInput {
    /// The draft as the catalogue understands it.
    pub(super) fn draft(self) -> Result<Read<ProductDraft>> {
        let plain = [
            ("price", self.price.is_some()),
            ("compareAtPrice", self.compare_at_price.is_some()),
            ("sku", self.sku.is_some()),
            ("barcode", self.barcode.is_some()),
            ("weightGrams", self.weight_grams.is_some()),
            ("stock", self.stock.is_some()),
        ];
        let plain = plain.into_iter().find(|(_, given)| *given).map(|(field, _)| field);
        let variants = match (self.variants, self.price, plain) {
            (Some(_), _, Some(field)) => {
                let message = format!("Give either 'variants' or '{field}'.");
                return Ok(Err(vec![ProductUserError::at(ProductErrorCode::Ambiguous, [field], message)]));
            }
            (Some(variants), ..) => {
                VariantDrafts::Listed(variants.into_iter().map(ProductVariantInput::draft).collect())
            }
            (None, None, Some(field)) => {
                let message = format!("'price' is needed along with '{field}'.");
                return Ok(Err(vec![ProductUserError::at(ProductErrorCode::Required, ["price"], message)]));
            }
            (None, None, None) => VariantDrafts::Plain(None),
            (None, Some(price), _) => VariantDrafts::Plain(Some(VariantDraft {
                choices: Vec::new(),
                sku: self.sku,
                price: price.0,
                compare_at_price: self.compare_at_price.map(|price| price.0),
                weight_grams: self.weight_grams,
                barcode: self.barcode,
                stock: self.stock.unwrap_or(0),
                position: None,
            })),
        };
        let description = match description(self.description, self.description_html) {
            Ok(description) => description,
            Err(error) => return Ok(Err(vec![error])),
        };
        Ok(Ok(ProductDraft {
            name: self.name,
            slug: self.slug,
            description,
            vendor: self.vendor.unwrap_or_default(),
            category_id: self.category_id.as_ref().map(parse_id).transpose()?,
            tags: self.tags,
            attributes: attributes(self.attributes),
            status: self.status.into(),
            tax_class: self.tax_class,
            options: options(self.options),
            images: images(self.images),
            variants,
        }))
    }
}

impl ProductUpdateInput {
    /// The change as the catalogue understands it.
    pub(super) fn change(self) -> Result<Read<ProductChange>> {
        let description = match description(self.description, self.description_html) {
            Ok(description) => description,
            Err(error) => return Ok(Err(vec![error])),
        };
        Ok(Ok(ProductChange {
            id: parse_id(&self.id)?,
            name: self.name,
            slug: self.slug,
            description,
            vendor: self.vendor,
            category_id: self.category_id.as_opt_ref().map(|id| id.map(parse_id).transpose()).transpose()?,
            tags: self.tags,
            attributes: self.attributes.map(attributes),
            status: self.status.map(Into::into),
            tax_class: self.tax_class,
            options: self.options.map(options),
            images: self.images.map(images),
        }))
    }
}

impl ProductVariantInput {
    /// The draft as the catalogue understands it.
    pub(super) fn draft(self) -> VariantDraft {
        VariantDraft {
            choices: choices(self.selected_options),
            sku: self.sku,
            price: self.price.0,
            compare_at_price: self.compare_at_price.map(|price| price.0),
            weight_grams: self.weight_grams,
            barcode: self.barcode,
            stock: self.stock.unwrap_or(0),
            position: self.position,
        }
    }
}

impl VariantUpdateInput {
    /// The change as the catalogue understands it.
    pub(super) fn change(self) -> Result<VariantChange> {
        Ok(VariantChange {
            id: parse_id(&self.id)?,
            choices: self.selected_options.map(choices),
            sku: self.sku.into(),
            price: self.price.map(|price| price.0),
            compare_at_price: self.compare_at_price.map_value(|price| price.0).into(),
            weight_grams: self.weight_grams.into(),
            barcode: self.barcode.into(),
            position: self.position,
            archived: self.archived,
        })
    }
}

fn description(
    text: Option<String>,
    html: Option<String>,
) -> std::result::Result<Option<DescriptionDraft>, ProductUserError> {
    match (text, html) {
        (Some(_), Some(_)) => Err(ProductUserError::at(
            ProductErrorCode::Ambiguous,
            ["descriptionHtml"],
            "Give either 'description' or 'descriptionHtml'.",
        )),
        (Some(text), None) => Ok(Some(DescriptionDraft::Text(text))),
        (None, Some(html)) => Ok(Some(DescriptionDraft::Html(html))),
        (None, None) => Ok(None),
    }
}

fn attributes(given: Vec<AttributeInput>) -> Vec<(String, String)> {
    given.into_iter().map(|attribute| (attribute.name, attribute.value)).collect()
}

fn options(given: Vec<ProductOptionInput>) -> Vec<OptionDraft> {
    given.into_iter().map(|option| OptionDraft { name: option.name, values: option.values }).collect()
}

fn images(given: Vec<ImageInput>) -> Vec<ImageDraft> {
    given
        .into_iter()
        .map(|image| ImageDraft { url: image.url, alt_text: image.alt_text.unwrap_or_default() })
        .collect()
}

fn choices(given: Vec<SelectedOptionInput>) -> Vec<(String, String)> {
    given.into_iter().map(|choice| (choice.name, choice.value)).collect()
}
