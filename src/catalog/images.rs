//! The pictures of a product, written as a whole.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::draft::ImageDraft;
use crate::db::schema::product_images;
use crate::ids::{ImageId, ProductId};

#[derive(Insertable)]
#[diesel(table_name = product_images)]
struct NewImage<'a> {
    id: ImageId,
    product_id: ProductId,
    url: &'a str,
    alt_text: &'a str,
    position: i32,
}

/// Makes these the product's pictures, in this order. One whose URL stays keeps its id and the variant it shows.
pub(super) async fn replace(
    mut conn: &AsyncPgConnection,
    product_id: ProductId,
    images: &[ImageDraft],
) -> QueryResult<()> {
    let urls: Vec<&str> = images.iter().map(|image| image.url.as_str()).collect();
    diesel::delete(product_images::table)
        .filter(product_images::product_id.eq(product_id))
        .filter(product_images::url.ne_all(urls))
        .execute(&mut conn)
        .await?;
    insert(conn, product_id, images).await
}

/// Gives the product these pictures, in this order.
pub(super) async fn insert(
    mut conn: &AsyncPgConnection,
    product_id: ProductId,
    images: &[ImageDraft],
) -> QueryResult<()> {
    if images.is_empty() {
        return Ok(());
    }
    let rows: Vec<NewImage<'_>> = (1..)
        .zip(images)
        .map(|(position, image)| NewImage {
            id: ImageId::new(),
            product_id,
            url: &image.url,
            alt_text: &image.alt_text,
            position,
        })
        .collect();
    diesel::insert_into(product_images::table)
        .values(rows)
        .on_conflict((product_images::product_id, product_images::url))
        .do_update()
        .set((
            product_images::alt_text.eq(excluded(product_images::alt_text)),
            product_images::position.eq(excluded(product_images::position)),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
