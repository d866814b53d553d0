//! Reads of accounts. `users_by_ids` feeds the loader: one statement whatever the number of keys.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::address_book::SavedAddress;
use super::email::Email;
use super::model::User;
use super::refresh_token::RefreshToken;
use crate::db::schema::{addresses, refresh_tokens, sessions, users};
use crate::ids::{AddressId, SessionId, UserId};

/// The accounts with these ids, in any order, closed ones included.
pub async fn users_by_ids(mut conn: &AsyncPgConnection, ids: &[UserId]) -> QueryResult<Vec<User>> {
    users::table.filter(users::id.eq_any(ids)).select(User::as_select()).load(&mut conn).await
}

/// The id and the password hash, if it has one, of the living account with this address.
pub(super) async fn credentials_by_email(
    mut conn: &AsyncPgConnection,
    email: &Email,
) -> QueryResult<Option<(UserId, Option<String>)>> {
    users::table
        .filter(users::email.eq(email.as_str()))
        .filter(users::deleted_at.is_null())
        .select((users::id, users::password_hash))
        .first(&mut conn)
        .await
        .optional()
}

/// The password hash of an account, living or not, if it has one; none without the account.
pub(super) async fn password_hash(
    mut conn: &AsyncPgConnection,
    id: UserId,
) -> QueryResult<Option<Option<String>>> {
    users::table.find(id).select(users::password_hash).first(&mut conn).await.optional()
}

/// Locks these accounts until the transaction ends, in the order of their ids.
pub(super) async fn lock_users(mut conn: &AsyncPgConnection, ids: &[UserId]) -> QueryResult<Vec<User>> {
    users::table
        .filter(users::id.eq_any(ids))
        .order(users::id)
        .select(User::as_select())
        .for_no_key_update()
        .load(&mut conn)
        .await
}

/// Locks the living account with this address until the transaction ends.
pub(super) async fn lock_user_by_email(
    mut conn: &AsyncPgConnection,
    email: &Email,
) -> QueryResult<Option<User>> {
    users::table
        .filter(users::email.eq(email.as_str()))
        .filter(users::deleted_at.is_null())
        .select(User::as_select())
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()
}

/// The addresses of these accounts, each book in the order it was written in. Books are short, so they are read whole.
pub async fn addresses_by_users(
    mut conn: &AsyncPgConnection,
    users: &[UserId],
) -> QueryResult<Vec<SavedAddress>> {
    addresses::table
        .filter(addresses::user_id.eq_any(users))
        .order((addresses::user_id, addresses::id))
        .select(SavedAddress::as_select())
        .load(&mut conn)
        .await
}

/// The addresses with these ids, whoever's they are.
pub async fn addresses_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[AddressId],
) -> QueryResult<Vec<SavedAddress>> {
    addresses::table.filter(addresses::id.eq_any(ids)).select(SavedAddress::as_select()).load(&mut conn).await
}

/// Whether the token, spent or not, is of a session that lives at this moment.
pub async fn is_of_living_session(
    mut conn: &AsyncPgConnection,
    token: &RefreshToken,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let living = refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token.hash()))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    diesel::select(diesel::dsl::exists(living)).get_result(&mut conn).await
}

/// Whether the account has or had this session.
pub async fn has_session(
    mut conn: &AsyncPgConnection,
    user: UserId,
    session: SessionId,
) -> QueryResult<bool> {
    let own = sessions::table.find(session).filter(sessions::user_id.eq(user));
    diesel::select(diesel::dsl::exists(own)).get_result(&mut conn).await
}
