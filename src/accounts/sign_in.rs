//! Sign in: a session for whoever knows the password.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use secrecy::SecretString;

use super::email::Email;
use super::model::User;
use super::passwords::Passwords;
use super::queries;
use super::session::{Session, open_session};
use super::tokens::TokenKeys;
use crate::db::Db;
use crate::db::schema::users;
use crate::error::{Outcome, Refusal};
use crate::ids::UserId;

/// Why nobody was signed in. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// No such account, or not its password: which of the two is for nobody to know.
    #[error("There is no account with this e-mail address and password.")]
    InvalidCredentials,
}

impl Refusal for SignInRefusal {}

/// Opens a session for the living account with this address and password. Every way to fail takes the same work, so
/// that neither the answer nor its time tells whether an account exists.
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    tokens: &TokenKeys,
    now: DateTime<Utc>,
    email: &str,
    password: SecretString,
) -> Outcome<Session, SignInRefusal> {
    let known = match Email::parse(email) {
        Ok(email) => queries::credentials_by_email(&*db.get().await?, &email).await?,
        Err(_) => None,
    };
    let (user, stored) = known.unzip();
    let stored = stored.flatten();
    let right = passwords.verify(password, stored.clone()).await?;
    let (true, Some(user), Some(stored)) = (right, user, stored) else {
        return Err(SignInRefusal::InvalidCredentials.into());
    };
    let mut conn = db.get().await?;
    conn.transaction(async |conn| {
        let user = still(conn, user, &stored).await?.ok_or(SignInRefusal::InvalidCredentials)?;
        Ok(open_session(conn, tokens, now, user).await?)
    })
    .await
}

/// The account, unless its password was changed or it was closed while the old password was being checked. It stays so
/// until the transaction ends: whoever changes it ends its sessions, and must find this one among them.
async fn still(mut conn: &AsyncPgConnection, id: UserId, stored: &str) -> QueryResult<Option<User>> {
    users::table
        .find(id)
        .filter(users::password_hash.eq(stored))
        .filter(users::deleted_at.is_null())
        .select(User::as_select())
        .for_share()
        .first(&mut conn)
        .await
        .optional()
}
