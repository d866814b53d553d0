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
use crate::error::{Error, Outcome, Refusal};
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
///
/// A hash that was made with other parameters than are used now is replaced on the way.
pub async fn sign_in(
    db: &Db,
    passwords: &Passwords,
    tokens: &TokenKeys,
    now: DateTime<Utc>,
    email: &str,
    password: SecretString,
) -> Outcome<Session, SignInRefusal> {
    let email = Email::parse(email).ok();
    // A hash that was replaced while the password was checked, by another log-in, does not make it wrong.
    for _ in 0..2 {
        let known = match &email {
            Some(email) => queries::credentials_by_email(&*db.get().await?, email).await?,
            None => None,
        };
        let (user, stored) = known.unzip();
        let stored = stored.flatten();
        let right = passwords.verify(password.clone(), stored.clone()).await?;
        let (true, Some(user), Some(stored)) = (right, user, stored) else {
            return Err(SignInRefusal::InvalidCredentials.into());
        };
        let mut conn = db.work().await?;
        let opened = conn.transaction(async |conn| {
            let Some(user) = still(conn, user, &stored).await? else { return Ok(None) };
            Ok::<_, Error>(Some(open_session(conn, tokens, now, user).await?))
        });
        let Some(session) = opened.await? else { continue };
        drop(conn);
        if passwords.is_outdated(&stored) {
            replace(db, passwords, session.user.id, &stored, password).await;
        }
        return Ok(session);
    }
    Err(SignInRefusal::InvalidCredentials.into())
}

/// Replaces a hash, unless it is another by now. Nobody is kept out because that fails: the next log-in tries again.
async fn replace(db: &Db, passwords: &Passwords, user: UserId, stored: &str, password: SecretString) {
    let replaced = async {
        let hash = passwords.hash_anew(password).await?;
        diesel::update(users::table.find(user))
            .filter(users::password_hash.eq(stored))
            .set(users::password_hash.eq(hash))
            .execute(&mut &*db.get().await?)
            .await?;
        Ok::<_, Error>(())
    };
    if let Err(error) = replaced.await {
        tracing::warn!(%error, "a password's hash could not be brought up to date");
    }
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
