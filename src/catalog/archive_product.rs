//! A product that is no longer sold: gone from every listing, still named by the orders that hold it.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::refusal::{ProductProblem, Refused};
use super::{ProductStatus, announce, product_row};
use crate::db::schema::products;
use crate::error::Outcome;
use crate::ids::ProductId;
use crate::inventory;

/// Archives a product. To archive it again changes nothing.
pub async fn archive_product(
    conn: &mut AsyncPgConnection,
    id: ProductId,
) -> Outcome<(), Refused<ProductProblem>> {
    conn.transaction(async |conn| {
        let product = product_row::lock(conn, id)
            .await?
            .ok_or_else(|| Refused::at(["id"], ProductProblem::UnknownProduct))?;
        if product.has_status(ProductStatus::Archived) {
            return Ok(());
        }
        diesel::update(products::table)
            .filter(products::id.eq(id))
            .set(products::status.eq(ProductStatus::Archived.as_str()))
            .execute(conn)
            .await?;
        inventory::announce::variants_of(conn, id).await?;
        announce::updated(conn, &[id]).await?;
        Ok(())
    })
    .await
}
