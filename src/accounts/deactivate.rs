//! Deactivate: somebody closes their own account, and is forgotten if they want.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use secrecy::SecretString;

use super::close::{Closed, close};
use super::confirm::{ConfirmRefusal, confirm};
use super::model::User;
use super::passwords::Passwords;
use super::queries;
use crate::db::Db;
use crate::error::{ActionError, Error, Outcome, Refusal};
use crate::ids::UserId;

/// Why an account stays open. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeactivateRefusal {
    /// Whoever asks does not know its password.
    #[error(transparent)]
    Confirm(#[from] ConfirmRefusal),
    /// The shop would have nobody to run it.
    #[error("This is the shop's last administrator: make another one first.")]
    LastAdmin,
}

impl Refusal for DeactivateRefusal {}

/// Closes the account of whoever asks, and ends all its sessions. A log-in or refresh that goes on meanwhile either ends
/// with them or fails. Doing it again changes nothing.
pub async fn deactivate(
    db: &Db,
    passwords: &Passwords,
    now: DateTime<Utc>,
    id: UserId,
    password: SecretString,
    erase: bool,
) -> Outcome<User, DeactivateRefusal> {
    let known = queries::users_by_ids(&*db.get().await?, &[id]).await?.pop().ok_or(Error::AccountGone)?;
    if !known.is_living() && (!erase || known.erased_at.is_some()) {
        return Ok(known);
    }
    let current = confirm(db, passwords, id, password).await.map_err(ActionError::of)?;
    let mut conn = db.work().await?;
    conn.transaction(async |conn| {
        let user = queries::lock_users(conn, &[id]).await?.pop().ok_or(Error::AccountGone)?;
        // The password may have been changed while this one was being checked.
        if queries::password_hash(conn, id).await?.flatten().as_ref() != Some(&current) {
            return Err(DeactivateRefusal::Confirm(ConfirmRefusal::WrongPassword).into());
        }
        match close(conn, user, erase, id, now).await? {
            Closed::Done(user) => Ok(user),
            Closed::LastAdmin => Err(DeactivateRefusal::LastAdmin.into()),
        }
    })
    .await
}
