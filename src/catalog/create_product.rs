//! A new product with its options, pictures and variants, whole or not at all.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::draft::{ImageDraft, OptionDraft, ProductDraft, VariantDrafts};
use super::refusal::{FieldProblem, ProductProblem, Refused};
use super::validate::{Checks, MAX_NAME, MAX_VARIANTS, MAX_VENDOR, STANDARD_TAX_CLASS};
use super::variant_row::{self, CheckedVariant, Keeper};
use super::{ProductStatus, announce, images, options, slug};
use crate::db::schema::products;
use crate::error::{ActionError, Outcome, violated_constraint};
use crate::ids::{CategoryId, ProductId};

/// How often a slug made from the name is tried again when another product gets it first.
const SLUG_ATTEMPTS: usize = 5;

#[derive(Insertable, Clone)]
#[diesel(table_name = products)]
struct NewProduct {
    id: ProductId,
    category_id: Option<CategoryId>,
    slug: String,
    name: String,
    description_html: String,
    description: String,
    vendor: String,
    tags: Vec<String>,
    attributes: serde_json::Value,
    status: &'static str,
    tax_class: String,
}

/// A draft that is right in itself.
struct Checked {
    product: NewProduct,
    options: Vec<OptionDraft>,
    images: Vec<ImageDraft>,
    variants: Vec<CheckedVariant>,
}

/// Stores a new product. A slug left out is made from the name, with a number behind it when the bare one is taken.
pub async fn create_product(
    conn: &mut AsyncPgConnection,
    draft: &ProductDraft,
    keeper: Keeper,
) -> Outcome<ProductId, Refused<ProductProblem>> {
    let checked = check(draft, keeper)?;
    conn.transaction(async |conn| {
        let id = insert(conn, checked.product, draft.slug.is_some()).await?;
        options::insert(conn, id, &checked.options).await?;
        images::insert(conn, id, &checked.images).await?;
        if !checked.variants.is_empty() {
            let stored = variant_row::insert(conn, id, &checked.variants, 0, keeper).await?;
            let taken: Vec<_> = stored
                .iter()
                .enumerate()
                .filter(|(_, id)| id.is_none())
                .map(|(index, _)| {
                    let sku = checked.variants[index].sku.clone().unwrap_or_default();
                    Refused::at(variant_path(draft, index, "sku"), ProductProblem::SkuTaken(sku))
                })
                .collect();
            if !taken.is_empty() {
                return Err(ActionError::Refused(taken));
            }
        }
        announce::updated(conn, &[id]).await?;
        Ok(id)
    })
    .await
}

fn check(draft: &ProductDraft, keeper: Keeper) -> Outcome<Checked, Refused<ProductProblem>> {
    let mut checks = Checks::new();
    let description = draft.description.as_ref().map(|text| checks.description(text)).unwrap_or_default();
    let product = NewProduct {
        id: ProductId::new(),
        category_id: draft.category_id,
        slug: draft.slug.as_deref().map(|slug| checks.slug(slug)).unwrap_or_default(),
        name: checks.text("name", &draft.name, MAX_NAME),
        description_html: description.html,
        description: description.text,
        vendor: checks.optional_text("vendor", &draft.vendor, MAX_VENDOR),
        tags: checks.tags(&draft.tags),
        attributes: checks.attributes(&draft.attributes),
        status: draft.status.as_str(),
        tax_class: checks.tax_class(draft.tax_class.as_deref().unwrap_or(STANDARD_TAX_CLASS)),
    };
    let options = checks.options(&draft.options);
    let images = checks.images(&draft.images);
    let variants = match &draft.variants {
        VariantDrafts::Plain(None) => Vec::new(),
        VariantDrafts::Plain(Some(variant)) => {
            vec![variant_row::check(&mut checks, variant, &options, keeper.currency)]
        }
        VariantDrafts::Listed(variants) if checks.count("variants", variants.len(), MAX_VARIANTS) => variants
            .iter()
            .enumerate()
            .map(|(index, variant)| {
                checks.item("variants", index, |checks| {
                    variant_row::check(checks, variant, &options, keeper.currency)
                })
            })
            .collect(),
        VariantDrafts::Listed(_) => Vec::new(),
    };
    refuse_repetitions(&mut checks, &variants);
    if draft.status == ProductStatus::Active && variants.is_empty() {
        checks.refuse("status", ProductProblem::NothingToSell);
    }
    checks.finish(Checked { product, options, images, variants })
}

/// Variants of one product differ in their choices and their article numbers.
fn refuse_repetitions(checks: &mut Checks<ProductProblem>, variants: &[CheckedVariant]) {
    let (mut choices, mut skus) = (HashSet::new(), HashSet::new());
    for (index, variant) in variants.iter().enumerate() {
        checks.item("variants", index, |checks| {
            if !choices.insert(&variant.option_values) {
                checks.refuse("selectedOptions", ProductProblem::VariantTaken);
            }
            if let Some(sku) = &variant.sku
                && !skus.insert(sku)
            {
                checks.refuse("sku", FieldProblem::Repeated(sku.clone()));
            }
        });
    }
}

/// Stores the product's own row. The insert gives way to a product with the same slug instead of failing, so that the
/// transaction lives on and another slug can be tried.
async fn insert(
    conn: &AsyncPgConnection,
    mut product: NewProduct,
    slug_given: bool,
) -> Outcome<ProductId, Refused<ProductProblem>> {
    for _ in 0..SLUG_ATTEMPTS {
        if !slug_given && let Some(free) = slug::free_for_product(conn, &product.name).await? {
            product.slug = free;
        }
        let stored: Option<ProductId> = diesel::insert_into(products::table)
            .values(product.clone())
            .on_conflict(products::slug)
            .do_nothing()
            .returning(products::id)
            .get_result(&mut &*conn)
            .await
            .optional()
            .map_err(|error| match violated_constraint(&error) {
                Some("products_category_id_fkey") => {
                    ActionError::refuse(Refused::at(["categoryId"], ProductProblem::UnknownCategory))
                }
                _ => error.into(),
            })?;
        match stored {
            Some(id) => return Ok(id),
            None if slug_given => break,
            None => {}
        }
    }
    Err(Refused::at(["slug"], ProductProblem::SlugTaken(product.slug)).into())
}

fn variant_path(draft: &ProductDraft, index: usize, field: &str) -> Vec<String> {
    match draft.variants {
        VariantDrafts::Plain(_) => vec![field.to_owned()],
        VariantDrafts::Listed(_) => vec!["variants".to_owned(), index.to_string(), field.to_owned()],
    }
}
