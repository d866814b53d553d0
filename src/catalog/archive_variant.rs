//! A variant that is no longer sold: gone from its product, still named by the orders that hold it.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::announce;
use super::product_row::LockedProduct;
use super::refusal::{ProductProblem, Refused};
use super::variant_row::{self, LockedVariant};
use crate::db::schema::product_variants;
use crate::error::Outcome;
use crate::ids::VariantId;
use crate::inventory;

/// Archives a variant. Refused for the last one of a product on sale: archive the product
/// instead. To archive it again changes nothing.
pub async fn archive_variant(
    conn: &mut AsyncPgConnection,
    id: VariantId,
) -> Outcome<(), Refused<ProductProblem>> {
    conn.transaction(async |conn| {
        let (product, variant) = variant_row::lock(conn, id)
            .await?
            .ok_or_else(|| Refused::at(["id"], ProductProblem::UnknownVariant))?;
        if archive(conn, &product, &variant, &["id"]).await? {
            announce::updated(conn, &[product.id]).await?;
        }
        Ok(())
    })
    .await
}

/// The same within a transaction; `path` is the input that asks for it. Whether it was not archived before.
pub(super) async fn archive(
    mut conn: &AsyncPgConnection,
    product: &LockedProduct,
    variant: &LockedVariant,
    path: &[&str],
) -> Outcome<bool, Refused<ProductProblem>> {
    if variant.archived_at.is_some() {
        return Ok(false);
    }
    if product.is_active() && !variant_row::has_siblings(conn, product.id, variant.id).await? {
        return Err(Refused::at(path, ProductProblem::LastVariant).into());
    }
    diesel::update(product_variants::table)
        .filter(product_variants::id.eq(variant.id))
        .set(product_variants::archived_at.eq(now))
        .execute(&mut conn)
        .await?;
    inventory::announce::variants(conn, &[variant.id]).await?;
    Ok(true)
}
