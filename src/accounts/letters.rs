//! Letters to accounts: what verbs ask for, and what the job that sends them has to know.
//!
//! A verb only writes down that a letter is due. The account is looked up and the token made when the letter is sent: so a
//! request for an address without an account is as much work as any other, and the queue holds no secret.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::mailed_token::{Addressee, Purpose, issue};
use crate::db::schema::users;
use crate::ids::{JobId, UserId};
use crate::queue::{Job, strike_out};

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
            // With the password: a letter that was asked for by the one before is not sent any more, and stands in for none.
            Self::ChangeEmail { user, email, password_digest } => Some(format!(
                "change_email {user} {email} {}",
                BASE64_URL_SAFE_NO_PAD.encode(password_digest)
            )),
            // Each request for a password writes a row, whether there is an account or not: were one that waits enough, the
            // time of the next request would tell.
            Self::ResetPassword { .. } | Self::EmailChanged { .. } | Self::PasswordChanged { .. } => None,
        }
    }

    fn subject(&self) -> Option<String> {
        let to = |letter: &str, user: &Uuid| Some(format!("{letter} to {}", UserId(*user)));
        match self {
            Self::VerifyEmail { user } => to("verify_email", user),
            Self::ChangeEmail { user, .. } => to("change_email", user),
            Self::EmailChanged { user, .. } => to("email_changed", user),
            Self::PasswordChanged { user } => to("password_changed", user),
            // Whether there is an account is not known.
            Self::ResetPassword { .. } => Some("reset_password".to_owned()),
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

/// Makes a letter ready; none when there is nobody to write to, nothing to say any more, or too much was said of late. Holds the
/// account's row meanwhile: an erasure comes before, and there is nobody, or after, and finds what was written down.
pub async fn prepare(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    job: JobId,
    letter: AccountLetter,
) -> QueryResult<Option<Ready>> {
    conn.transaction(async |conn| ready(conn, now, job, letter).await).await
}

async fn ready(
    conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    job: JobId,
    letter: AccountLetter,
) -> QueryResult<Option<Ready>> {
    let to = |to: String, name, contents| Ok(Some(Ready { to, name, contents }));
    match letter {
        AccountLetter::VerifyEmail { user } => {
            let Some(account) = by_id(conn, user).await?.filter(Addressee::is_living) else {
                return Ok(None);
            };
            if account.email_verified_at.is_some() {
                return Ok(None);
            }
            let token = issue(conn, now, job, Purpose::VerifyEmail, &account, &account.email).await?;
            let Some(token) = token else { return Ok(None) };
            to(account.email, None, Contents::VerifyEmail(token))
        }
        AccountLetter::ChangeEmail { user, email, password_digest } => {
            let Some(account) = by_id(conn, user).await?.filter(Addressee::is_living) else {
                return Ok(None);
            };
            if account.password_digest() != password_digest || account.email == email {
                return Ok(None);
            }
            // Counted, too, when the address is taken: the one who has it is not to be pestered.
            let token = issue(conn, now, job, Purpose::ChangeEmail, &account, &email).await?;
            let Some(token) = token else { return Ok(None) };
            match owner(conn, &email).await? {
                Some(owner) => to(email, owner.proven_name(), Contents::EmailTaken),
                None => to(email, None, Contents::ChangeEmail(token)),
            }
        }
        AccountLetter::EmailChanged { user, former } => {
            // Whatever became of the account: whoever took it may have closed it.
            let Some(account) = by_id(conn, user).await? else { return Ok(None) };
            let counted = issue(conn, now, job, Purpose::Notice, &account, &former).await?;
            if counted.is_none() {
                return Ok(None);
            }
            to(former, account.proven_name(), Contents::EmailChanged)
        }
        AccountLetter::ResetPassword { email } => {
            let Some(account) = by_email(conn, &email).await? else { return Ok(None) };
            let token = issue(conn, now, job, Purpose::ResetPassword, &account, &email).await?;
            let Some(token) = token else { return Ok(None) };
            to(email, account.proven_name(), Contents::ResetPassword(token))
        }
        AccountLetter::PasswordChanged { user } => {
            let Some(account) = by_id(conn, user).await?.filter(|account| !account.is_erased()) else {
                return Ok(None);
            };
            let counted = issue(conn, now, job, Purpose::Notice, &account, &account.email).await?;
            if counted.is_none() {
                return Ok(None);
            }
            let name = account.proven_name();
            to(account.email, name, Contents::PasswordChanged)
        }
    }
}

/// Takes out of the queue what tells where an account's letters go, in the transaction that erases it. Word to a former address
/// that still waits goes out: whoever took an account does not keep its owner from learning of it. So do letters that are
/// on their way; a job that is done keeps nothing.
pub(super) async fn forget(conn: &AsyncPgConnection, user: UserId, email: &str) -> QueryResult<()> {
    let of_user = |letter: &str| json!({ "letter": letter, "user": user.0 });
    let reset = json!({ "letter": "reset_password", "email": email });
    let mut waiting = ["verify_email", "change_email", "password_changed"].map(of_user).to_vec();
    // The address may be another account's by now, which gets its letter.
    if owner(conn, email).await?.is_none_or(|owner| owner.id == user) {
        waiting.push(reset.clone());
    }
    strike_out::<AccountLetter>(conn, &waiting, &[json!({ "user": user.0 }), reset]).await
}

/// The account, closed or not, held until the transaction ends.
async fn by_id(mut conn: &AsyncPgConnection, user: Uuid) -> QueryResult<Option<Addressee>> {
    users::table
        .find(UserId(user))
        .select(Addressee::as_select())
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()
}

/// The living account with this address, held until the transaction ends.
async fn by_email(mut conn: &AsyncPgConnection, email: &str) -> QueryResult<Option<Addressee>> {
    living(email).for_no_key_update().first(&mut conn).await.optional()
}

/// The living account with this address, as it is now.
async fn owner(mut conn: &AsyncPgConnection, email: &str) -> QueryResult<Option<Addressee>> {
    living(email).first(&mut conn).await.optional()
}

#[diesel::dsl::auto_type]
fn living<'a>(email: &'a str) -> _ {
    let fields: diesel::dsl::AsSelect<Addressee, diesel::pg::Pg> = Addressee::as_select();
    users::table.filter(users::email.eq(email)).filter(users::deleted_at.is_null()).select(fields)
}
