//! Another form of a product that is there already.

use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::draft::VariantDraft;
use super::refusal::{FieldProblem, ProductProblem, Refused};
use super::validate::{Checks, MAX_VARIANTS};
use super::variant_row::{self, Keeper, refusal_of};
use super::{announce, options, product_row};
use crate::db::schema::product_variants;
use crate::error::Outcome;
use crate::ids::{ProductId, VariantId};

/// Adds a variant to a product, behind those it has unless the draft names a place.
pub async fn create_variant(
    conn: &mut AsyncPgConnection,
    product_id: ProductId,
    draft: &VariantDraft,
    keeper: Keeper,
) -> Outcome<VariantId, Refused<ProductProblem>> {
    conn.transaction(async |conn| {
        product_row::lock(conn, product_id)
            .await?
            .ok_or_else(|| Refused::at(["productId"], ProductProblem::UnknownProduct))?;
        let options = options::load(conn, product_id).await?.into_iter().map(|(_, option)| option);
        let mut checks = Checks::new();
        let variant = variant_row::check(&mut checks, draft, &options.collect::<Vec<_>>(), keeper.currency);
        let (siblings, last_position): (i64, Option<i32>) = product_variants::table
            .filter(product_variants::product_id.eq(product_id))
            .filter(product_variants::archived_at.is_null())
            .select((count_star(), max(product_variants::position)))
            .first(conn)
            .await?;
        let given = usize::try_from(siblings).unwrap_or(usize::MAX).saturating_add(1);
        if given > MAX_VARIANTS {
            checks.refuse("productId", FieldProblem::TooMany { max: MAX_VARIANTS, given });
        }
        let variants = [checks.finish(variant)?];
        let stored = variant_row::insert(conn, product_id, &variants, last_position.unwrap_or(0), keeper)
            .await
            .map_err(|error| refusal_of(error, None))?;
        let [variant] = variants;
        let stored =
            stored.into_iter().flatten().next().ok_or_else(|| {
                Refused::at(["sku"], ProductProblem::SkuTaken(variant.sku.unwrap_or_default()))
            })?;
        announce::updated(conn, &[product_id]).await?;
        Ok(stored)
    })
    .await
}
