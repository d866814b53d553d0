//! A product to which rows are still added, and what its rows have said so far.

use std::collections::{HashMap, HashSet};

use super::columns::OPTIONS;
use super::problem::RowProblem;
use super::product::{ImportedImage, ImportedProduct, ImportedVariant};
use crate::catalog::validate::{MAX_IMAGES, MAX_OPTION_VALUES, MAX_VARIANTS};

/// The product, with what is needed to find repetitions.
pub(super) struct Draft {
    product: ImportedProduct,
    /// The line of each article number.
    sku_lines: HashMap<String, u64>,
    /// The line of each combination of option values.
    choice_lines: HashMap<Vec<String>, u64>,
    /// The values of each option.
    values: [HashSet<String>; OPTIONS.len()],
    /// The addresses of all pictures, those of variants included.
    urls: HashSet<String>,
}

impl Draft {
    /// A product still without variants and images.
    pub(super) fn new(product: ImportedProduct) -> Self {
        Self {
            product,
            sku_lines: HashMap::new(),
            choice_lines: HashMap::new(),
            values: Default::default(),
            urls: HashSet::new(),
        }
    }

    /// The names of the options, if the file has columns for them.
    pub(super) fn options(&self) -> Option<&[String]> {
        self.product.options.as_deref()
    }

    /// Whether the next row is the first.
    pub(super) const fn is_new(&self) -> bool {
        self.product.variants.is_empty()
    }

    /// Whether a picture can be added.
    pub(super) fn check_image(&self, url: &str) -> Result<(), RowProblem> {
        if self.urls.len() < MAX_IMAGES || self.urls.contains(url) {
            Ok(())
        } else {
            Err(RowProblem::TooMany { things: "images", max: MAX_IMAGES })
        }
    }

    /// Whether an option can have this value.
    pub(super) fn check_value(&self, option: usize, value: &str) -> Result<(), RowProblem> {
        if self.values[option].len() < MAX_OPTION_VALUES || self.values[option].contains(value) {
            Ok(())
        } else {
            Err(RowProblem::TooMany { things: "values of one option", max: MAX_OPTION_VALUES })
        }
    }

    /// Whether a variant is not there yet.
    pub(super) fn check_variant(&self, variant: &ImportedVariant) -> Result<(), RowProblem> {
        if let Some((sku, line)) = variant.sku.as_ref().and_then(|sku| self.sku_lines.get_key_value(sku)) {
            return Err(RowProblem::SkuRepeated { sku: sku.clone(), line: *line });
        }
        if self.product.variants.len() >= MAX_VARIANTS {
            return Err(RowProblem::TooMany { things: "variants", max: MAX_VARIANTS });
        }
        // Without option columns the article numbers alone tell the variants apart.
        let known_by_sku = self.product.options.is_none() && variant.sku.is_some();
        match self.choice_lines.get(&variant.choices) {
            Some(line) if !known_by_sku => Err(RowProblem::VariantRepeated { line: *line }),
            _ => Ok(()),
        }
    }

    /// Adds a picture. One that is there already stays as it was said first.
    pub(super) fn add_image(&mut self, image: ImportedImage) {
        if !self.product.images.iter().any(|known| known.url == image.url) {
            self.urls.insert(image.url.clone());
            self.product.images.push(image);
        }
    }

    /// Adds a variant that was checked.
    pub(super) fn add_variant(&mut self, variant: ImportedVariant) {
        if let Some(sku) = &variant.sku {
            self.sku_lines.insert(sku.clone(), variant.line);
        }
        for (known, value) in self.values.iter_mut().zip(&variant.choices) {
            known.insert(value.clone());
        }
        self.urls.extend(variant.image.clone());
        self.choice_lines.insert(variant.choices.clone(), variant.line);
        self.product.variants.push(variant);
    }

    /// The product once all its rows are in. A picture that only a variant names comes behind the others.
    pub(super) fn finish(mut self) -> ImportedProduct {
        for place in 0..self.product.variants.len() {
            if let Some(url) = self.product.variants[place].image.clone() {
                self.add_image(ImportedImage { url, alt_text: None, position: None });
            }
        }
        self.product
    }
}
