//! Plans into rows: a handful of statements for a batch of any number of products.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::plan::Plan;
use crate::db::schema::{product_images, product_options, product_variants, products};
use crate::ids::ProductId;

/// The most rows of one statement: the widest has ten columns, and PostgreSQL takes 65,535 values.
pub(super) const CHUNK: usize = 5000;

/// Writes what a batch's plans say. Products come before what belongs to them, variants before the pictures of them.
///
/// No statement here names a column that a unique index is made of, other than for new rows. PostgreSQL would lock the rows
/// as if their keys changed, even when they do not, and whoever puts one of the variants into a cart or orders it would wait
/// until the import is over. Keys that do change are the matter of `closing`.
pub(super) async fn write(conn: &mut AsyncPgConnection, plans: &mut [Plan]) -> QueryResult<()> {
    let rows: Vec<_> = plans.iter_mut().filter_map(|plan| plan.product.take()).collect();
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(products::table)
            .values(chunk)
            .on_conflict(products::id)
            .do_update()
            .set((
                products::category_id.eq(excluded(products::category_id)),
                products::name.eq(excluded(products::name)),
                products::description_html.eq(excluded(products::description_html)),
                products::description.eq(excluded(products::description)),
                products::vendor.eq(excluded(products::vendor)),
                products::tags.eq(excluded(products::tags)),
                products::attributes.eq(excluded(products::attributes)),
                products::status.eq(excluded(products::status)),
            ))
            .execute(conn)
            .await?;
    }
    write_options(conn, plans).await?;
    write_variants(conn, plans).await?;
    let rows: Vec<_> = plans.iter_mut().flat_map(|plan| std::mem::take(&mut plan.images)).collect();
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(product_images::table)
            .values(chunk)
            .on_conflict(product_images::id)
            .do_update()
            .set((
                product_images::variant_id.eq(excluded(product_images::variant_id)),
                product_images::alt_text.eq(excluded(product_images::alt_text)),
                product_images::position.eq(excluded(product_images::position)),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn write_options(conn: &mut AsyncPgConnection, plans: &mut [Plan]) -> QueryResult<()> {
    let replaced: Vec<ProductId> = plans.iter().filter_map(|plan| plan.options_replaced).collect();
    if !replaced.is_empty() {
        let of_these = product_options::table.filter(product_options::product_id.eq_any(replaced));
        diesel::delete(of_these).execute(conn).await?;
    }
    let rows: Vec<_> = plans.iter_mut().flat_map(|plan| std::mem::take(&mut plan.options)).collect();
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(product_options::table)
            .values(chunk)
            .on_conflict(product_options::id)
            .do_update()
            .set(product_options::values.eq(excluded(product_options::values)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn write_variants(conn: &mut AsyncPgConnection, plans: &mut [Plan]) -> QueryResult<()> {
    let rows: Vec<_> = plans.iter_mut().flat_map(|plan| std::mem::take(&mut plan.variants)).collect();
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(product_variants::table)
            .values(chunk)
            .on_conflict(product_variants::id)
            .do_update()
            .set((
                product_variants::position.eq(excluded(product_variants::position)),
                product_variants::price.eq(excluded(product_variants::price)),
                product_variants::compare_at_price.eq(excluded(product_variants::compare_at_price)),
                product_variants::currency.eq(excluded(product_variants::currency)),
                product_variants::weight_grams.eq(excluded(product_variants::weight_grams)),
                product_variants::barcode.eq(excluded(product_variants::barcode)),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}
