//! Request an e-mail change: the letter that gives an account another address, to that address.

use secrecy::SecretString;

use super::confirm::{ConfirmRefusal, confirm};
use super::email::{Email, EmailError};
use super::letters::AccountLetter;
use super::mailed_token::digest_of;
use super::passwords::Passwords;
use crate::db::Db;
use crate::error::{ActionError, Outcome, Refusal};
use crate::ids::UserId;
use crate::queue::enqueue;

/// Why no letter is sent. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailChangeRefusal {
    /// It is not the account's password.
    #[error(transparent)]
    Confirm(#[from] ConfirmRefusal),
    /// No address to write to.
    #[error("Check the e-mail address: {0}.")]
    Email(#[from] EmailError),
}

impl Refusal for EmailChangeRefusal {}

/// Has the letter sent; until the link in it is followed the account keeps its address. Whether another account has the new
/// one is for its owner to know: they get another letter. Wake the worker then.
pub async fn request_email_change(
    db: &Db,
    passwords: &Passwords,
    user: UserId,
    email: &str,
    password: SecretString,
) -> Outcome<Email, EmailChangeRefusal> {
    let email = Email::parse(email).map_err(EmailChangeRefusal::Email)?;
    let hash = confirm(db, passwords, user, password).await.map_err(ActionError::of)?;
    let password_digest = digest_of(Some(&hash));
    let letter =
        AccountLetter::ChangeEmail { user: user.0, email: email.as_str().to_owned(), password_digest };
    enqueue(&*db.work().await?, &letter).await?;
    Ok(email)
}
