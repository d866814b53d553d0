//! Reads of the catalogue. `*_by_ids` feed the loaders; each is one statement whatever the number of keys.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::{Category, Image, Product, ProductOption, Variant};
use crate::db::Prepare;
use crate::db::schema::{categories, inventory, product_images, product_options, product_variants, products};
use crate::ids::{CategoryId, ProductId, VariantId};
use crate::pagination::{Page, PageRequest, SortKey};

/// The order of categories among their siblings, for cursors.
pub const CATEGORY_ORDER: &str = "category";
/// The order of a product's variants, for cursors.
pub const VARIANT_ORDER: &str = "variant";

/// Products together with their default variant.
macro_rules! products_with_default {
    () => {
        products::table
            .left_join(
                product_variants::table.on(products::default_variant_id.eq(product_variants::id.nullable())),
            )
            .left_join(inventory::table.on(inventory::variant_id.eq(product_variants::id)))
    };
}

/// The products with these ids, in any order and any state.
pub async fn products_by_ids(mut conn: &AsyncPgConnection, ids: &[ProductId]) -> QueryResult<Vec<Product>> {
    products_with_default!()
        .filter(products::id.eq_any(ids))
        .select(Product::as_select())
        .prepared()
        .load(&mut conn)
        .await
}

/// The product with this slug, in any state.
pub async fn product_by_slug(mut conn: &AsyncPgConnection, slug: &str) -> QueryResult<Option<Product>> {
    products_with_default!()
        .filter(products::slug.eq(slug))
        .select(Product::as_select())
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()
}

/// The variants with these ids, archived ones included.
pub async fn variants_by_ids(mut conn: &AsyncPgConnection, ids: &[VariantId]) -> QueryResult<Vec<Variant>> {
    product_variants::table
        .inner_join(inventory::table)
        .filter(product_variants::id.eq_any(ids))
        .select(Variant::as_select())
        .load(&mut conn)
        .await
}

/// The living variants of these products, in the order to show them.
pub async fn variants_by_products(
    mut conn: &AsyncPgConnection,
    ids: &[ProductId],
) -> QueryResult<Vec<Variant>> {
    product_variants::table
        .inner_join(inventory::table)
        .filter(product_variants::product_id.eq_any(ids))
        .filter(product_variants::archived_at.is_null())
        .order((product_variants::product_id, product_variants::position, product_variants::id))
        .select(Variant::as_select())
        .load(&mut conn)
        .await
}

/// The options of these products, in the order to show them.
pub async fn options_by_products(
    mut conn: &AsyncPgConnection,
    ids: &[ProductId],
) -> QueryResult<Vec<ProductOption>> {
    product_options::table
        .filter(product_options::product_id.eq_any(ids))
        .order((product_options::product_id, product_options::position))
        .select(ProductOption::as_select())
        .load(&mut conn)
        .await
}

/// The images of these products, in the order to show them.
pub async fn images_by_products(mut conn: &AsyncPgConnection, ids: &[ProductId]) -> QueryResult<Vec<Image>> {
    product_images::table
        .filter(product_images::product_id.eq_any(ids))
        .order((product_images::product_id, product_images::position, product_images::id))
        .select(Image::as_select())
        .load(&mut conn)
        .await
}

/// The categories with these ids.
pub async fn categories_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[CategoryId],
) -> QueryResult<Vec<Category>> {
    categories::table.filter(categories::id.eq_any(ids)).select(Category::as_select()).load(&mut conn).await
}

/// The children of these categories, in the order to show them.
pub async fn children_of(mut conn: &AsyncPgConnection, ids: &[CategoryId]) -> QueryResult<Vec<Category>> {
    categories::table
        .filter(categories::parent_id.eq_any(ids))
        .order((categories::parent_id, categories::position, categories::id))
        .select(Category::as_select())
        .load(&mut conn)
        .await
}

/// The category with this slug.
pub async fn category_by_slug(mut conn: &AsyncPgConnection, slug: &str) -> QueryResult<Option<Category>> {
    categories::table
        .filter(categories::slug.eq(slug))
        .select(Category::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// One page of the children of a category, or of the roots, in the order to show them.
pub async fn categories_page(
    mut conn: &AsyncPgConnection,
    parent: Option<CategoryId>,
    page: &PageRequest,
) -> QueryResult<Page<Category>> {
    let mut query = categories::table
        .filter(categories::parent_id.is_not_distinct_from(parent))
        .select(Category::as_select())
        .limit(page.fetch())
        .into_boxed();
    if let Some(cursor) = &page.cursor {
        let SortKey::Int(position) = cursor.key else { return Ok(page.cut(Vec::new())) };
        let position = i32::try_from(position).unwrap_or(i32::MAX);
        let beyond = categories::position.eq(position);
        query = if page.backward {
            query.filter(categories::position.lt(position).or(beyond.and(categories::id.lt(cursor.id))))
        } else {
            query.filter(categories::position.gt(position).or(beyond.and(categories::id.gt(cursor.id))))
        };
    }
    query = if page.backward {
        query.order((categories::position.desc(), categories::id.desc()))
    } else {
        query.order((categories::position, categories::id))
    };
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many children a category has, or how many roots there are.
pub async fn count_categories(mut conn: &AsyncPgConnection, parent: Option<CategoryId>) -> QueryResult<i64> {
    categories::table
        .filter(categories::parent_id.is_not_distinct_from(parent))
        .select(count_star())
        .first(&mut conn)
        .await
}
