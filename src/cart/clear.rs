//! Empties a cart. The cart itself stays, with its id and a guest's token.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::lock;
use super::model::CartContents;
use super::refusal::CartRefusal;
use super::selector::CartSelector;
use crate::db::schema::cart_lines;
use crate::error::{ActionError, Outcome};
use crate::ids::CartId;

/// Takes everything out of the caller's cart. Clearing an empty cart changes nothing and is no error.
pub async fn clear(
    conn: &mut AsyncPgConnection,
    selector: &CartSelector,
) -> Outcome<CartContents, CartRefusal> {
    conn.transaction::<_, ActionError<_>, _>(async |conn| {
        let cart = lock::lock_for_edit(conn, selector).await?.ok_or(CartRefusal::CartNotFound)?;
        empty(conn, cart.id).await?;
        Ok(CartContents { cart, lines: Vec::new() })
    })
    .await
}

/// Deletes the lines of a cart that the caller has locked. One statement.
pub async fn empty(mut conn: &AsyncPgConnection, cart_id: CartId) -> QueryResult<()> {
    diesel::delete(cart_lines::table.filter(cart_lines::cart_id.eq(cart_id))).execute(&mut conn).await?;
    Ok(())
}
