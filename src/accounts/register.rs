//! Register: a new account, signed in at once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::DecoratableTarget;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use secrecy::SecretString;

use super::announce;
use super::email::{Email, EmailError};
use super::letters::AccountLetter;
use super::model::{NameError, NewUser, User, parse_name};
use super::passwords::{NewPassword, PasswordError, Passwords};
use super::permissions::Role;
use super::session::{Session, open_session};
use super::tokens::TokenKeys;
use crate::db::Db;
use crate::db::schema::users;
use crate::error::{ActionError, Outcome, Refusal, violated_constraint};
use crate::ids::UserId;
use crate::queue::enqueue;

/// What someone enters to get an account.
pub struct Registration {
    /// Where to write to them.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// What they will sign in with.
    pub password: SecretString,
}

/// Why there is no new account. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegisterRefusal {
    /// No address to write to.
    #[error("Check the e-mail address: {0}.")]
    Email(#[from] EmailError),
    /// A living account has the address.
    #[error("There is an account with this e-mail address already; sign in instead.")]
    EmailTaken,
    /// Nothing to call them.
    #[error("Check the name: {0}.")]
    Name(#[from] NameError),
    /// No password to take.
    #[error("Choose another password: {0}.")]
    Password(#[from] PasswordError),
}

impl Refusal for RegisterRefusal {}

/// Makes an account for a customer, opens its first session, and has a letter sent to the address that proves whose it is;
/// all of it is there afterwards or nothing. Wake the worker then.
pub async fn register(
    db: &Db,
    passwords: &Passwords,
    tokens: &TokenKeys,
    now: DateTime<Utc>,
    registration: Registration,
) -> Outcome<Session, RegisterRefusal> {
    let candidate = Candidate::check(passwords, registration)?.with_hash(passwords).await?;
    let mut conn = db.work().await?;
    conn.transaction(async |conn| {
        let user = insert(conn, &candidate, &[Role::Customer], None).await?;
        enqueue(conn, &AccountLetter::VerifyEmail { user: user.id.0 }).await?;
        announce::registered(conn, user.id).await?;
        Ok(open_session(conn, tokens, now, user).await?)
    })
    .await
}

/// An account that could be made, with its password as `P`: as entered, then hashed.
pub(super) struct Candidate<P> {
    email: Email,
    name: String,
    password: P,
}

impl Candidate<NewPassword> {
    /// Checks everything that can be checked without the database, and names all that is wrong.
    pub(super) fn check(passwords: &Passwords, registration: Registration) -> Outcome<Self, RegisterRefusal> {
        let mut wrong = Vec::new();
        let email = Email::parse(&registration.email).map_err(|error| wrong.push(error.into())).ok();
        let name = parse_name(&registration.name).map_err(|error| wrong.push(error.into())).ok();
        let password = passwords.accept(registration.password).map_err(|error| wrong.push(error.into())).ok();
        let password = match (&email, name, password) {
            (Some(email), Some(name), Some(password)) => {
                password.of(email.as_str(), name).map_err(|error| wrong.push(error.into())).ok()
            }
            (_, _, password) => password,
        };
        match (email, name, password) {
            (Some(email), Some(name), Some(password)) => Ok(Self { email, name: name.to_owned(), password }),
            _ => Err(ActionError::Refused(wrong)),
        }
    }

    /// Hashes the password.
    pub(super) async fn with_hash(self, passwords: &Passwords) -> crate::error::Result<Candidate<String>> {
        let password = passwords.hash(self.password).await?;
        Ok(Candidate { email: self.email, name: self.name, password })
    }
}

/// Writes the account down, with its address proved at that moment or not yet; of two for one address the second is refused.
pub(super) async fn insert(
    mut conn: &AsyncPgConnection,
    candidate: &Candidate<String>,
    roles: &[Role],
    email_verified_at: Option<DateTime<Utc>>,
) -> Outcome<User, RegisterRefusal> {
    let inserted = diesel::insert_into(users::table)
        .values(NewUser {
            id: UserId::new(),
            email: candidate.email.as_str(),
            name: &candidate.name,
            password_hash: &candidate.password,
            roles: roles.iter().map(|role| role.as_str()).collect(),
            email_verified_at,
        })
        // No error where the address is taken: PostgreSQL's log would have it.
        .on_conflict(users::email)
        .filter_target(users::deleted_at.is_null())
        .do_nothing()
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await
        .optional();
    match inserted {
        Ok(user) => user.ok_or_else(|| RegisterRefusal::EmailTaken.into()),
        // PostgreSQL and we disagree about what lower case is, in some script that one of us does not know.
        Err(error) if violated_constraint(&error) == Some("users_email_normalised") => {
            Err(RegisterRefusal::Email(EmailError::Malformed).into())
        }
        Err(error) => Err(error.into()),
    }
}
