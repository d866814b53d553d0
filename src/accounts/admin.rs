//! Appoint and promote: a new account with a role, or a role for one that is there, for those who run the server.
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
    /// The new account's address.
    pub email: String,
    /// What to call them.
    pub name: String,
    /// What they will sign in with.
    pub password: SecretString,
    /// What they are, besides customers.
    pub role: Role,
}

/// Why nobody was appointed. The text is meant for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppointRefusal {
    /// The account cannot be made as asked. Nor can one that is there: addresses are not verified, so that it may belong
    /// to whoever was first to enter this one.
    #[error(transparent)]
    Account(#[from] RegisterRefusal),
    /// There is nobody to promote.
    #[error("There is no account with this e-mail address.")]
    NoAccount,
}

impl Refusal for AppointRefusal {}

/// Makes an account that has the role.
pub async fn appoint(
    db: &Db,
    passwords: &Passwords,
    appointment: Appointment,
) -> Outcome<User, AppointRefusal> {
    let Appointment { email, name, password, role } = appointment;
    let candidate =
        Candidate::check(passwords, Registration { email, name, password }).map_err(of_account)?;
    let candidate = candidate.with_hash(passwords).await?;
    let mut roles = vec![Role::Customer, role];
    roles.dedup();
    register::insert(&*db.get().await?, &candidate, &roles).await.map_err(of_account)
}

/// Gives the living account with this address the role. Everything else of it stays, above all the password; doing it
/// again changes nothing.
pub async fn promote(db: &Db, email: &str, role: Role) -> Outcome<User, AppointRefusal> {
    let address = Email::parse(email).map_err(|error| AppointRefusal::Account(error.into()))?;
    let promoted = grant(&*db.get().await?, &address, role).await?;
    promoted.ok_or_else(|| AppointRefusal::NoAccount.into())
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
