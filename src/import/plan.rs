//! From what a file says and what the shop has to what must be written: nothing where they agree.

use std::collections::HashMap;

use super::existing::{ExistingProduct, ImageRow, OptionRow, ProductRow, SkuOwner, VariantRow};
use super::matching::{Match, match_variants};
use super::problem::Problem;
use super::product::{ImportedImage, ImportedProduct, ImportedVariant};
use super::summary::{Change, Counts};
use crate::catalog::ProductStatus;
use crate::ids::{CategoryId, ImageId, OptionId, ProductId, VariantId};
use crate::money::Currency;

/// What has to be written for one product.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The product's row, if it is new or changes.
    pub(super) product: Option<ProductRow>,
    /// Options that are new or get more values.
    pub(super) options: Vec<OptionRow>,
    /// The product whose options are replaced by these.
    pub(super) options_replaced: Option<ProductId>,
    /// Variants that are new or change. Of those that were there, article number and choices are not written.
    pub(super) variants: Vec<VariantRow>,
    /// Variants that get an article number or choices at the end of the import: those of which these change, and new
    /// ones beside them, which may have to wait until theirs are free.
    pub(super) rekeyed: Vec<VariantRow>,
    /// Pictures that are new or change.
    pub(super) images: Vec<ImageRow>,
    /// How many pieces of which variants there are to be.
    pub(super) stock: Vec<(VariantId, i32)>,
    /// Variants whose price changes, or whether they are on sale: those who watch them are to be told.
    pub(super) announced: Vec<VariantId>,
    /// The product, if it is one of the shop that changes in any part.
    pub(super) changes: Option<ProductId>,
    /// The product, if it is new or changes in any part: other systems are to be told.
    pub(super) told: Option<ProductId>,
    /// Whether the product is new, changes in any part, or neither.
    pub(super) change: Change,
    pub(super) variant_counts: Counts,
    pub(super) image_counts: Counts,
    /// Pictures that several variants name.
    pub(super) shared_images: u64,
}

/// What plans of one import share.
pub(super) struct Planner<'a> {
    pub(super) currency: Currency,
    pub(super) update_stock: bool,
    /// Whose the article numbers of the batch are; grows with each plan.
    pub(super) owners: &'a mut HashMap<String, SkuOwner>,
}

impl Planner<'_> {
    /// Plans one product. `category` is asked for once nothing can go wrong any more. Rows that cannot be are added to
    /// `problems`; when the first row is among them, there is no plan.
    pub(super) fn plan(
        &mut self,
        imported: &ImportedProduct,
        existing: Option<&ExistingProduct>,
        category: impl FnOnce(&[String]) -> Option<CategoryId>,
        problems: &mut Vec<Problem>,
    ) -> Option<Plan> {
        let (line, rows) = (imported.line, imported.rows);
        let mut bad = Vec::new();
        let planned = match_variants(imported, existing, self.owners, &mut bad);
        let fatal = bad.iter().position(|problem| problem.line == line);
        match (fatal, planned) {
            (None, Ok(matches)) => {
                problems.append(&mut bad);
                Some(self.finish(imported, existing, matches, category))
            }
            (Some(place), _) => {
                problems.push(Problem { rows, ..bad.swap_remove(place) });
                None
            }
            (None, Err(problem)) => {
                problems.push(Problem { line, problem, rows });
                None
            }
        }
    }

    /// Compares, now that it is known what is what.
    fn finish(
        &mut self,
        imported: &ImportedProduct,
        existing: Option<&ExistingProduct>,
        matches: Vec<Match>,
        category: impl FnOnce(&[String]) -> Option<CategoryId>,
    ) -> Plan {
        let mut plan = Plan::default();
        let id = existing.map_or_else(ProductId::new, |existing| existing.product.id);
        if let Some(names) = &imported.options {
            let offered =
                |place: usize| matches.iter().filter_map(move |found| found.imported.choices.get(place));
            plan.set_options(id, names, offered, existing.map_or(&[], |existing| &existing.options));
        }
        let links = self.set_variants(&mut plan, id, &imported.slug, matches);
        plan.set_images(id, imported, &links, existing.map_or(&[], |existing| &existing.images));
        let row = product_row(id, imported, existing.map(|existing| &existing.product), category);
        let changed = existing.is_none_or(|existing| existing.product != row);
        if let Some(existing) = existing.filter(|existing| existing.product.status != row.status) {
            plan.announced = existing.variants.iter().map(|(row, _)| row.id).collect();
        }
        plan.product = changed.then_some(row);
        plan.change = match existing {
            None => Change::Created,
            Some(_) if plan.is_empty() => Change::None,
            Some(_) => Change::Updated,
        };
        plan.changes = (plan.change == Change::Updated).then_some(id);
        plan.told = (plan.change != Change::None).then_some(id);
        plan
    }

    /// Plans the variants' rows and stock, and returns which of them name which picture.
    fn set_variants(
        &mut self,
        plan: &mut Plan,
        product_id: ProductId,
        slug: &str,
        matches: Vec<Match>,
    ) -> HashMap<String, Vec<VariantId>> {
        let mut links: HashMap<String, Vec<VariantId>> = HashMap::new();
        let mut created = Vec::new();
        for Match { imported, position, existing } in matches {
            let row = variant_row(product_id, &imported, position, existing.as_ref(), self.currency);
            if let Some(url) = imported.image {
                links.entry(url).or_default().push(row.id);
            }
            if let Some(sku) = &row.sku {
                let owner = SkuOwner { variant_id: row.id, product_id, product_slug: slug.to_owned() };
                self.owners.insert(sku.clone(), owner);
            }
            if let Some(pieces) = imported.quantity.filter(|_| existing.is_none() || self.update_stock) {
                plan.stock.push((row.id, pieces));
            }
            let change = Change::between(existing.as_ref(), &row);
            plan.variant_counts.count(change);
            match existing {
                None => created.push(row),
                Some(old) => {
                    if !old.has_keys_of(&row) {
                        plan.rekeyed.push(row.clone());
                    }
                    if (old.price, old.compare_at_price) != (row.price, row.compare_at_price) {
                        plan.announced.push(row.id);
                    }
                    if change != Change::None {
                        plan.variants.push(row);
                    }
                }
            }
        }
        if plan.rekeyed.is_empty() {
            plan.variants.append(&mut created);
        } else {
            plan.variants.extend(created.iter().map(VariantRow::without_keys));
            plan.rekeyed.append(&mut created);
        }
        links
    }
}

impl Plan {
    fn is_empty(&self) -> bool {
        self.product.is_none()
            && self.options.is_empty()
            && self.options_replaced.is_none()
            && self.variants.is_empty()
            && self.images.is_empty()
    }

    /// Options keep the values they have and get those of the file behind them. When they are others than before, they
    /// are made anew.
    fn set_options<'v, I: Iterator<Item = &'v String>>(
        &mut self,
        product_id: ProductId,
        names: &[String],
        offered: impl Fn(usize) -> I,
        existing: &[OptionRow],
    ) {
        let same = existing.iter().map(|option| &option.name).eq(names);
        if !same && !existing.is_empty() {
            self.options_replaced = Some(product_id);
        }
        for ((place, name), position) in names.iter().enumerate().zip(1..) {
            let old = existing.get(place).filter(|_| same);
            let mut values = old.map(|option| option.values.clone()).unwrap_or_default();
            for value in offered(place) {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            if old.is_none_or(|option| option.values != values) {
                let id = old.map_or_else(OptionId::new, |option| option.id);
                self.options.push(OptionRow { id, product_id, position, name: name.clone(), values });
            }
        }
    }

    fn set_images(
        &mut self,
        product_id: ProductId,
        imported: &ImportedProduct,
        links: &HashMap<String, Vec<VariantId>>,
        existing: &[ImageRow],
    ) {
        // A picture of which the file says no place keeps its own; a new one comes behind the others.
        let mut last = existing.iter().map(|old| old.position).max().unwrap_or(0);
        for image in &imported.images {
            let old = existing.iter().find(|old| old.url == image.url);
            let place = image.position.or(old.map(|old| old.position));
            let position = place.unwrap_or_else(|| last.saturating_add(1));
            last = last.max(position);
            let variants = links.get(&image.url).map_or(&[][..], Vec::as_slice);
            self.shared_images += u64::from(variants.len() > 1);
            let variant_id = match variants {
                _ if !imported.links_images => old.and_then(|old| old.variant_id),
                [only] => Some(*only),
                _ => None,
            };
            let row = image_row(product_id, image, variant_id, position, old);
            let change = Change::between(old, &row);
            self.image_counts.count(change);
            if change != Change::None {
                self.images.push(row);
            }
        }
    }
}

fn product_row(
    id: ProductId,
    imported: &ImportedProduct,
    old: Option<&ProductRow>,
    category: impl FnOnce(&[String]) -> Option<CategoryId>,
) -> ProductRow {
    let said = imported.description.as_ref().map(|said| (said.html.clone(), said.text.clone()));
    let kept = || old.map(|old| (old.description_html.clone(), old.description.clone())).unwrap_or_default();
    let (description_html, description) = said.unwrap_or_else(kept);
    let mut attributes = old.and_then(|old| old.attributes.as_object().cloned()).unwrap_or_default();
    for (name, value) in &imported.attributes {
        match value {
            Some(value) => attributes.insert(name.clone(), value.clone().into()),
            None => attributes.remove(name),
        };
    }
    let status = match (imported.status, old) {
        (Some(status), _) => status.as_str().to_owned(),
        (None, Some(old)) => old.status.clone(),
        (None, None) => ProductStatus::Active.as_str().to_owned(),
    };
    ProductRow {
        id,
        category_id: match &imported.category {
            Some(path) => category(path),
            None => old.and_then(|old| old.category_id),
        },
        slug: imported.slug.clone(),
        name: imported.name.clone(),
        description_html,
        description,
        vendor: imported.vendor.clone().or_else(|| old.map(|old| old.vendor.clone())).unwrap_or_default(),
        tags: imported.tags.clone().or_else(|| old.map(|old| old.tags.clone())).unwrap_or_default(),
        attributes: attributes.into(),
        status,
    }
}

fn variant_row(
    product_id: ProductId,
    imported: &ImportedVariant,
    position: i32,
    old: Option<&VariantRow>,
    currency: Currency,
) -> VariantRow {
    VariantRow {
        id: old.map_or_else(VariantId::new, |old| old.id),
        product_id,
        sku: imported.sku.clone().or_else(|| old.and_then(|old| old.sku.clone())),
        option_values: imported.choices.clone(),
        position,
        price: imported.price,
        compare_at_price: imported
            .compare_at_price
            .unwrap_or_else(|| old.and_then(|old| old.compare_at_price)),
        currency: currency.code().to_owned(),
        weight_grams: imported.weight_grams.unwrap_or_else(|| old.and_then(|old| old.weight_grams)),
        barcode: imported.barcode.clone().unwrap_or_else(|| old.and_then(|old| old.barcode.clone())),
    }
}

fn image_row(
    product_id: ProductId,
    imported: &ImportedImage,
    variant_id: Option<VariantId>,
    position: i32,
    old: Option<&ImageRow>,
) -> ImageRow {
    let kept = || old.map(|old| old.alt_text.clone()).unwrap_or_default();
    ImageRow {
        id: old.map_or_else(ImageId::new, |old| old.id),
        product_id,
        variant_id,
        url: imported.url.clone(),
        alt_text: imported.alt_text.clone().unwrap_or_else(kept),
        position,
    }
}
