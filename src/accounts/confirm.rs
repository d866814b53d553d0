//! Confirm: whoever is signed in proves once more that they know the password, before something that cannot be taken back.

use secrecy::SecretString;

use super::passwords::Passwords;
use super::queries;
use crate::db::Db;
use crate::error::{Error, Outcome, Refusal};
use crate::ids::UserId;

/// Why nothing was confirmed. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmRefusal {
    /// It is another password.
    #[error("This is not the password of your account.")]
    WrongPassword,
}

impl Refusal for ConfirmRefusal {}

/// The hash that the password fits. Whoever writes by it makes sure that it still is the account's: hashing takes a while.
pub(super) async fn confirm(
    db: &Db,
    passwords: &Passwords,
    user: UserId,
    password: SecretString,
) -> Outcome<String, ConfirmRefusal> {
    let known = queries::password_hash(&*db.get().await?, user).await?.ok_or(Error::AccountGone)?;
    let right = passwords.verify(password, known.clone()).await?;
    known.filter(|_| right).ok_or_else(|| ConfirmRefusal::WrongPassword.into())
}
