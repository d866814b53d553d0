//! Claim guest orders: an account whose address is proven takes over what was bought with the address before.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::Prepare;
use crate::ids::UserId;

/// How many orders change hands in one statement.
const BATCH: i64 = 500;

/// Gives the account the orders of its address that nobody owns, if the address is proven. Who holds the token of one sees it
/// as before. Doing it again changes nothing.
pub async fn claim_guest_orders(conn: &AsyncPgConnection, user: UserId) -> QueryResult<usize> {
    let mut claimed = 0;
    loop {
        let batch = claim_batch(conn, user).await?;
        claimed += batch;
        if i64::try_from(batch).unwrap_or(i64::MAX) < BATCH {
            return Ok(claimed);
        }
    }
}

async fn claim_batch(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<usize> {
    sql_query(
        "WITH theirs AS MATERIALIZED (
             SELECT orders.id, users.id AS user_id FROM users JOIN orders ON orders.email = users.email
             WHERE users.id = $1 AND users.deleted_at IS NULL AND users.email_verified_at IS NOT NULL
               AND orders.user_id IS NULL
             ORDER BY orders.id LIMIT $2 FOR UPDATE OF orders)
         UPDATE orders SET user_id = theirs.user_id FROM theirs WHERE orders.id = theirs.id",
    )
    .bind::<Uuid, _>(user)
    .bind::<BigInt, _>(BATCH)
    .prepared()
    .execute(&mut conn)
    .await
}
