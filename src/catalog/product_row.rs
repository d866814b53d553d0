//! The row of one product as its writers see it.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::ProductStatus;
use crate::db::schema::products;
use crate::ids::{ProductId, VariantId};

/// A product that nobody else changes until the transaction ends: its options, its variants and whether it may be on
/// sale depend on each other.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(diesel::pg::Pg))]
pub(super) struct LockedProduct {
    pub(super) id: ProductId,
    status: String,
    /// Some variant is not archived.
    pub(super) default_variant_id: Option<VariantId>,
}

impl LockedProduct {
    pub(super) fn is_active(&self) -> bool {
        self.has_status(ProductStatus::Active)
    }

    pub(super) fn has_status(&self, status: ProductStatus) -> bool {
        self.status == status.as_str()
    }
}

/// Locks a product against other writers. Orders and reviews that refer to it go on.
pub(super) async fn lock(mut conn: &AsyncPgConnection, id: ProductId) -> QueryResult<Option<LockedProduct>> {
    products::table
        .filter(products::id.eq(id))
        .select(LockedProduct::as_select())
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()
}
