//! Appoint and promote: a new account with a role, or a role for one that is there, for those who run the server.
//!
//! There is no such thing in the API: whoever may do this has the machine.

use chrono::Utc;
use diesel_async::AsyncConnection;
use secrecy::SecretString;

use super::email::Email;
use super::model::User;
use super::passwords::Passwords;
use super::permissions::Role;
use super::queries;
use super::register::{self, Candidate, RegisterRefusal, Registration};
use super::update_roles::write_roles;
use crate::db::Db;
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
    /// The account cannot be made as asked. Nor can one that is there: while its address is not verified, it may belong to
    /// whoever was first to enter this one.
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
        Candidate::check(passwords, Registration { email, name, password }).map_err(ActionError::of)?;
    let candidate = candidate.with_hash(passwords).await?;
    let mut roles = vec![Role::Customer, role];
    roles.dedup();
    // Whoever has the machine vouches for the address.
    let verified = Some(Utc::now());
    register::insert(&*db.get().await?, &candidate, &roles, verified).await.map_err(ActionError::of)
}

/// Gives the living account with this address the role. Everything else of it stays, above all the password; doing it
/// again changes nothing.
pub async fn promote(db: &Db, email: &str, role: Role) -> Outcome<User, AppointRefusal> {
    let address = Email::parse(email).map_err(|error| AppointRefusal::Account(error.into()))?;
    let mut conn = db.get().await?;
    conn.transaction(async |conn| {
        let user = queries::lock_user_by_email(conn, &address).await?.ok_or(AppointRefusal::NoAccount)?;
        let mut roles = user.roles();
        if !roles.contains(&role) {
            roles.push(role);
        }
        Ok(write_roles(conn, user, roles, None).await?)
    })
    .await
}
