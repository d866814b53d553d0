//! A change of a variant: only what is given changes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::draft::VariantChange;
use super::refusal::{ProductProblem, Refused};
use super::validate::Checks;
use super::variant_row::{self, Keeper, refusal_of};
use super::{announce, archive_variant, options};
use crate::db::schema::product_variants;
use crate::error::Outcome;
use crate::ids::ProductId;
use crate::inventory;

#[derive(AsChangeset, Default, PartialEq)]
#[diesel(table_name = product_variants)]
struct Columns {
    sku: Option<Option<String>>,
    option_values: Option<Vec<String>>,
    position: Option<i32>,
    price: Option<i64>,
    compare_at_price: Option<Option<i64>>,
    currency: Option<&'static str>,
    weight_grams: Option<Option<i32>>,
    barcode: Option<Option<String>>,
    archived_at: Option<Option<DateTime<Utc>>>,
}

/// Changes a variant. An archived one comes back with `archived: false`, if its choices still
/// fit the product's options.
pub async fn update_variant(
    conn: &mut AsyncPgConnection,
    change: &VariantChange,
    keeper: Keeper,
) -> Outcome<(), Refused<ProductProblem>> {
    let columns = check(change, keeper)?;
    conn.transaction(async |conn| {
        let (product, variant) = variant_row::lock(conn, change.id)
            .await?
            .ok_or_else(|| Refused::at(["id"], ProductProblem::UnknownVariant))?;
        let comes_back = change.archived == Some(false) && variant.archived_at.is_some();
        let mut columns = columns;
        if change.choices.is_some() || comes_back {
            columns.option_values = Some(choices(conn, product.id, change, &variant.option_values).await?);
        }
        if comes_back {
            columns.archived_at = Some(None);
        }
        let sku = columns.sku.clone().flatten();
        let repriced = columns.price.is_some_and(|price| price != variant.price)
            || columns.compare_at_price.is_some_and(|price| price != variant.compare_at_price);
        let changes = columns != Columns::default();
        if changes {
            diesel::update(product_variants::table)
                .filter(product_variants::id.eq(change.id))
                .set(columns)
                .execute(conn)
                .await
                .map_err(|error| refusal_of(error, sku))?;
        }
        if comes_back || repriced {
            inventory::announce::variants(conn, &[change.id]).await?;
        }
        let archives = change.archived == Some(true)
            && archive_variant::archive(conn, &product, &variant, &["archived"]).await?;
        if changes || archives {
            announce::updated(conn, &[product.id]).await?;
        }
        Ok(())
    })
    .await
}

fn check(change: &VariantChange, keeper: Keeper) -> Outcome<Columns, Refused<ProductProblem>> {
    let mut checks = Checks::new();
    let columns = Columns {
        sku: change.sku.as_ref().map(|sku| sku.as_deref().map(|sku| checks.sku(sku))),
        price: change.price.as_deref().map(|price| checks.price("price", price, keeper.currency)),
        compare_at_price: change.compare_at_price.as_ref().map(|price| {
            price.as_deref().map(|price| checks.price("compareAtPrice", price, keeper.currency))
        }),
        currency: change.price.is_some().then(|| keeper.currency.code()),
        weight_grams: change.weight_grams.map(|weight| weight.map(|weight| checks.weight(weight))),
        barcode: change
            .barcode
            .as_ref()
            .map(|barcode| barcode.as_deref().map(|barcode| checks.barcode(barcode))),
        position: change.position.map(|position| checks.position(position)),
        ..Columns::default()
    };
    checks.finish(columns)
}

/// The values of a variant that is or comes on sale: those given, else those it has, and in either case fit.
async fn choices(
    conn: &AsyncPgConnection,
    product_id: ProductId,
    change: &VariantChange,
    present: &[String],
) -> Outcome<Vec<String>, Refused<ProductProblem>> {
    let options: Vec<_> =
        options::load(conn, product_id).await?.into_iter().map(|(_, option)| option).collect();
    let mut checks = Checks::new();
    let values = match &change.choices {
        Some(choices) => checks.choices("selectedOptions", choices, &options),
        None => {
            let names = options.iter().map(|option| option.name.clone());
            let kept: Vec<_> = names.zip(present.iter().cloned()).collect();
            checks.choices("archived", &kept, &options)
        }
    };
    checks.finish(values)
}
