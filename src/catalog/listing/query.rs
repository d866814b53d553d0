//! A listing as SQL.

use diesel::dsl::{AsSelect, SqlTypeOf, count_star, not, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Text, Uuid};

use super::Listing;
use super::order::Order;
use super::placed::Placed;
use super::subtree::Subtree;
use crate::catalog::model::{IN_STOCK, Product, ProductStatus};
use crate::db::schema::products;
use crate::ids::CategoryId;
use crate::pagination::{Cursor, SortKey, moment};

/// [`super::Row`] in SQL's types.
pub(super) type RowSql = (SqlTypeOf<AsSelect<Product, Pg>>, Text, BigInt);
/// A product's id and what the listing is sorted by. The key is compared and never read, so its type is nobody's concern,
/// but that of a rank.
type PlaceSql = (Uuid, BigInt);
/// Something that a product must fulfil to be listed.
pub(super) type Condition = Box<dyn BoxableExpression<products::table, Pg, SqlType = Bool>>;

/// Which way a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Upwards,
    Downwards,
}

impl Direction {
    /// Sorts by key and id of this table, which ever way.
    pub(super) fn push_order_by(self, table: &'static str, out: &mut AstPass<'_, '_, Pg>) {
        let direction = match self {
            Self::Upwards => " ASC",
            Self::Downwards => " DESC",
        };
        for part in [" ORDER BY ", table, ".key", direction, ", ", table, ".id", direction] {
            out.push_sql(part);
        }
    }
}

impl Listing {
    /// The products of the page and one more, in the direction of reading.
    pub(super) fn rows(&self) -> impl Query<SqlType = RowSql> + QueryFragment<Pg> + QueryId + Send + use<> {
        self.placed(self.places(self.in_category()))
    }

    /// The same of the category that [`crate::db::PerKey`] is at, found in the categories in and below it.
    pub(super) fn rows_of_subtree(
        &self,
    ) -> impl Query<SqlType = RowSql> + QueryFragment<Pg> + QueryId + Send + use<> {
        let places = self.places(Some(in_branch()));
        self.placed(Subtree { places, direction: self.direction(), limit: self.page.fetch() })
    }

    fn placed<Q>(&self, places: Q) -> Placed<Q> {
        Placed::new(places, self.direction(), self.order == Order::Relevance)
    }

    /// The places of the page and one more, in the direction of reading.
    fn places(
        &self,
        category: Option<Condition>,
    ) -> impl Query<SqlType = PlaceSql> + QueryFragment<Pg> + QueryId + Send + use<> {
        let mut query =
            products::table.select((products::id, self.key())).limit(self.page.fetch()).into_boxed::<Pg>();
        for condition in self.conditions().into_iter().chain(category) {
            query = query.filter(condition);
        }
        if let Some(cursor) = &self.page.cursor {
            query = query.filter(self.beyond(cursor));
        }
        match self.direction() {
            Direction::Upwards => query.order((self.key().asc(), products::id.asc())),
            Direction::Downwards => query.order((self.key().desc(), products::id.desc())),
        }
    }

    /// What the listing is sorted by.
    fn key(&self) -> Box<dyn BoxableExpression<products::table, Pg, SqlType = BigInt>> {
        match self.order {
            Order::Newest => Box::new(sql("products.created_at")),
            Order::PriceAscending | Order::PriceDescending => Box::new(products::price_min),
            Order::Name => Box::new(sql("products.search_name")),
            Order::Rating => Box::new(sql("products.rating_millis")),
            Order::Relevance => self.rank(),
        }
    }

    /// The number of products in the whole list.
    pub(super) fn counted(
        &self,
        category: Option<Condition>,
    ) -> impl Query<SqlType = BigInt> + QueryFragment<Pg> + QueryId + Send + use<> {
        let mut query = products::table.select(count_star()).into_boxed::<Pg>();
        for condition in self.conditions().into_iter().chain(category) {
            query = query.filter(condition);
        }
        query
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

    pub(super) fn direction(&self) -> Direction {
        if self.order.ascending() == self.page.backward { Direction::Downwards } else { Direction::Upwards }
    }

    /// How well a product fits the search, in millionths; 0 without one. A whole number, so that cursors are exact.
    fn rank(&self) -> Box<dyn BoxableExpression<products::table, Pg, SqlType = BigInt>> {
        match &self.search {
            None => Box::new(sql::<BigInt>("0::bigint")),
            Some(text) if self.lenient => Box::new(
                sql::<BigInt>("(word_similarity((SELECT fold_text(")
                    .bind::<Text, _>(text.words.clone())
                    .sql(")), products.search_name) * 1000000)::bigint"),
            ),
            Some(text) => Box::new(
                sql::<BigInt>("(ts_rank(products.search_document, ")
                    .sql(TSQUERY_OPEN)
                    .bind::<Text, _>(text.words.clone())
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
                sql::<Bool>("(SELECT fold_text(")
                    .bind::<Text, _>(text.words.clone())
                    .sql(")) <% products.search_name"),
            )),
            Some(text) => all.push(Box::new(
                sql::<Bool>("products.search_document @@ ")
                    .sql(TSQUERY_OPEN)
                    .bind::<Text, _>(text.words.clone())
                    .sql(TSQUERY_CLOSE),
            )),
        }
        all
    }

    /// Behind the cursor in the direction of reading.
    fn beyond(&self, cursor: &Cursor) -> Condition {
        let upwards = self.direction() == Direction::Upwards;
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
                // The cursor was decoded as one of a time.
                beyond!(products::created_at, moment(*micros).unwrap_or_default())
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

/// The words searched for, as English (mugs finds mug) and as they stand (for article numbers and names): each must begin
/// some word of the product. Quoted only once they are folded, because folding makes apostrophes of letters such as U+02BC;
/// these and backslashes, which alone mean something between quotes, part words. No words, no query: null, which nothing
/// matches. As a subquery, or it would be worked out again for each product.
const TSQUERY_OPEN: &str = "(SELECT to_tsquery('english', quoted) || to_tsquery('simple', quoted) FROM (\
     SELECT string_agg('''' || word || ''':*', ' & ') FROM unnest(string_to_array(translate(fold_text(";
const TSQUERY_CLOSE: &str = "), '''\\', '  '), ' ')) AS typed (word) WHERE word <> '') AS words (quoted))";
