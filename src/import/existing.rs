//! What the shop already has of the products in a batch.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::schema::{product_images, product_options, product_variants, products};
use crate::ids::{CategoryId, ImageId, OptionId, ProductId, VariantId};

/// A product's row, as far as a file can say something about it. The new row is compared with the old one, and written
/// when they differ.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = products, check_for_backend(diesel::pg::Pg))]
pub(super) struct ProductRow {
    pub(super) id: ProductId,
    pub(super) category_id: Option<CategoryId>,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description_html: String,
    pub(super) description: String,
    pub(super) vendor: String,
    pub(super) tags: Vec<String>,
    pub(super) attributes: serde_json::Value,
    pub(super) status: String,
}

/// The same of an option.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = product_options, check_for_backend(diesel::pg::Pg))]
pub(super) struct OptionRow {
    pub(super) id: OptionId,
    pub(super) product_id: ProductId,
    pub(super) position: i32,
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

/// The same of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = product_variants, check_for_backend(diesel::pg::Pg))]
pub(super) struct VariantRow {
    pub(super) id: VariantId,
    pub(super) product_id: ProductId,
    pub(super) sku: Option<String>,
    pub(super) option_values: Vec<String>,
    pub(super) position: i32,
    pub(super) price: i64,
    pub(super) compare_at_price: Option<i64>,
    pub(super) currency: String,
    pub(super) weight_grams: Option<i32>,
    pub(super) barcode: Option<String>,
}

/// The same of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = product_images, check_for_backend(diesel::pg::Pg))]
pub(super) struct ImageRow {
    pub(super) id: ImageId,
    pub(super) product_id: ProductId,
    pub(super) variant_id: Option<VariantId>,
    pub(super) url: String,
    pub(super) alt_text: String,
    pub(super) position: i32,
}

impl VariantRow {
    /// Whether they have the same article number and the same choices.
    pub(super) fn has_keys_of(&self, other: &Self) -> bool {
        self.sku == other.sku && self.option_values == other.option_values
    }

    /// The same variant without an article number and with choices that no other has.
    pub(super) fn without_keys(&self) -> Self {
        Self { sku: None, option_values: vec![self.id.0.to_string()], ..self.clone() }
    }
}

/// A product of the shop with all that belongs to it.
#[derive(Debug, PartialEq)]
pub(super) struct ExistingProduct {
    pub(super) product: ProductRow,
    /// In their order.
    pub(super) options: Vec<OptionRow>,
    /// Archived ones as well, marked as such: they still hold their article numbers.
    pub(super) variants: Vec<(VariantRow, bool)>,
    pub(super) images: Vec<ImageRow>,
}

/// Whose article number it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SkuOwner {
    pub(super) variant_id: VariantId,
    pub(super) product_id: ProductId,
    pub(super) product_slug: String,
}

/// Products by their slugs.
pub(super) type Existing = HashMap<String, ExistingProduct>;

/// The products with these slugs.
pub(super) async fn products_by_slugs(mut conn: &AsyncPgConnection, slugs: &[&str]) -> QueryResult<Existing> {
    let rows: Vec<ProductRow> = products::table
        .filter(products::slug.eq_any(slugs))
        .select(ProductRow::as_select())
        .load(&mut conn)
        .await?;
    with_parts(conn, rows).await
}

/// These products, once nobody else changes them or what belongs to them: staff lock a product before they do (see
/// `catalog::product_row`). Carts and orders go on; whoever reviews one of them waits.
pub(super) async fn lock_products(mut conn: &AsyncPgConnection, ids: &[ProductId]) -> QueryResult<Existing> {
    let rows: Vec<ProductRow> = products::table
        .filter(products::id.eq_any(ids))
        .order(products::id)
        .select(ProductRow::as_select())
        .for_no_key_update()
        .load(&mut conn)
        .await?;
    with_parts(conn, rows).await
}

async fn with_parts(mut conn: &AsyncPgConnection, rows: Vec<ProductRow>) -> QueryResult<Existing> {
    let ids: Vec<ProductId> = rows.iter().map(|row| row.id).collect();
    let mut existing: HashMap<ProductId, ExistingProduct> = rows
        .into_iter()
        .map(|product| {
            let (options, variants, images) = (Vec::new(), Vec::new(), Vec::new());
            (product.id, ExistingProduct { product, options, variants, images })
        })
        .collect();
    let options: Vec<OptionRow> = product_options::table
        .filter(product_options::product_id.eq_any(&ids))
        .order(product_options::position)
        .select(OptionRow::as_select())
        .load(&mut conn)
        .await?;
    let variants: Vec<(VariantRow, bool)> = product_variants::table
        .filter(product_variants::product_id.eq_any(&ids))
        .order(product_variants::id)
        .select((VariantRow::as_select(), product_variants::archived_at.is_not_null()))
        .load(&mut conn)
        .await?;
    let images: Vec<ImageRow> = product_images::table
        .filter(product_images::product_id.eq_any(&ids))
        .order(product_images::id)
        .select(ImageRow::as_select())
        .load(&mut conn)
        .await?;
    for option in options {
        if let Some(product) = existing.get_mut(&option.product_id) {
            product.options.push(option);
        }
    }
    for variant in variants {
        if let Some(product) = existing.get_mut(&variant.0.product_id) {
            product.variants.push(variant);
        }
    }
    for image in images {
        if let Some(product) = existing.get_mut(&image.product_id) {
            product.images.push(image);
        }
    }
    Ok(existing.into_values().map(|product| (product.product.slug.clone(), product)).collect())
}

/// Whose these article numbers are; those of nobody are left out.
pub(super) async fn sku_owners(
    mut conn: &AsyncPgConnection,
    skus: &[&str],
) -> QueryResult<HashMap<String, SkuOwner>> {
    let rows: Vec<(Option<String>, VariantId, ProductId, String)> = product_variants::table
        .inner_join(products::table.on(products::id.eq(product_variants::product_id)))
        .filter(product_variants::sku.eq_any(skus))
        .select((product_variants::sku, product_variants::id, products::id, products::slug))
        .load(&mut conn)
        .await?;
    let owner = |(sku, variant_id, product_id, product_slug): (Option<String>, _, _, _)| {
        Some((sku?, SkuOwner { variant_id, product_id, product_slug }))
    };
    Ok(rows.into_iter().filter_map(owner).collect())
}
