//! Change password: another one for an account, by whoever knows the one it has.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use secrecy::SecretString;

use super::confirm::{ConfirmRefusal, confirm};
use super::end_sessions::{Ending, end_sessions};
use super::events::{AccountEventKind, append};
use super::letters::AccountLetter;
use super::model::User;
use super::passwords::{PasswordError, Passwords};
use super::permissions::SignedIn;
use super::queries;
use crate::db::Db;
use crate::db::schema::users;
use crate::error::{ActionError, Error, Outcome, Refusal};
use crate::queue::enqueue;

/// A password and the one to take its place.
pub struct PasswordChange {
    /// What the account signs in with.
    pub current: SecretString,
    /// What it is to sign in with.
    pub new: SecretString,
}

/// Why the password stays. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangePasswordRefusal {
    /// The current one is another, or is another by now.
    #[error(transparent)]
    Confirm(#[from] ConfirmRefusal),
    /// No password to take.
    #[error("Choose another password: {0}.")]
    New(#[from] PasswordError),
}

impl Refusal for ChangePasswordRefusal {}

/// Gives the account another password and ends all its sessions but the one that asks: whoever else got in by the old one
/// is out. A log-in with the old one that goes on meanwhile either ends with them or fails. Wake the worker then: its owner gets
/// word.
pub async fn change_password(
    db: &Db,
    passwords: &Passwords,
    now: DateTime<Utc>,
    viewer: SignedIn,
    change: PasswordChange,
) -> Outcome<User, ChangePasswordRefusal> {
    let new = passwords.accept(change.new).map_err(ChangePasswordRefusal::New)?;
    let current = confirm(db, passwords, viewer.user_id, change.current).await.map_err(ActionError::of)?;
    let known = queries::users_by_ids(&*db.get().await?, &[viewer.user_id]).await?;
    let account = known.into_iter().next().ok_or(Error::AccountGone)?;
    let new = new.of(&account.email, &account.name).map_err(ChangePasswordRefusal::New)?;
    let new = passwords.hash(new).await?;
    let mut conn = db.work().await?;
    conn.transaction(async |conn| {
        let changed = replace(conn, viewer, &current, &new).await?;
        let user = changed.ok_or(ChangePasswordRefusal::Confirm(ConfirmRefusal::WrongPassword))?;
        end_sessions(conn, Ending::AllBut(viewer.user_id, viewer.session_id), now).await?;
        append(conn, viewer.user_id, Some(viewer.user_id), AccountEventKind::PasswordChanged).await?;
        enqueue(conn, &AccountLetter::PasswordChanged { user: viewer.user_id.0 }).await?;
        Ok(user)
    })
    .await
}

/// Writes the new hash where the old one still is.
async fn replace(
    mut conn: &AsyncPgConnection,
    viewer: SignedIn,
    current: &str,
    new: &str,
) -> QueryResult<Option<User>> {
    diesel::update(users::table.find(viewer.user_id))
        .filter(users::password_hash.eq(current))
        .filter(users::deleted_at.is_null())
        .set(users::password_hash.eq(new))
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await
        .optional()
}
