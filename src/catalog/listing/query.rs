//! A listing as SQL.

use chrono::DateTime;
use diesel::dsl::{AsSelect, Eq, LeftJoinQuerySource, Nullable, SqlTypeOf, count_star, not, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Text, Uuid};

use super::Listing;
use super::order::Order;
use super::subtree::Subtree;
use crate::catalog::model::{Product, ProductStatus};
use crate::catalog::queries::products_with_default;
use crate::db::schema::{inventory, product_variants, products};
use crate::ids::CategoryId;
use crate::pagination::{Cursor, SortKey};

/// What a listing selects from; see `products_with_default`.
type Source = LeftJoinQuerySource<
    LeftJoinQuerySource<
        products::table,
        product_variants::table,
        Eq<products::default_variant_id, Nullable<product_variants::id>>,
    >,
    inventory::table,
    Eq<inventory::variant_id, product_variants::id>,
>;
/// [`super::Row`] in SQL's types.
type RowSql = (SqlTypeOf<AsSelect<Product, Pg>>, Text, BigInt);
/// Something that a product must fulfil to be listed.
pub(super) type Condition = Box<dyn BoxableExpression<Source, Pg, SqlType = Bool>>;

impl Listing {
    /// The rows of the page and one more, in the direction of reading.
    pub(super) fn rows(
        &self,
        category: Option<Condition>,
    ) -> impl Query<SqlType = RowSql> + QueryFragment<Pg> + QueryId + Send + use<> {
        let mut query = products_with_default!()
            .select((Product::as_select(), products::search_name, self.rank()))
            .limit(self.page.fetch())
            .into_boxed::<Pg>();
        for condition in self.conditions().into_iter().chain(category) {
            query = query.filter(condition);
        }
        if let Some(cursor) = &self.page.cursor {
            query = query.filter(self.beyond(cursor));
        }
        macro_rules! order_by {
            ($key:expr) => {
                if self.upwards() {
                    query.order(($key.asc(), products::id.asc()))
                } else {
                    query.order(($key.desc(), products::id.desc()))
                }
            };
        }
        match self.order {
            Order::Newest => order_by!(products::created_at),
            Order::PriceAscending | Order::PriceDescending => order_by!(products::price_min),
            Order::Name => order_by!(products::search_name),
            Order::Rating => order_by!(products::rating_millis),
            Order::Relevance => order_by!(self.rank()),
        }
    }

    /// The number of products in the whole list.
    pub(super) fn counted(
        &self,
        category: Option<Condition>,
    ) -> impl Query<SqlType = BigInt> + QueryFragment<Pg> + QueryId + Send + use<> {
        let mut query = products_with_default!().select(count_star()).into_boxed::<Pg>();
        for condition in self.conditions().into_iter().chain(category) {
            query = query.filter(condition);
        }
        query
    }

    /// The rows of the page of the category that [`crate::db::PerKey`] is at, read from the categories in and below it.
    pub(super) fn rows_of_subtree(
        &self,
    ) -> Subtree<impl Query<SqlType = RowSql> + QueryFragment<Pg> + QueryId + Send> {
        let key = match self.order {
            Order::Newest | Order::Relevance => "created_at",
            Order::PriceAscending | Order::PriceDescending => "price_min",
            Order::Name => "search_name",
            Order::Rating => "rating_millis",
        };
        Subtree {
            rows: self.rows(Some(in_branch())),
            key,
            direction: if self.upwards() { "ASC" } else { "DESC" },
            limit: self.page.fetch(),
        }
    }

    /// Filed in the category that the filter names, or below it.
    pub(super) fn in_category(&self) -> Option<Condition> {
        let CategoryId(id) = self.filter.category?;
        Some(Box::new(
            sql::<Bool>("products.category_id IN (SELECT id FROM categories WHERE path @> ARRAY[")
                .bind::<Uuid, _>(id)
                .sql("])"),
        ))
    }

    /// Whether the page is read in the direction of growing keys.
    fn upwards(&self) -> bool {
        self.order.ascending() != self.page.backward
    }

    /// How well a product fits the search, in millionths; 0 without one. A whole number, so that cursors are exact.
    fn rank(&self) -> Box<dyn BoxableExpression<Source, Pg, SqlType = BigInt>> {
        match &self.search {
            None => Box::new(sql::<BigInt>("0::bigint")),
            Some(text) if self.lenient => Box::new(
                sql::<BigInt>("(word_similarity(fold_text(")
                    .bind::<Text, _>(text.words.clone())
                    .sql("), products.search_name) * 1000000)::bigint"),
            ),
            Some(text) => Box::new(
                sql::<BigInt>("(ts_rank(products.search_document, ")
                    .sql(TSQUERY_OPEN)
                    .bind::<Text, _>(text.tsquery.clone())
                    .sql(TSQUERY_MIDDLE)
                    .bind::<Text, _>(text.tsquery.clone())
                    .sql(TSQUERY_CLOSE)
                    .sql(") * 1000000)::bigint"),
            ),
        }
    }

    /// Everything that is asked of a product but its category.
    fn conditions(&self) -> Vec<Condition> {
        let filter = &self.filter;
        let mut all: Vec<Condition> = Vec::new();
        match filter.statuses.as_slice() {
            // Written as a literal, so that the partial indexes over active products apply to the prepared statement.
            [] | [ProductStatus::Active] => all.push(Box::new(sql::<Bool>("products.status = 'active'"))),
            statuses => {
                let names: Vec<&'static str> = statuses.iter().map(|status| status.as_str()).collect();
                all.push(Box::new(products::status.eq_any(names)));
            }
        }
        if filter.price_min.is_some() || filter.price_max.is_some() {
            let (low, high) = (filter.price_min.unwrap_or(0), filter.price_max.unwrap_or(i64::MAX));
            all.push(Box::new(products::price_max.ge(low)));
            all.push(Box::new(products::price_min.le(high)));
            all.push(Box::new(
                sql::<Bool>("EXISTS (SELECT 1 FROM product_variants v WHERE v.product_id = products.id AND v.archived_at IS NULL AND v.price BETWEEN ")
                    .bind::<BigInt, _>(low)
                    .sql(" AND ")
                    .bind::<BigInt, _>(high)
                    .sql(")"),
            ));
        }
        match filter.in_stock {
            Some(true) => all.push(Box::new(sql::<Bool>(IN_STOCK))),
            Some(false) => all.push(Box::new(not(sql::<Bool>(IN_STOCK)))),
            None => {}
        }
        for (name, values) in &filter.attributes {
            let alternatives: Vec<serde_json::Value> =
                values.iter().map(|value| serde_json::json!({ name.as_str(): value })).collect();
            all.push(Box::new(
                sql::<Bool>("products.attributes @> ANY (").bind::<Array<Jsonb>, _>(alternatives).sql(")"),
            ));
        }
        match &self.search {
            None => {}
            Some(text) if self.lenient => all.push(Box::new(
                sql::<Bool>("fold_text(")
                    .bind::<Text, _>(text.words.clone())
                    .sql(") <% products.search_name"),
            )),
            Some(text) => all.push(Box::new(
                sql::<Bool>("products.search_document @@ ")
                    .sql(TSQUERY_OPEN)
                    .bind::<Text, _>(text.tsquery.clone())
                    .sql(TSQUERY_MIDDLE)
                    .bind::<Text, _>(text.tsquery.clone())
                    .sql(TSQUERY_CLOSE),
            )),
        }
        all
    }

    /// Behind the cursor in the direction of reading.
    fn beyond(&self, cursor: &Cursor) -> Condition {
        let upwards = self.upwards();
        let id = cursor.id;
        // (key, id) > (k, i), spelt so that an index over the key can start at k.
        macro_rules! beyond {
            ($key:expr, $than:expr) => {
                if upwards {
                    Box::new($key.ge($than).and($key.gt($than).or(products::id.gt(id)))) as Condition
                } else {
                    Box::new($key.le($than).and($key.lt($than).or(products::id.lt(id)))) as Condition
                }
            };
        }
        match (&cursor.key, self.order) {
            (SortKey::Text(name), _) => beyond!(products::search_name, name.clone()),
            (SortKey::Int(micros), Order::Newest) => {
                let then = DateTime::from_timestamp_micros(*micros).unwrap_or_default();
                beyond!(products::created_at, then)
            }
            (SortKey::Int(price), Order::PriceAscending | Order::PriceDescending) => {
                beyond!(products::price_min, *price)
            }
            (SortKey::Int(rank), Order::Relevance) => beyond!(self.rank(), *rank),
            (SortKey::Int(rating), _) => {
                beyond!(products::rating_millis, i32::try_from(*rating).unwrap_or(i32::MAX))
            }
        }
    }
}

/// Filed in the very category that [`Subtree`] is at.
fn in_branch() -> Condition {
    Box::new(sql::<Bool>("products.category_id = branch.id"))
}

/// Filed in or below the category that [`crate::db::PerKey`] is at.
pub(super) fn in_wanted_category() -> Condition {
    Box::new(sql::<Bool>(
        "products.category_id IN (SELECT id FROM categories WHERE path @> ARRAY[wanted.key])",
    ))
}

/// The words searched for, as English (mugs finds mug) and as they stand (for article numbers and names).
const TSQUERY_OPEN: &str = "(to_tsquery('english', fold_text(";
const TSQUERY_MIDDLE: &str = ")) || to_tsquery('simple', fold_text(";
const TSQUERY_CLOSE: &str = ")))";

const IN_STOCK: &str = "EXISTS (SELECT 1 FROM product_variants v JOIN inventory i ON i.variant_id = v.id \
     WHERE v.product_id = products.id AND v.archived_at IS NULL AND i.on_hand > i.reserved)";
