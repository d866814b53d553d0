//! Reads of discounts. Newest first means by id: ids are made in the order of making.

use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Discount;
use crate::db::Prepare;
use crate::db::schema::discounts;
use crate::ids::DiscountId;
use crate::pagination::{Page, PageRequest};

/// The order of lists of discounts, for cursors.
pub const NEWEST_DISCOUNTS: &str = "discounts";

/// Which discounts are wanted. Conditions add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscountFilter {
    /// Of this code.
    pub code: Option<String>,
    /// Offered, or no longer.
    pub active: Option<bool>,
}

/// The discounts with these ids.
pub async fn discounts_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[DiscountId],
) -> QueryResult<Vec<Discount>> {
    discounts::table.filter(discounts::id.eq_any(ids)).select(Discount::as_select()).load(&mut conn).await
}

/// The discounts of these codes that are offered, in their time or not.
pub async fn offered_by_codes(mut conn: &AsyncPgConnection, codes: &[String]) -> QueryResult<Vec<Discount>> {
    discounts::table
        .filter(discounts::code.eq_any(codes).and(discounts::active))
        .select(Discount::as_select())
        .prepared()
        .load(&mut conn)
        .await
}

macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.into_boxed::<Pg>();
        let filter: &DiscountFilter = $filter;
        if let Some(code) = &filter.code {
            query = query.filter(discounts::code.eq(code.clone()));
        }
        if let Some(active) = filter.active {
            query = query.filter(discounts::active.eq(active));
        }
        query
    }};
}

/// One page of the discounts, newest first.
pub async fn discounts_page(
    mut conn: &AsyncPgConnection,
    filter: &DiscountFilter,
    page: &PageRequest,
) -> QueryResult<Page<Discount>> {
    let mut query = filtered!(discounts::table.select(Discount::as_select()), filter).limit(page.fetch());
    query = match (&page.cursor, page.backward) {
        (Some(cursor), true) => query.filter(discounts::id.gt(cursor.id)),
        (Some(cursor), false) => query.filter(discounts::id.lt(cursor.id)),
        (None, _) => query,
    };
    query = if page.backward { query.order(discounts::id.asc()) } else { query.order(discounts::id.desc()) };
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many discounts fit the filter.
pub async fn count_discounts(mut conn: &AsyncPgConnection, filter: &DiscountFilter) -> QueryResult<i64> {
    filtered!(discounts::table.select(count_star()), filter).first(&mut conn).await
}
