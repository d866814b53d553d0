//! An order is given up: the uses of its codes count no longer.

use diesel::QueryResult;
use diesel::sql_types::Uuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::Prepare;
use crate::ids::OrderId;

/// Gives back the uses of an order's codes, in the transaction that gives the order up, after its stock was released (see
/// [`uses`](super::uses)). One statement; a second time changes nothing.
pub async fn give_back(mut conn: &AsyncPgConnection, order: OrderId) -> QueryResult<()> {
    diesel::sql_query(
        "WITH given AS (
             UPDATE order_discounts SET given_back_at = now() WHERE order_id = $1 AND given_back_at IS NULL
             RETURNING discount_id, customer
         ), held AS MATERIALIZED (
             SELECT d.id, given.customer FROM discounts d JOIN given ON given.discount_id = d.id
             ORDER BY d.id FOR NO KEY UPDATE OF d
         ), freed AS (
             UPDATE discounts d SET used = d.used - 1 FROM held WHERE d.id = held.id
         )
         UPDATE discount_uses u SET used = u.used - 1 FROM held
         WHERE u.discount_id = held.id AND u.customer = held.customer",
    )
    .bind::<Uuid, _>(order)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
