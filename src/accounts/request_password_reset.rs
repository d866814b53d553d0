//! Request a password reset: the letter with the link for a new password.

use diesel_async::AsyncPgConnection;

use super::email::{Email, EmailError};
use super::letters::AccountLetter;
use crate::error::{Outcome, Refusal};
use crate::queue::enqueue;

impl Refusal for EmailError {}

/// Has the letter sent if there is an account with the address: a job looks that up, and how often the account was written to
/// of late. The work is the same in any case, and so is its time. Wake the worker then.
pub async fn request_password_reset(conn: &AsyncPgConnection, email: &str) -> Outcome<(), EmailError> {
    let email = Email::parse(email)?.as_str().to_owned();
    Ok(enqueue(conn, &AccountLetter::ResetPassword { email }).await?)
}
