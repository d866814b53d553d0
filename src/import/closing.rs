//! What an import leaves to its end, because shoppers may have to wait for it: stock, article numbers and choices; and
//! then the news of what changed.
//!
//! Whoever fills a cart or places an order refers to variants, and PostgreSQL lets them do so while other columns of a
//! variant change. The columns of a unique index are different: when they change, whoever refers to the row waits until
//! the import commits. So this is done last and quickly, with locks taken in the order in which an order takes its own:
//! stock before variants, and either in the order of ids. An order and an import can then wait for each other in turn,
//! but never both at once.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::existing::{SkuOwner, VariantRow};
use super::plan::Plan;
use super::write::CHUNK;
use crate::catalog;
use crate::db::schema::{inventory as stock, product_variants};
use crate::ids::{ProductId, VariantId};
use crate::inventory;

/// What is still to be done.
#[derive(Default)]
pub(super) struct Closing {
    stock: Vec<(VariantId, i32)>,
    rekeyed: Vec<VariantRow>,
    promised: HashMap<String, SkuOwner>,
    announced: Vec<VariantId>,
    told: Vec<ProductId>,
}

impl Closing {
    /// Takes over what a plan leaves to the end.
    pub(super) fn take(&mut self, plan: Plan, owners: &HashMap<String, SkuOwner>) {
        let skus = plan.rekeyed.iter().filter_map(|row| row.sku.as_ref());
        self.promised.extend(skus.filter_map(|sku| Some((sku.clone(), owners.get(sku)?.clone()))));
        self.rekeyed.extend(plan.rekeyed);
        self.stock.extend(plan.stock);
        self.announced.extend(plan.announced);
        self.told.extend(plan.told);
    }

    /// An article number and whose it will be, if the database does not know that yet.
    pub(super) fn promised(&self, sku: &str) -> Option<(String, SkuOwner)> {
        self.promised.get(sku).map(|owner| (sku.to_owned(), owner.clone()))
    }

    /// Does all of it, and returns for how many variants the stock changed. `reason` is for the stock taker's book.
    pub(super) async fn run(mut self, conn: &mut AsyncPgConnection, reason: &str) -> QueryResult<u64> {
        if !self.rekeyed.is_empty() {
            self.lock(conn).await?;
            self.rekey(conn).await?;
        }
        let stock_set = inventory::supply::supply(conn, &mut self.stock, reason).await?;
        for chunk in self.announced.chunks(CHUNK) {
            inventory::announce::variants(conn, chunk).await?;
        }
        for chunk in self.told.chunks(CHUNK) {
            catalog::announce::updated(conn, chunk).await?;
        }
        Ok(stock_set)
    }

    /// Locks the stock of all variants whose stock or keys change, then the variants whose keys change.
    async fn lock(&mut self, mut conn: &AsyncPgConnection) -> QueryResult<()> {
        self.rekeyed.sort_unstable_by_key(|row| row.id);
        let rekeyed: Vec<VariantId> = self.rekeyed.iter().map(|row| row.id).collect();
        let mut ids: Vec<VariantId> = self.stock.iter().map(|(id, _)| *id).chain(rekeyed.clone()).collect();
        ids.sort_unstable();
        for chunk in ids.chunks(CHUNK) {
            stock::table
                .filter(stock::variant_id.eq_any(chunk))
                .order(stock::variant_id)
                .select(stock::variant_id)
                .for_update()
                .execute(&mut conn)
                .await?;
        }
        for chunk in rekeyed.chunks(CHUNK) {
            product_variants::table
                .filter(product_variants::id.eq_any(chunk))
                .order(product_variants::id)
                .select(product_variants::id)
                .for_update()
                .execute(&mut conn)
                .await?;
        }
        Ok(())
    }

    /// Two variants may swap article numbers or choices: all let go of theirs before any takes its new ones.
    async fn rekey(&self, mut conn: &AsyncPgConnection) -> QueryResult<()> {
        for chunk in self.rekeyed.chunks(CHUNK) {
            let ids = chunk.iter().map(|row| row.id);
            diesel::update(product_variants::table.filter(product_variants::id.eq_any(ids)))
                .set((
                    product_variants::sku.eq(None::<String>),
                    product_variants::option_values.eq(sql::<Array<Text>>("ARRAY[id::text]")),
                ))
                .execute(&mut conn)
                .await?;
        }
        for chunk in self.rekeyed.chunks(CHUNK) {
            diesel::insert_into(product_variants::table)
                .values(chunk)
                .on_conflict(product_variants::id)
                .do_update()
                .set((
                    product_variants::sku.eq(excluded(product_variants::sku)),
                    product_variants::option_values.eq(excluded(product_variants::option_values)),
                ))
                .execute(&mut conn)
                .await?;
        }
        Ok(())
    }
}
