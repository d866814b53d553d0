//! Letters to accounts: what verbs ask for, and what the job that sends them has to know.
//!
//! A verb only writes down that a letter is due. The account is looked up and the token made when the letter is sent: so a
//! request for an address without an account is as much work as any other, and the queue holds no secret.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::mailed_token::{Addressee, Purpose, issue};
use crate::db::schema::users;
use crate::ids::{JobId, UserId};
use crate::queue::Job;

/// A letter that is due.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum AccountLetter {
    /// The link that proves the account's address.
    VerifyEmail { user: Uuid },
    /// The link that gives the account a new address, to the new one. It is sent while the account has the password that
    /// this digest stands for.
    ChangeEmail { user: Uuid, email: String, password_digest: Vec<u8> },
    /// Word to the account's former address.
    EmailChanged { user: Uuid, former: String },
    /// The link for a new password, if there is an account with the address.
    ResetPassword { email: String },
    /// Word that the password is a new one.
    PasswordChanged { user: Uuid },
}

impl Job for AccountLetter {
    const KIND: &'static str = "account_letter";

    /// Letters that somebody asks for are asked for again by the impatient, and by those who want to fill the queue.
    fn unique_key(&self) -> Option<String> {
        match self {
            Self::VerifyEmail { user } => Some(format!("verify_email {user}")),
            Self::ChangeEmail { user, email, .. } => Some(format!("change_email {user} {email}")),
            Self::ResetPassword { email } => Some(format!("reset_password {email}")),
            Self::EmailChanged { .. } | Self::PasswordChanged { .. } => None,
        }
    }
}

/// A letter that can be sent. No `Debug`: there may be a token in it.
pub struct Ready {
    /// Where to.
    pub to: String,
    /// What to call whom it goes to, once the address is known to be theirs.
    pub name: Option<String>,
    /// What it says.
    pub contents: Contents,
}

/// What a letter says.
pub enum Contents {
    /// The token that proves the address.
    VerifyEmail(String),
    /// The token that makes the address the account's.
    ChangeEmail(String),
    /// Another account has the address.
    EmailTaken,
    /// The account has another address.
    EmailChanged,
    /// The token for a new password.
    ResetPassword(String),
    /// The password is a new one.
    PasswordChanged,
}

/// Makes a letter ready; none when there is nobody to write to, nothing to say any more, or too much was said of late.
pub async fn prepare(
    conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    job: JobId,
    letter: AccountLetter,
) -> QueryResult<Option<Ready>> {
    let ready = |to: String, name, contents| Some(Ready { to, name, contents });
    Ok(match letter {
        AccountLetter::VerifyEmail { user } => {
            let Some(account) = by_id(conn, user).await? else { return Ok(None) };
            if account.email_verified_at.is_some() {
                return Ok(None);
            }
            let token = issue(conn, now, job, Purpose::VerifyEmail, &account, &account.email).await?;
            token.and_then(|token| ready(account.email, None, Contents::VerifyEmail(token)))
        }
        AccountLetter::ChangeEmail { user, email, password_digest } => {
            let Some(account) = by_id(conn, user).await? else { return Ok(None) };
            if account.password_digest() != password_digest || account.email == email {
                return Ok(None);
            }
            // Counted, too, when the address is taken: the one who has it is not to be pestered.
            let token = issue(conn, now, job, Purpose::ChangeEmail, &account, &email).await?;
            let Some(token) = token else { return Ok(None) };
            match by_email(conn, &email).await? {
                Some(owner) => ready(email, owner.proven_name(), Contents::EmailTaken),
                None => ready(email, None, Contents::ChangeEmail(token)),
            }
        }
        AccountLetter::EmailChanged { user, former } => by_id(conn, user)
            .await?
            .and_then(|account| ready(former, account.proven_name(), Contents::EmailChanged)),
        AccountLetter::ResetPassword { email } => {
            let Some(account) = by_email(conn, &email).await? else { return Ok(None) };
            let token = issue(conn, now, job, Purpose::ResetPassword, &account, &email).await?;
            let name = account.proven_name();
            token.and_then(|token| ready(email, name, Contents::ResetPassword(token)))
        }
        AccountLetter::PasswordChanged { user } => by_id(conn, user).await?.and_then(|account| {
            let name = account.proven_name();
            ready(account.email, name, Contents::PasswordChanged)
        }),
    })
}

async fn by_id(mut conn: &AsyncPgConnection, user: Uuid) -> QueryResult<Option<Addressee>> {
    users::table
        .find(UserId(user))
        .filter(users::deleted_at.is_null())
        .select(Addressee::as_select())
        .first(&mut conn)
        .await
        .optional()
}

async fn by_email(mut conn: &AsyncPgConnection, email: &str) -> QueryResult<Option<Addressee>> {
    users::table
        .filter(users::email.eq(email))
        .filter(users::deleted_at.is_null())
        .select(Addressee::as_select())
        .first(&mut conn)
        .await
        .optional()
}
