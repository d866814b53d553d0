//! Appoint: an account with a role, made or promoted, for those who run the server.
//!
//! There is no such thing in the API: whoever may do this has the machine.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use secrecy::SecretString;

use super::email::Email;
use super::model::User;
use super::passwords::Passwords;
use super::permissions::Role;
use super::register::{self, Candidate, RegisterRefusal, Registration};
use crate::db::Db;
use crate::db::schema::users;
use crate::error::{ActionError, Outcome, Refusal};

/// Who is to have which role.
pub struct Appointment {
    /// The account's address.
    pub email: String,
    /// What to call them, should the account have to be made.
    pub name: String,
    /// What they will sign in with, should the account have to be made; that of an account that exists stays.
    pub password: Option<SecretString>,
    /// What they become, besides what they are. A new account is a customer's too.
    pub role: Role,
}

/// What came of it.
#[derive(Debug)]
pub enum Appointed {
    /// There was no such account; now there is.
    Created(User),
    /// The account was there and has the role now, if it had not before.
    Existing(User),
}

/// Why nobody was appointed. The text is meant for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppointRefusal {
    /// The account does not exist and cannot be made without a password.
    #[error("There is no account with this e-mail address; to make one, a password is needed.")]
    PasswordMissing,
    /// The account does not exist and cannot be made as asked.
    #[error(transparent)]
    Account(#[from] RegisterRefusal),
}

impl Refusal for AppointRefusal {}

/// Gives the living account with this address the role, or makes one that has it. Doing it again changes nothing.
pub async fn appoint(
    db: &Db,
    passwords: &Passwords,
    appointment: Appointment,
) -> Outcome<Appointed, AppointRefusal> {
    let Appointment { email, name, password, role } = appointment;
    let address = Email::parse(&email).map_err(|error| AppointRefusal::Account(error.into()))?;
    if let Some(user) = grant(&*db.get().await?, &address, role).await? {
        return Ok(Appointed::Existing(user));
    }
    let password = password.ok_or(AppointRefusal::PasswordMissing)?;
    let candidate =
        Candidate::check(passwords, Registration { email, name, password }).map_err(of_account)?;
    let candidate = candidate.with_hash(passwords).await?;
    let mut roles = vec![Role::Customer, role];
    roles.dedup();
    let user = register::insert(&*db.get().await?, &candidate, &roles).await.map_err(of_account)?;
    Ok(Appointed::Created(user))
}

async fn grant(mut conn: &AsyncPgConnection, email: &Email, role: Role) -> QueryResult<Option<User>> {
    let roles = sql::<Array<Text>>("array_append(array_remove(roles, ")
        .bind::<Text, _>(role.as_str())
        .sql("), ")
        .bind::<Text, _>(role.as_str())
        .sql(")");
    diesel::update(users::table)
        .filter(users::email.eq(email.as_str()))
        .filter(users::deleted_at.is_null())
        .set(users::roles.eq(roles))
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await
        .optional()
}

fn of_account(error: ActionError<RegisterRefusal>) -> ActionError<AppointRefusal> {
    match error {
        ActionError::Refused(reasons) => {
            ActionError::Refused(reasons.into_iter().map(AppointRefusal::Account).collect())
        }
        ActionError::Failed(error) => ActionError::Failed(error),
    }
}
