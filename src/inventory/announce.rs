//! Telling those who watch a variant that what they see of it has changed, when it was not its stock.
//!
//! The stock goes with it, and so its rows are locked as for a change of it, in the same order: of two events about one
//! variant the later one tells the later stock.

use diesel::sql_types::{Array, Uuid};
use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::ids::{ProductId, VariantId};

macro_rules! announce {
    ($which:literal) => {
        concat!(
            "WITH told AS MATERIALIZED (\
                 SELECT i.variant_id, i.on_hand, i.reserved \
                 FROM inventory i JOIN product_variants v ON v.id = i.variant_id WHERE ",
            $which,
            "    ORDER BY i.variant_id FOR NO KEY UPDATE OF i\
             ) \
             INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload) \
             SELECT uuid_v7(), 'variant', variant_id, 'inventory.changed', jsonb_build_object(\
                 'variantId', variant_id, 'onHand', on_hand, 'reserved', reserved, \
                 'available', on_hand - reserved) \
             FROM told"
        )
    };
}

/// The price of these variants changed, or whether they are sold. To be run in the transaction of the change.
pub async fn variants(mut conn: &AsyncPgConnection, ids: &[VariantId]) -> QueryResult<()> {
    sql_query(announce!("v.id = ANY ($1)")).bind::<Array<Uuid>, _>(ids).execute(&mut conn).await?;
    Ok(())
}

/// Whether this product is sold changed. To be run in the transaction of the change.
pub async fn variants_of(mut conn: &AsyncPgConnection, product_id: ProductId) -> QueryResult<()> {
    sql_query(announce!("v.product_id = $1")).bind::<Uuid, _>(product_id).execute(&mut conn).await?;
    Ok(())
}
