//! Tokens in mails: random, sent to one address, stored only as a hash, good for one thing and not for long.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{count, exists};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::db::schema::{mailed_tokens, users};
use crate::ids::{JobId, UserId};
use crate::secrets::{is_like_a_token, random_token, sha256};

/// How many letters of one purpose an account is sent within [`SPAN`], and how many an address, whichever accounts have them sent:
/// it may be a stranger's, and accounts come and go.
const MOST: i64 = 3;
const SPAN: TimeDelta = TimeDelta::hours(1);

/// What a letter's link holds. It has no `Debug`, so that it cannot get into a log.
pub struct MailedToken(SecretString);

impl MailedToken {
    /// Reads one as clients send it; none when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_like_a_token(text).then(|| Self(text.into()))
    }

    fn hash(&self) -> Vec<u8> {
        sha256(self.0.expose_secret().as_bytes()).to_vec()
    }
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Proving that the account's address is its owner's.
    VerifyEmail,
    /// Giving the account the address that it was sent to.
    ChangeEmail,
    /// Setting a new password.
    ResetPassword,
    /// Nothing: the letter tells of something, has no link, and is counted like those that have one.
    Notice,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
            Self::Notice => "notice",
        }
    }

    fn lifetime(self) -> TimeDelta {
        match self {
            Self::VerifyEmail | Self::ChangeEmail => TimeDelta::hours(24),
            Self::ResetPassword => TimeDelta::hours(1),
            Self::Notice => SPAN,
        }
    }
}

/// An account as those who write to it, or change it by what was written, see it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub(super) struct Addressee {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) password_hash: Option<String>,
    pub(super) email_verified_at: Option<DateTime<Utc>>,
    deleted_at: Option<DateTime<Utc>>,
    erased_at: Option<DateTime<Utc>>,
}

impl Addressee {
    /// Whether the account has not been closed.
    pub(super) fn is_living(&self) -> bool {
        self.deleted_at.is_none()
    }

    /// Whether the account's address is nobody's.
    pub(super) fn is_erased(&self) -> bool {
        self.erased_at.is_some()
    }

    /// What stands for the password that the account has.
    pub(super) fn password_digest(&self) -> Vec<u8> {
        digest_of(self.password_hash.as_deref())
    }

    /// What to call them in a letter: whoever entered an address that they cannot read has nothing to say to it.
    pub(super) fn proven_name(&self) -> Option<String> {
        self.email_verified_at.map(|_| self.name.clone())
    }
}

/// What stands for a password in rows and jobs: nothing can be learnt from it but whether it is the same.
pub(super) fn digest_of(password_hash: Option<&str>) -> Vec<u8> {
    sha256(password_hash.unwrap_or_default().as_bytes()).to_vec()
}

/// A token that was sent and is not void, as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = mailed_tokens, check_for_backend(diesel::pg::Pg))]
pub(super) struct Sent {
    #[diesel(select_expression = mailed_tokens::user_id.assume_not_null())]
    pub(super) user_id: UserId,
    purpose: String,
    #[diesel(select_expression = mailed_tokens::email.assume_not_null())]
    pub(super) email: String,
    pub(super) password_digest: Vec<u8>,
    job_id: JobId,
    created_at: DateTime<Utc>,
    pub(super) used_at: Option<DateTime<Utc>>,
}

impl Sent {
    pub(super) fn is_for(&self, purpose: Purpose) -> bool {
        self.purpose == purpose.as_str()
    }
}

/// What stands for an address where letters are counted.
fn digest_of_address(email: &str) -> Vec<u8> {
    sha256(email.as_bytes()).to_vec()
}

/// Whether as many letters of this purpose as there may be were sent of late: for the account, or to the address.
pub(super) async fn has_enough(
    mut conn: &AsyncPgConnection,
    user: UserId,
    email: &str,
    purpose: Purpose,
    now: DateTime<Utc>,
    but: Option<JobId>,
) -> QueryResult<bool> {
    let recent = || {
        mailed_tokens::table
            .filter(mailed_tokens::purpose.eq(purpose.as_str()))
            .filter(mailed_tokens::created_at.gt(now - SPAN))
            .filter(mailed_tokens::job_id.ne(but.unwrap_or(JobId(Uuid::nil()))))
            .select(count(mailed_tokens::job_id).aggregate_distinct())
    };
    let of_account: i64 = recent().filter(mailed_tokens::user_id.eq(user)).get_result(&mut conn).await?;
    let address = digest_of_address(email);
    let to_address: i64 =
        recent().filter(mailed_tokens::address_digest.eq(address)).get_result(&mut conn).await?;
    Ok(of_account >= MOST || to_address >= MOST)
}

/// A new token for this account, to be sent to this address; none when enough was sent of late. A job that tries again gets
/// another one: the first may have arrived. Belongs into a transaction that holds the account's row: of letters to one
/// address, one is counted at a time.
pub(super) async fn issue(
    mut conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    job: JobId,
    purpose: Purpose,
    to: &Addressee,
    email: &str,
) -> QueryResult<Option<String>> {
    let address = digest_of_address(email);
    let lock = address.iter().take(size_of::<i64>()).fold(0, |lock, byte| lock << 8 | i64::from(*byte));
    sql_query("SELECT pg_advisory_xact_lock($1)").bind::<BigInt, _>(lock).execute(&mut conn).await?;
    if has_enough(conn, to.id, email, purpose, now, Some(job)).await? {
        return Ok(None);
    }
    let token = random_token();
    diesel::insert_into(mailed_tokens::table)
        .values((
            mailed_tokens::token_hash.eq(sha256(token.as_bytes()).to_vec()),
            mailed_tokens::user_id.eq(to.id),
            mailed_tokens::purpose.eq(purpose.as_str()),
            // A notice's row is void from the start: it is there for the count, also of an account that was erased.
            mailed_tokens::email.eq((purpose != Purpose::Notice).then_some(email)),
            mailed_tokens::password_digest.eq(to.password_digest()),
            mailed_tokens::job_id.eq(job),
            mailed_tokens::created_at.eq(now),
            mailed_tokens::expires_at.eq(now + purpose.lifetime()),
            mailed_tokens::address_digest.eq(address),
        ))
        .execute(&mut conn)
        .await?;
    Ok(Some(token))
}

/// Makes void what was sent for the account to any other address than this one. The rows stay, for the count.
pub(super) async fn void_all_but(mut conn: &AsyncPgConnection, user: UserId, email: &str) -> QueryResult<()> {
    diesel::update(mailed_tokens::table)
        .filter(mailed_tokens::user_id.eq(user))
        .filter(mailed_tokens::email.ne(email))
        .set(mailed_tokens::email.eq(None::<String>))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Takes from the rows whose they were and where they went. They stay, for the count.
pub(super) async fn forget(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::update(mailed_tokens::table.filter(mailed_tokens::user_id.eq(user)))
        .set((mailed_tokens::user_id.eq(None::<UserId>), mailed_tokens::email.eq(None::<String>)))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The token as it was sent, unless it is unknown, void, has expired, or is for something else.
pub(super) async fn find(
    mut conn: &AsyncPgConnection,
    token: &MailedToken,
    purposes: &[Purpose],
    now: DateTime<Utc>,
) -> QueryResult<Option<Sent>> {
    let purposes: Vec<&str> = purposes.iter().map(|purpose| purpose.as_str()).collect();
    mailed_tokens::table
        .find(token.hash())
        .filter(mailed_tokens::purpose.eq_any(purposes))
        .filter(mailed_tokens::expires_at.gt(now))
        .filter(mailed_tokens::user_id.is_not_null().and(mailed_tokens::email.is_not_null()))
        .select(Sent::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Whether a later letter of the same purpose was sent to the account.
pub(super) async fn is_outdated(mut conn: &AsyncPgConnection, sent: &Sent) -> QueryResult<bool> {
    let later = mailed_tokens::table
        .filter(mailed_tokens::user_id.eq(sent.user_id))
        .filter(mailed_tokens::purpose.eq(&sent.purpose))
        .filter(mailed_tokens::job_id.ne(sent.job_id))
        .filter(mailed_tokens::created_at.gt(sent.created_at));
    diesel::select(exists(later)).get_result(&mut conn).await
}

/// Notes that the token was used. Belongs into the transaction of what it was used for, which holds the account's row.
pub(super) async fn spend(
    mut conn: &AsyncPgConnection,
    token: &MailedToken,
    now: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(mailed_tokens::table.find(token.hash()))
        .set(mailed_tokens::used_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The living account, held until the transaction ends: of all who come with tokens of one account, one goes at a time.
pub(super) async fn hold(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<Addressee>> {
    users::table
        .find(user)
        .filter(users::deleted_at.is_null())
        .select(Addressee::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()
}
