//! One page of products: filtered, sorted, searched.

use chrono::DateTime;
use diesel::dsl::{Eq, LeftJoinQuerySource, Nullable, count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::{Product, ProductFilter, ProductSort, ProductStatus};
use super::queries::products_with_default;
use super::search::SearchText;
use crate::db::schema::{inventory, product_variants, products};
use crate::pagination::{Cursor, KeyKind, Page, PageArguments, PageError, PageRequest, SortKey};

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
type Condition = Box<dyn BoxableExpression<Source, Pg, SqlType = Bool>>;

/// A product in a listing, with its place there.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The product.
    pub product: Product,
    /// Its place.
    pub cursor: Cursor,
}

/// A listing that was asked for, checked.
#[derive(Debug, Clone)]
pub struct Listing {
    filter: ProductFilter,
    search: Option<SearchText>,
    order: Order,
    /// Whether the search looks for names like the words, because the words themselves were not found.
    lenient: bool,
    page: PageRequest,
}

/// What a listing is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Newest,
    PriceAscending,
    PriceDescending,
    Name,
    Rating,
    Relevance,
}

impl Order {
    /// The order's name in cursors; a lenient search is a list of its own.
    const fn name(self, lenient: bool) -> &'static str {
        match (self, lenient) {
            (Self::Newest, false) => "newest",
            (Self::Newest, true) => "newest~",
            (Self::PriceAscending, false) => "price-up",
            (Self::PriceAscending, true) => "price-up~",
            (Self::PriceDescending, false) => "price-down",
            (Self::PriceDescending, true) => "price-down~",
            (Self::Name, false) => "name",
            (Self::Name, true) => "name~",
            (Self::Rating, false) => "rating",
            (Self::Rating, true) => "rating~",
            (Self::Relevance, false) => "relevance",
            (Self::Relevance, true) => "relevance~",
        }
    }

    const fn key_kind(self) -> KeyKind {
        match self {
            Self::Name => KeyKind::Text,
            _ => KeyKind::Int,
        }
    }

    const fn ascending(self) -> bool {
        matches!(self, Self::PriceAscending | Self::Name)
    }
}

impl Listing {
    /// Checks the arguments of a listing.
    pub fn new(
        filter: ProductFilter,
        sort: Option<ProductSort>,
        search: Option<SearchText>,
        page: &PageArguments,
    ) -> Result<Self, PageError> {
        let order = match (sort, &search) {
            (None | Some(ProductSort::Relevance), Some(_)) => Order::Relevance,
            (None | Some(ProductSort::Newest | ProductSort::Relevance), _) => Order::Newest,
            (Some(ProductSort::PriceAscending), _) => Order::PriceAscending,
            (Some(ProductSort::PriceDescending), _) => Order::PriceDescending,
            (Some(ProductSort::Name), _) => Order::Name,
            (Some(ProductSort::Rating), _) => Order::Rating,
        };
        let validate = |lenient| page.validate(order.name(lenient), order.key_kind());
        let (page, lenient) = match validate(false) {
            Ok(page) => (page, false),
            Err(error) if search.is_some() => (validate(true).map_err(|_| error)?, true),
            Err(error) => return Err(error),
        };
        Ok(Self { filter, search, order, lenient, page })
    }

    /// Reads the page. A search whose words are nowhere is repeated as a search for similar names.
    pub async fn load(mut self, conn: &AsyncPgConnection) -> QueryResult<Page<Listed>> {
        let page = self.read(conn).await?;
        if page.rows.is_empty() && self.search.is_some() && self.page.cursor.is_none() && !self.lenient {
            self.lenient = true;
            return self.read(conn).await;
        }
        Ok(page)
    }

    /// How many products the whole listing has.
    pub async fn count(mut self, mut conn: &AsyncPgConnection) -> QueryResult<i64> {
        loop {
            let mut query = products_with_default!().select(count_star()).into_boxed::<Pg>();
            for condition in self.conditions() {
                query = query.filter(condition);
            }
            let count = query.first(&mut conn).await?;
            if count > 0 || self.search.is_none() || self.lenient {
                return Ok(count);
            }
            self.lenient = true;
        }
    }

    async fn read(&self, mut conn: &AsyncPgConnection) -> QueryResult<Page<Listed>> {
        let mut query = products_with_default!()
            .select((Product::as_select(), self.rank()))
            .limit(self.page.fetch())
            .into_boxed::<Pg>();
        for condition in self.conditions() {
            query = query.filter(condition);
        }
        if let Some(cursor) = &self.page.cursor {
            query = query.filter(self.beyond(cursor));
        }
        let upwards = self.order.ascending() != self.page.backward;
        macro_rules! order_by {
            ($key:expr) => {
                if upwards {
                    query.order(($key.asc(), products::id.asc()))
                } else {
                    query.order(($key.desc(), products::id.desc()))
                }
            };
        }
        query = match self.order {
            Order::Newest => order_by!(products::created_at),
            Order::PriceAscending | Order::PriceDescending => order_by!(products::price_min),
            Order::Name => order_by!(products::name),
            Order::Rating => order_by!(products::rating_millis),
            Order::Relevance => order_by!(self.rank()),
        };
        let rows: Vec<(Product, i64)> = query.load(&mut conn).await?;
        let rows = rows.into_iter().map(|(product, rank)| self.place(product, rank)).collect();
        Ok(self.page.cut(rows))
    }

    fn place(&self, product: Product, rank: i64) -> Listed {
        let key = match self.order {
            Order::Newest => SortKey::Int(product.created_at.timestamp_micros()),
            Order::PriceAscending | Order::PriceDescending => SortKey::Int(product.price_min.unwrap_or(0)),
            Order::Name => SortKey::Text(product.name.clone()),
            Order::Rating => SortKey::Int(i64::from(product.rating_millis)),
            Order::Relevance => SortKey::Int(rank),
        };
        Listed { cursor: Cursor::new(self.order.name(self.lenient), key, product.id.0), product }
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
        if let Some(category) = filter.category {
            all.push(Box::new(
                sql::<Bool>("products.category_id IN (SELECT id FROM categories WHERE path @> ARRAY[")
                    .bind::<diesel::sql_types::Uuid, _>(category)
                    .sql("])"),
            ));
        }
        if filter.price_min.is_some() || filter.price_max.is_some() {
            let (low, high) = (filter.price_min.unwrap_or(0), filter.price_max.unwrap_or(i64::MAX));
            all.push(Box::new(products::price_max.ge(low).assume_not_null()));
            all.push(Box::new(products::price_min.le(high).assume_not_null()));
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
            Some(false) => all.push(Box::new(diesel::dsl::not(sql::<Bool>(IN_STOCK)))),
            None => {}
        }
        for (name, values) in &filter.attributes {
            let alternatives: Vec<serde_json::Value> =
                values.iter().map(|value| serde_json::json!({ name.as_str(): value })).collect();
            all.push(Box::new(
                sql::<Bool>("products.attributes @> ANY (")
                    .bind::<diesel::sql_types::Array<Jsonb>, _>(alternatives)
                    .sql(")"),
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
        let upwards = self.order.ascending() != self.page.backward;
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
            (SortKey::Text(name), _) => beyond!(products::name, name.clone()),
            (SortKey::Int(micros), Order::Newest) => {
                let then = DateTime::from_timestamp_micros(*micros).unwrap_or_default();
                beyond!(products::created_at, then)
            }
            (SortKey::Int(price), Order::PriceAscending | Order::PriceDescending) => {
                beyond!(products::price_min.assume_not_null(), *price)
            }
            (SortKey::Int(rank), Order::Relevance) => beyond!(self.rank(), *rank),
            (SortKey::Int(rating), _) => {
                beyond!(products::rating_millis, i32::try_from(*rating).unwrap_or(i32::MAX))
            }
        }
    }
}

/// The words searched for, as English (mugs finds mug) and as they stand (for article numbers and names).
const TSQUERY_OPEN: &str = "(to_tsquery('english', fold_text(";
const TSQUERY_MIDDLE: &str = ")) || to_tsquery('simple', fold_text(";
const TSQUERY_CLOSE: &str = ")))";

const IN_STOCK: &str = "EXISTS (SELECT 1 FROM product_variants v JOIN inventory i ON i.variant_id = v.id \
     WHERE v.product_id = products.id AND v.archived_at IS NULL AND i.on_hand > i.reserved)";
