//! Reset a password: a new one for whoever shows the token that was sent to the account's address.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use secrecy::SecretString;

use super::end_sessions::{Ending, end_sessions};
use super::events::{AccountEventKind, append};
use super::letters::AccountLetter;
use super::mailed_token::{Addressee, MailedToken, Purpose, find, hold, spend};
use super::model::User;
use super::passwords::{PasswordError, Passwords};
use super::queries;
use super::verify_email::EmailVerified;
use crate::db::Db;
use crate::db::schema::users;
use crate::error::{Outcome, Refusal};
use crate::queue::enqueue;

/// Why the password stays. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResetPasswordRefusal {
    /// Unknown, used, expired, or overtaken by what has happened since.
    #[error("This link is not good, or no longer: ask for a new one.")]
    TokenInvalid,
    /// No password to take.
    #[error("Choose another password: {0}.")]
    Password(#[from] PasswordError),
}

impl Refusal for ResetPasswordRefusal {}

/// Sets the password, once, and ends every session: whoever else knew the old one is out. Other tokens for a new password or
/// a new address are void with the old password. It proves the address as well. Wake the worker then.
pub async fn reset_password(
    db: &Db,
    passwords: &Passwords,
    now: DateTime<Utc>,
    token: &MailedToken,
    password: SecretString,
) -> Outcome<User, ResetPasswordRefusal> {
    let password = passwords.accept(password).map_err(ResetPasswordRefusal::Password)?;
    // Before anything is hashed: that is dear, and whoever has no token gets none of it.
    let known = find(&*db.get().await?, token, &[Purpose::ResetPassword], now).await?;
    let user = known.ok_or(ResetPasswordRefusal::TokenInvalid)?.user_id;
    let account = queries::users_by_ids(&*db.get().await?, &[user]).await?.into_iter().next();
    let account = account.ok_or(ResetPasswordRefusal::TokenInvalid)?;
    let password = password.of(&account.email, &account.name).map_err(ResetPasswordRefusal::Password)?;
    let hash = passwords.hash(password).await?;
    let mut conn = db.work().await?;
    conn.transaction(async |conn| {
        let account = hold(conn, user).await?.ok_or(ResetPasswordRefusal::TokenInvalid)?;
        let sent = find(conn, token, &[Purpose::ResetPassword], now).await?;
        let good = sent.is_some_and(|sent| {
            sent.used_at.is_none()
                && sent.email == account.email
                && sent.password_digest == account.password_digest()
        });
        if !good {
            return Err(ResetPasswordRefusal::TokenInvalid.into());
        }
        spend(conn, token, now).await?;
        let user = set(conn, &account, &hash, now).await?;
        end_sessions(conn, Ending::AllOf(user.id), now).await?;
        append(conn, user.id, Some(user.id), AccountEventKind::PasswordChanged).await?;
        enqueue(conn, &AccountLetter::PasswordChanged { user: user.id.0 }).await?;
        if account.email_verified_at.is_none() {
            EmailVerified::tell(conn, user.id).await?;
        }
        Ok(user)
    })
    .await
}

async fn set(
    mut conn: &AsyncPgConnection,
    account: &Addressee,
    hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<User> {
    let proven =
        sql::<Nullable<Timestamptz>>("coalesce(email_verified_at, ").bind::<Timestamptz, _>(now).sql(")");
    diesel::update(users::table.find(account.id))
        .set((users::password_hash.eq(hash), users::email_verified_at.eq(proven)))
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await
}
