//! Closing an account, in the transaction of whoever may.
//!
//! A closed account signs in no more and gives its address back. Its row stays for the orders and reviews that name it, until
//! its owner wants to be forgotten: then the row stays and tells nothing (decision record 7).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::end_sessions::{Ending, end_sessions};
use super::events::{AccountEventKind, append};
use super::model::User;
use super::{letters, mailed_token};
use crate::db::schema::users;
use crate::error::violated_constraint;
use crate::ids::UserId;

/// Where an erased account has its address: a domain that can never receive mail (RFC 2606).
const NOWHERE: &str = "erased.invalid";

/// Whether an account could be closed.
pub(super) enum Closed {
    /// It is closed now, or was before.
    Done(User),
    /// It stays open: nobody else would be left who could let anybody in.
    LastAdmin,
}

/// Closes an account that the caller has locked, and erases it if that is wanted. What is done already is not done again.
pub(super) async fn close(
    conn: &AsyncPgConnection,
    user: User,
    erase: bool,
    actor: UserId,
    now: DateTime<Utc>,
) -> QueryResult<Closed> {
    let mut user = user;
    if user.is_living() {
        user = match deactivate(conn, user.id, now).await {
            Err(error) if violated_constraint(&error) == Some("users_last_admin") => {
                return Ok(Closed::LastAdmin);
            }
            closed => closed?,
        };
        append(conn, user.id, Some(actor), AccountEventKind::Deactivated).await?;
    }
    // Also those of an account that an operator closed by hand.
    end_sessions(conn, Ending::AllOf(user.id), now).await?;
    if erase && user.erased_at.is_none() {
        user = self::erase(conn, user.id, &user.email, now).await?;
        append(conn, user.id, Some(actor), AccountEventKind::Erased).await?;
    }
    Ok(Closed::Done(user))
}

async fn deactivate(mut conn: &AsyncPgConnection, id: UserId, now: DateTime<Utc>) -> QueryResult<User> {
    diesel::update(users::table.find(id))
        .set(users::deleted_at.eq(now))
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await
}

/// Takes from the row what tells who somebody was, and from accounts and the queue where mail was sent; a trigger takes what
/// other tables have of them.
async fn erase(
    mut conn: &AsyncPgConnection,
    id: UserId,
    email: &str,
    now: DateTime<Utc>,
) -> QueryResult<User> {
    mailed_token::forget(conn, id).await?;
    letters::forget(conn, id, email).await?;
    diesel::update(users::table.find(id))
        .set((
            users::erased_at.eq(now),
            users::email.eq(format!("{id}@{NOWHERE}")),
            users::name.eq(""),
            users::email_verified_at.eq(None::<DateTime<Utc>>),
            users::password_hash.eq(None::<String>),
        ))
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await
}
