//! Verify an e-mail address: whoever shows the token that was sent to it reads what is sent there.
//!
//! Of a first address that makes it the account's proven one; of another, for which the owner has asked, it makes it the
//! account's in the first place.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::letters::AccountLetter;
use super::mailed_token::{self, Addressee, MailedToken, Purpose, Sent, find, hold, spend};
use super::model::User;
use crate::db::schema::users;
use crate::error::{Error, Outcome, Refusal, violated_constraint};
use crate::ids::UserId;
use crate::queue::{Job, enqueue};

/// Longer than any order takes to be placed.
const ANY_ORDER: Duration = Duration::from_mins(2);

/// Why nothing was verified. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyEmailRefusal {
    /// Unknown, used, expired, or overtaken by what has happened since.
    #[error("This link is not good, or no longer: ask for a new one.")]
    TokenInvalid,
    /// Somebody made an account with the new address meanwhile.
    #[error("There is another account with this e-mail address by now.")]
    EmailTaken,
}

impl Refusal for VerifyEmailRefusal {}

/// An account has a proven address: what other domains keep for the address is its own. Told twice, at once and `again`
/// when all that was under way at the time has come to its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmailVerified {
    /// Which account.
    pub user: Uuid,
    /// Whether this is the second time.
    pub again: bool,
}

impl EmailVerified {
    /// Says so, in the transaction of the proof.
    pub(super) async fn tell(conn: &AsyncPgConnection, user: UserId) -> QueryResult<()> {
        for again in [false, true] {
            enqueue(conn, &Self { user: user.0, again }).await?;
        }
        Ok(())
    }
}

impl Job for EmailVerified {
    const KIND: &'static str = "email_verified";

    fn delay(&self) -> Duration {
        if self.again { ANY_ORDER } else { Duration::ZERO }
    }

    fn subject(&self) -> Option<String> {
        Some(format!("orders of guests for {}", UserId(self.user)))
    }
}

/// Takes the token. Shown a second time, by an impatient finger, it is answered alike as long as the account still has the
/// address. Wake the worker then.
pub async fn verify_email(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    token: &MailedToken,
) -> Outcome<User, VerifyEmailRefusal> {
    conn.transaction(async |conn| {
        let purposes = [Purpose::VerifyEmail, Purpose::ChangeEmail];
        let invalid = VerifyEmailRefusal::TokenInvalid;
        let user = find(conn, token, &purposes, now).await?.ok_or(invalid)?.user_id;
        let account = hold(conn, user).await?.ok_or(invalid)?;
        // As it is now that nobody else can use it.
        let sent = find(conn, token, &purposes, now).await?.ok_or(invalid)?;
        let has_it = account.email == sent.email;
        let user = if has_it && account.email_verified_at.is_some() {
            current(conn, user).await?
        } else if has_it {
            EmailVerified::tell(conn, user).await?;
            prove(conn, &account, &sent.email, now).await?
        } else {
            change(conn, now, &account, &sent).await?
        };
        spend(conn, token, now).await?;
        Ok(user)
    })
    .await
}

/// Gives the account the address that the token was sent to, if it was sent for that and nothing has come in between.
async fn change(
    conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    account: &Addressee,
    sent: &Sent,
) -> Outcome<User, VerifyEmailRefusal> {
    let good = sent.is_for(Purpose::ChangeEmail)
        && sent.used_at.is_none()
        && sent.password_digest == account.password_digest()
        && !mailed_token::is_outdated(conn, sent).await?;
    if !good {
        return Err(VerifyEmailRefusal::TokenInvalid.into());
    }
    // The index would say so as well, and PostgreSQL's log would have the address.
    if is_taken(conn, &sent.email).await? {
        return Err(VerifyEmailRefusal::EmailTaken.into());
    }
    let changed = prove(conn, account, &sent.email, now).await?;
    // What was sent to the old address, or to others that were thought of, is good for nothing any more.
    mailed_token::void_all_but(conn, account.id, &sent.email).await?;
    let former = account.email.clone();
    enqueue(conn, &AccountLetter::EmailChanged { user: account.id.0, former }).await?;
    EmailVerified::tell(conn, account.id).await?;
    Ok(changed)
}

async fn is_taken(mut conn: &AsyncPgConnection, email: &str) -> QueryResult<bool> {
    let living = users::table.filter(users::email.eq(email)).filter(users::deleted_at.is_null());
    diesel::select(exists(living)).get_result(&mut conn).await
}

/// Writes down that the account has this address, and that it is proven.
async fn prove(
    mut conn: &AsyncPgConnection,
    account: &Addressee,
    email: &str,
    now: DateTime<Utc>,
) -> Outcome<User, VerifyEmailRefusal> {
    diesel::update(users::table.find(account.id))
        .set((users::email.eq(email), users::email_verified_at.eq(now)))
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await
        .map_err(|error| match violated_constraint(&error) {
            Some("users_email_key") => VerifyEmailRefusal::EmailTaken.into(),
            _ => error.into(),
        })
}

async fn current(mut conn: &AsyncPgConnection, user: UserId) -> Result<User, Error> {
    Ok(users::table.find(user).select(User::as_select()).first(&mut conn).await?)
}
