//! The lock on an order. Whoever changes what an order has come to takes it first: then payments, then stock in variant
//! order. So no two who act on one order can wait for each other.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::Order;
use crate::db::schema::orders;
use crate::ids::OrderId;

/// Locks the order until the transaction ends; none when there is no such order.
pub(super) async fn lock(mut conn: &AsyncPgConnection, id: OrderId) -> QueryResult<Option<Order>> {
    orders::table.find(id).select(Order::as_select()).for_no_key_update().first(&mut conn).await.optional()
}
