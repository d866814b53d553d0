//! Reads of orders. Newest first means by id: ids are made in the order of placing.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{Order, OrderDiscount, OrderLine};
use super::state::OrderStatus;
use crate::db::newest_per_key;
use crate::db::schema::{order_discounts, order_lines, orders};
use crate::ids::{OrderId, UserId, ids_around};
use crate::pagination::{Page, PageRequest};

/// The order of lists of orders, for cursors.
pub const NEWEST_ORDERS: &str = "orders";

/// Which orders staff want to see. Conditions add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// In one of these states; in any when empty.
    pub statuses: Vec<OrderStatus>,
    /// With this contact address, exactly.
    pub email: Option<String>,
    /// Of this customer.
    pub customer: Option<UserId>,
    /// Placed at or after this moment.
    pub placed_from: Option<DateTime<Utc>>,
    /// Placed before this moment.
    pub placed_before: Option<DateTime<Utc>>,
}

/// How one order is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderKey {
    /// By its id.
    Id(OrderId),
    /// By its number.
    Number(i64),
    /// By the SHA-256 of its guest token.
    TokenHash([u8; 32]),
}

/// The orders with these ids.
pub async fn orders_by_ids(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<Order>> {
    orders::table.filter(orders::id.eq_any(ids)).select(Order::as_select()).load(&mut conn).await
}

/// The order that the key fits.
pub async fn order_by_key(mut conn: &AsyncPgConnection, key: &OrderKey) -> QueryResult<Option<Order>> {
    let query = orders::table.select(Order::as_select()).into_boxed::<Pg>();
    let query = match key {
        OrderKey::Id(id) => query.filter(orders::id.eq(*id)),
        OrderKey::Number(number) => query.filter(orders::number.eq(*number)),
        OrderKey::TokenHash(hash) => query.filter(orders::token_hash.eq(hash.to_vec())),
    };
    query.first(&mut conn).await.optional()
}

/// The lines of these orders, in the order they were bought.
pub async fn lines_by_orders(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<OrderLine>> {
    order_lines::table
        .inner_join(orders::table)
        .filter(order_lines::order_id.eq_any(ids))
        .order((order_lines::order_id, order_lines::position))
        .select(OrderLine::as_select())
        .load(&mut conn)
        .await
}

/// The codes that these orders used, by name.
pub async fn discounts_by_orders(
    mut conn: &AsyncPgConnection,
    ids: &[OrderId],
) -> QueryResult<Vec<OrderDiscount>> {
    order_discounts::table
        .filter(order_discounts::order_id.eq_any(ids))
        .order((order_discounts::order_id, order_discounts::code))
        .select(OrderDiscount::as_select())
        .load(&mut conn)
        .await
}

/// The rows of one page of each of these customers' orders, newest first, all in one statement. Each customer's rows are
/// in the direction of reading.
pub async fn order_rows_by_users(
    conn: &AsyncPgConnection,
    users: &[UserId],
    page: &PageRequest,
) -> QueryResult<Vec<Order>> {
    let of_key = orders::table.filter(orders::user_id.eq(sql::<Nullable<SqlUuid>>("wanted.key")));
    newest_per_key!(conn, of_key, orders, Order, UserId, users, page)
}

/// How many orders a customer has.
pub async fn count_orders_of(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    orders::table.filter(orders::user_id.eq(user)).select(count_star()).first(&mut conn).await
}

macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.into_boxed::<Pg>();
        let filter: &OrderFilter = $filter;
        if !filter.statuses.is_empty() {
            let names: Vec<&'static str> = filter.statuses.iter().map(|status| status.as_str()).collect();
            query = query.filter(orders::status.eq_any(names));
        }
        if let Some(email) = &filter.email {
            query = query.filter(orders::email.eq(email.clone()));
        }
        if let Some(customer) = filter.customer {
            query = query.filter(orders::user_id.eq(customer));
        }
        if let Some(from) = filter.placed_from {
            let (first, _) = ids_around(from);
            query = query.filter(orders::created_at.ge(from).and(orders::id.ge(first)));
        }
        if let Some(before) = filter.placed_before {
            let (_, beyond) = ids_around(before);
            query = query.filter(orders::created_at.lt(before).and(orders::id.lt(beyond)));
        }
        query
    }};
}

/// One page of the shop's orders, newest first.
pub async fn orders_page(
    mut conn: &AsyncPgConnection,
    filter: &OrderFilter,
    page: &PageRequest,
) -> QueryResult<Page<Order>> {
    let mut query = filtered!(orders::table.select(Order::as_select()), filter).limit(page.fetch());
    if let Some(cursor) = &page.cursor {
        let id: Uuid = cursor.id;
        query = if page.backward { query.filter(orders::id.gt(id)) } else { query.filter(orders::id.lt(id)) };
    }
    query = if page.backward { query.order(orders::id.asc()) } else { query.order(orders::id.desc()) };
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many orders fit the filter.
pub async fn count_orders(mut conn: &AsyncPgConnection, filter: &OrderFilter) -> QueryResult<i64> {
    filtered!(orders::table.select(count_star()), filter).first(&mut conn).await
}
