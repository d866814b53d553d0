//! Reads of accounts. `users_by_ids` feeds the loader: one statement whatever the number of keys.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::email::Email;
use super::model::User;
use crate::db::schema::users;
use crate::ids::UserId;

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
