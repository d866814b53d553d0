//! Telling other systems that products changed.

use diesel::QueryResult;
use diesel::sql_types::{Array, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::Prepare;
use crate::ids::ProductId;

/// These products came to be, or they or their variants changed. To be run in the transaction of the change, at its end, which
/// holds their rows.
pub(crate) async fn updated(mut conn: &AsyncPgConnection, ids: &[ProductId]) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload) \
         SELECT uuid_v7(), 'product', id, 'product.updated', \
                jsonb_build_object('productId', id, 'slug', slug, 'status', status) \
         FROM products WHERE id = ANY ($1)",
    )
    .bind::<Array<Uuid>, _>(ids)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
