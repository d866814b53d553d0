//! Telling those who watch a variant that what they see of it has changed, when it was not its stock.

use diesel::sql_types::{Array, Uuid};
use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::Prepare;
use crate::ids::{ProductId, VariantId};

macro_rules! announce {
    ($which:literal) => {
        concat!(
            "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload) \
             SELECT uuid_v7(), 'variant', i.variant_id, 'inventory.changed', jsonb_build_object(\
                 'variantId', i.variant_id, 'onHand', i.on_hand, 'reserved', i.reserved, \
                 'available', i.on_hand - i.reserved) \
             FROM inventory i JOIN product_variants v ON v.id = i.variant_id WHERE ",
            $which
        )
    };
}

/// The price of these variants changed, or whether they are sold. To be run in the transaction of the change.
pub async fn variants(mut conn: &AsyncPgConnection, ids: &[VariantId]) -> QueryResult<()> {
    sql_query(announce!("v.id = ANY ($1)")).bind::<Array<Uuid>, _>(ids).prepared().execute(&mut conn).await?;
    Ok(())
}

/// Whether this product is sold changed. To be run in the transaction of the change.
pub async fn variants_of(mut conn: &AsyncPgConnection, product_id: ProductId) -> QueryResult<()> {
    sql_query(announce!("v.product_id = $1"))
        .bind::<Uuid, _>(product_id)
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}
