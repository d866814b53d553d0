//! An order that was given up is taken up again: the uses of its codes count once more.

use diesel::QueryResult;
use diesel::sql_types::Uuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::uses::count_uses;
use crate::db::Prepare;
use crate::ids::OrderId;

/// Counts the uses of an order's codes that were given back, in the transaction that takes the order up again, after its
/// stock was reserved (see [`uses`](super::uses)). One statement. A code whose limit is reached by now refuses it as it
/// refuses a new order; whether the code is still offered is not asked, for the order was placed while it was. The codes of
/// an order are uses of one customer.
pub async fn use_again(mut conn: &AsyncPgConnection, order: OrderId) -> QueryResult<()> {
    diesel::sql_query(concat!(
        "WITH given AS (\
             SELECT discount_id, customer FROM order_discounts WHERE order_id = $1 AND given_back_at IS NOT NULL\
         ), ",
        count_uses!("ARRAY(SELECT discount_id FROM given)", "(SELECT min(customer) FROM given)"),
        " UPDATE order_discounts SET given_back_at = NULL WHERE order_id = $1 AND given_back_at IS NOT NULL"
    ))
    .bind::<Uuid, _>(order)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
