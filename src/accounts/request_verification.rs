//! Request verification: the letter that proves an account's address, once more.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::letters::AccountLetter;
use super::mailed_token::{Purpose, has_enough};
use super::model::User;
use super::queries;
use crate::error::{Error, Outcome, Refusal};
use crate::ids::UserId;
use crate::queue::enqueue;

/// Why no letter is sent. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerificationRefusal {
    /// They were sent some already.
    #[error("You were sent several of these letters within an hour: look into them, or come back later.")]
    TooMany,
}

impl Refusal for VerificationRefusal {}

/// Has the letter sent, unless the address is verified already. Wake the worker then.
pub async fn request_verification(
    conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    user: UserId,
) -> Outcome<User, VerificationRefusal> {
    let user = queries::users_by_ids(conn, &[user]).await?.pop().filter(User::is_living);
    let user = user.ok_or(Error::AccountGone)?;
    if user.email_verified_at.is_none() {
        if has_enough(conn, user.id, &user.email, Purpose::VerifyEmail, now, None).await? {
            return Err(VerificationRefusal::TooMany.into());
        }
        enqueue(conn, &AccountLetter::VerifyEmail { user: user.id.0 }).await?;
    }
    Ok(user)
}
