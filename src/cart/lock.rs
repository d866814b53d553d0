//! The locks on carts, all of them here. Whoever holds a cart's row is the only one to touch its lines.
//!
//! A verb locks one cart. Only the merge locks two: the guest's first, the customer's second. As nothing locks a guest's
//! cart after a customer's, no two can wait for each other.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::Cart;
use super::selector::CartSelector;
use crate::db::Prepare;
use crate::db::schema::carts;
use crate::ids::{CartId, UserId};
use crate::secrets::sha256;

/// Locks a cart that is to go; none when the caller has no such cart.
pub(super) async fn lock_for_removal(
    mut conn: &AsyncPgConnection,
    selector: &CartSelector,
) -> QueryResult<Option<Cart>> {
    let Some(condition) = selector.condition() else { return Ok(None) };
    carts::table
        .filter(condition)
        .select(Cart::as_select())
        .for_update()
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()
}

/// Locks the cart until the transaction ends and marks it changed; none when the caller has no such cart. One statement.
pub(crate) async fn lock_for_edit(
    mut conn: &AsyncPgConnection,
    selector: &CartSelector,
) -> QueryResult<Option<Cart>> {
    let Some(condition) = selector.condition() else { return Ok(None) };
    diesel::update(carts::table.filter(condition))
        .set(carts::updated_at.eq(now))
        .returning(Cart::as_returning())
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()
}

/// Locks a cart that is to be ordered, and marks it changed: to be emptied is a change. None when the caller has no such
/// cart. One statement.
pub(crate) async fn lock_for_order(
    mut conn: &AsyncPgConnection,
    selector: &CartSelector,
) -> QueryResult<Option<CartId>> {
    let Some(condition) = selector.condition() else { return Ok(None) };
    diesel::update(carts::table.filter(condition))
        .set(carts::updated_at.eq(now))
        .returning(carts::id)
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()
}

/// Locks the customer's cart for a change, making it when there is none. Of two who make it at once, the second waits
/// and gets the first one's.
pub(super) async fn lock_or_create(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Cart> {
    diesel::insert_into(carts::table)
        .values((carts::id.eq(CartId::new()), carts::user_id.eq(user)))
        .on_conflict(carts::user_id)
        .do_update()
        .set(carts::updated_at.eq(now))
        .returning(Cart::as_returning())
        .prepared()
        .get_result(&mut conn)
        .await
}

/// Makes a guest's cart. Until the transaction ends nobody else can see it.
pub(super) async fn create_for_guest(mut conn: &AsyncPgConnection, token: &str) -> QueryResult<Cart> {
    diesel::insert_into(carts::table)
        .values((carts::id.eq(CartId::new()), carts::token_hash.eq(sha256(token.as_bytes()).to_vec())))
        .returning(Cart::as_returning())
        .prepared()
        .get_result(&mut conn)
        .await
}
