//! The rows of variants as their writers see them.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::draft::{OptionDraft, VariantDraft};
use super::product_row::{self, LockedProduct};
use super::refusal::{ProductProblem, Refused};
use super::validate::Checks;
use crate::db::schema::product_variants;
use crate::error::{ActionError, violated_constraint};
use crate::ids::{ProductId, UserId, VariantId};
use crate::inventory::{self, MAX_ON_HAND};
use crate::money::Currency;

/// Whoever runs the shop, as far as writing products goes.
#[derive(Debug, Clone, Copy)]
pub struct Keeper {
    /// What the shop's prices are in.
    pub currency: Currency,
    /// Who is at work, for the stock taker's book.
    pub user_id: UserId,
}

/// A variant that is fit to be stored, but for its product and its place there.
#[derive(Debug, Clone)]
pub(super) struct CheckedVariant {
    pub(super) option_values: Vec<String>,
    pub(super) sku: Option<String>,
    price: i64,
    compare_at_price: Option<i64>,
    weight_grams: Option<i32>,
    barcode: Option<String>,
    stock: i32,
    position: Option<i32>,
}

#[derive(Insertable)]
#[diesel(table_name = product_variants)]
struct NewVariant {
    id: VariantId,
    product_id: ProductId,
    sku: Option<String>,
    option_values: Vec<String>,
    position: i32,
    price: i64,
    compare_at_price: Option<i64>,
    currency: &'static str,
    weight_grams: Option<i32>,
    barcode: Option<String>,
}

/// Checks everything of a variant but its choices.
pub(super) fn check(
    checks: &mut Checks<ProductProblem>,
    draft: &VariantDraft,
    options: &[OptionDraft],
    currency: Currency,
) -> CheckedVariant {
    CheckedVariant {
        option_values: checks.choices("selectedOptions", &draft.choices, options),
        sku: draft.sku.as_deref().map(|sku| checks.sku(sku)),
        price: checks.price("price", &draft.price, currency),
        compare_at_price: draft
            .compare_at_price
            .as_deref()
            .map(|price| checks.price("compareAtPrice", price, currency)),
        weight_grams: draft.weight_grams.map(|weight| checks.weight(weight)),
        barcode: draft.barcode.as_deref().map(|barcode| checks.barcode(barcode)),
        stock: checks.range("stock", draft.stock, MAX_ON_HAND),
        position: draft.position.map(|position| checks.position(position)),
    }
}

/// Stores variants of one product, those without a place of their own behind `last_position`, and enters their stock.
/// Returns their ids in order; none for one whose article number is taken.
pub(super) async fn insert(
    mut conn: &AsyncPgConnection,
    product_id: ProductId,
    variants: &[CheckedVariant],
    last_position: i32,
    keeper: Keeper,
) -> QueryResult<Vec<Option<VariantId>>> {
    let mut rows: Vec<NewVariant> = (last_position.saturating_add(1)..)
        .zip(variants)
        .map(|(next, variant)| NewVariant {
            id: VariantId::new(),
            product_id,
            sku: variant.sku.clone(),
            option_values: variant.option_values.clone(),
            position: variant.position.unwrap_or(next),
            price: variant.price,
            compare_at_price: variant.compare_at_price,
            currency: keeper.currency.code(),
            weight_grams: variant.weight_grams,
            barcode: variant.barcode.clone(),
        })
        .collect();
    let ids: Vec<VariantId> = rows.iter().map(|row| row.id).collect();
    // Who stores an article number waits for whoever is storing the same: all go through them in one order.
    rows.sort_unstable_by(|one, other| one.sku.cmp(&other.sku));
    let stored: Vec<VariantId> = diesel::insert_into(product_variants::table)
        .values(rows)
        .on_conflict(product_variants::sku)
        .do_nothing()
        .returning(product_variants::id)
        .get_results(&mut conn)
        .await?;
    let stock: Vec<(VariantId, i32)> = ids
        .iter()
        .copied()
        .zip(variants.iter().map(|variant| variant.stock))
        .filter(|(id, stock)| *stock > 0 && stored.contains(id))
        .collect();
    if !stock.is_empty() {
        inventory::set::open(conn, &stock, keeper.user_id).await?;
    }
    Ok(ids.into_iter().map(|id| stored.contains(&id).then_some(id)).collect())
}

/// A variant whose product is locked.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = product_variants, check_for_backend(diesel::pg::Pg))]
pub(super) struct LockedVariant {
    pub(super) id: VariantId,
    pub(super) option_values: Vec<String>,
    pub(super) price: i64,
    pub(super) compare_at_price: Option<i64>,
    pub(super) archived_at: Option<DateTime<Utc>>,
}

/// Locks a variant's product and reads both.
pub(super) async fn lock(
    mut conn: &AsyncPgConnection,
    id: VariantId,
) -> QueryResult<Option<(LockedProduct, LockedVariant)>> {
    let of: Option<ProductId> = product_variants::table
        .filter(product_variants::id.eq(id))
        .select(product_variants::product_id)
        .first(&mut conn)
        .await
        .optional()?;
    let Some(product_id) = of else { return Ok(None) };
    let Some(product) = product_row::lock(conn, product_id).await? else { return Ok(None) };
    // Only now: whoever held the lock before may have changed it.
    let variant = product_variants::table
        .filter(product_variants::id.eq(id))
        .select(LockedVariant::as_select())
        .first(&mut conn)
        .await
        .optional()?;
    Ok(variant.map(|variant| (product, variant)))
}

/// Whether the product has another variant that is not archived.
pub(super) async fn has_siblings(
    mut conn: &AsyncPgConnection,
    product_id: ProductId,
    id: VariantId,
) -> QueryResult<bool> {
    diesel::select(exists(
        product_variants::table
            .filter(product_variants::product_id.eq(product_id))
            .filter(product_variants::id.ne(id))
            .filter(product_variants::archived_at.is_null()),
    ))
    .get_result(&mut conn)
    .await
}

/// What PostgreSQL's refusal of a variant means. `sku` is the article number that was to be stored.
pub(super) fn refusal_of(
    error: diesel::result::Error,
    sku: Option<String>,
) -> ActionError<Refused<ProductProblem>> {
    match (violated_constraint(&error), sku) {
        (Some("product_variants_options_key"), _) => {
            ActionError::refuse(Refused::at(["selectedOptions"], ProductProblem::VariantTaken))
        }
        (Some("product_variants_sku_key"), Some(sku)) => {
            ActionError::refuse(Refused::at(["sku"], ProductProblem::SkuTaken(sku)))
        }
        _ => error.into(),
    }
}
