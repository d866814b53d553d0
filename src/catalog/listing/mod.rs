//! One page of products: filtered, sorted, searched; of the whole shop, or of each of several categories at once.

mod order;
mod placed;
mod query;
mod subtree;

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use self::order::Order;
use self::query::Direction;
use super::model::{Product, ProductFilter, ProductSort};
use super::search::SearchText;
use crate::db::{PerKey, Prepare};
use crate::ids::CategoryId;
use crate::pagination::{Cursor, Page, PageArguments, PageError, PageRequest, SortKey};

/// A product in a listing, with its place there.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The product.
    pub product: Product,
    /// Its place.
    pub cursor: Cursor,
}

/// A listing that was asked for, checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Listing {
    filter: ProductFilter,
    search: Option<SearchText>,
    order: Order,
    /// Whether the search looks for names like the words, because the words themselves were not found.
    lenient: bool,
    page: PageRequest,
}

/// A product as a listing reads it, with what it can be sorted by beyond its own columns: its folded name, its rank.
type Row = (Product, String, i64);

impl Listing {
    /// Checks the arguments of a listing.
    pub fn new(
        filter: ProductFilter,
        sort: Option<ProductSort>,
        search: Option<SearchText>,
        page: &PageArguments,
    ) -> Result<Self, PageError> {
        let order = Order::new(sort, search.is_some());
        let validate = |lenient| page.validate(order.name(lenient), order.key_kind());
        let (page, lenient) = match validate(false) {
            Ok(page) => (page, false),
            Err(error) if search.is_some() => (validate(true).map_err(|_| error)?, true),
            Err(error) => return Err(error),
        };
        Ok(Self { filter, search, order, lenient, page })
    }

    /// Reads the page. A search whose words are nowhere is repeated as a search for similar names.
    pub async fn load(mut self, mut conn: &AsyncPgConnection) -> QueryResult<Page<Listed>> {
        if let (None, Some(category)) = (&self.search, self.filter.category) {
            let mut pages = self.load_within(conn, &[category]).await?;
            return Ok(pages.remove(&category).unwrap_or_default());
        }
        let mut rows: Vec<Row> = self.rows().prepared_if(self.is_plain()).load(&mut conn).await?;
        if rows.is_empty() && self.search.is_some() && self.page.cursor.is_none() && !self.lenient {
            self.lenient = true;
            rows = self.rows().prepared_if(self.is_plain()).load(&mut conn).await?;
        }
        Ok(self.cut(rows))
    }

    /// Reads the page of each of these categories in one statement, whatever category the filter names. A search is not
    /// taken into account.
    pub async fn load_within(
        &self,
        mut conn: &AsyncPgConnection,
        categories: &[CategoryId],
    ) -> QueryResult<HashMap<CategoryId, Page<Listed>>> {
        let query = PerKey::new(uuids(categories), self.rows_of_subtree());
        let mut rows_of: HashMap<CategoryId, Vec<Row>> = HashMap::new();
        for (category, row) in query.prepared_if(self.is_plain()).load::<(CategoryId, Row)>(&mut conn).await?
        {
            rows_of.entry(category).or_default().push(row);
        }
        let page = |id: &CategoryId| (*id, self.cut(rows_of.remove(id).unwrap_or_default()));
        Ok(categories.iter().map(page).collect())
    }

    /// How many products the whole listing has.
    pub async fn count(mut self, mut conn: &AsyncPgConnection) -> QueryResult<i64> {
        let mut count =
            self.counted(self.in_category()).prepared_if(self.is_plain()).get_result(&mut conn).await?;
        if count == 0 && self.search.is_some() && !self.lenient {
            self.lenient = true;
            count =
                self.counted(self.in_category()).prepared_if(self.is_plain()).get_result(&mut conn).await?;
        }
        Ok(count)
    }

    /// How many products the whole listing of each of these categories has, in one statement.
    pub async fn count_within(
        &self,
        mut conn: &AsyncPgConnection,
        categories: &[CategoryId],
    ) -> QueryResult<HashMap<CategoryId, i64>> {
        let query = PerKey::new(uuids(categories), self.counted(Some(query::in_wanted_category())));
        Ok(query
            .prepared_if(self.is_plain())
            .load::<(CategoryId, i64)>(&mut conn)
            .await?
            .into_iter()
            .collect())
    }

    /// Whether it is what most shoppers ask for: a whole category, a whole shop or a search in one, read forwards. The other
    /// statements have thousands of forms, and whoever sends them all must not fill PostgreSQL's memory with their plans.
    fn is_plain(&self) -> bool {
        let filtered = ProductFilter { category: self.filter.category, ..ProductFilter::default() };
        self.filter == filtered && !self.page.backward
    }

    /// The page of rows that were read for it, in whatever order they came.
    fn cut(&self, rows: Vec<Row>) -> Page<Listed> {
        let mut listed: Vec<Listed> = rows.into_iter().map(|row| self.place(row)).collect();
        match self.direction() {
            Direction::Upwards => listed.sort_unstable_by(|a, b| a.cursor.cmp(&b.cursor)),
            Direction::Downwards => listed.sort_unstable_by(|a, b| b.cursor.cmp(&a.cursor)),
        }
        self.page.cut(listed)
    }

    fn place(&self, (product, sort_name, rank): Row) -> Listed {
        let key = match self.order {
            Order::Newest => SortKey::Int(product.created_at.timestamp_micros()),
            Order::PriceAscending | Order::PriceDescending => SortKey::Int(product.price_min),
            Order::Name => SortKey::Text(sort_name),
            Order::Rating => SortKey::Int(i64::from(product.rating_millis)),
            Order::Relevance => SortKey::Int(rank),
        };
        Listed { cursor: Cursor::new(self.order.name(self.lenient), key, product.id.0), product }
    }
}

fn uuids(categories: &[CategoryId]) -> Vec<Uuid> {
    categories.iter().map(|id| id.0).collect()
}
