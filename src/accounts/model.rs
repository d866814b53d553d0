//! Rows of accounts as the application reads and writes them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::permissions::Role;
use crate::db::schema::users;
use crate::ids::UserId;

/// An account, without its password.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Where to write to them; unique among the living.
    pub email: String,
    /// What to call them.
    pub name: String,
    roles: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was closed, if it was. A closed account stays for the orders and reviews that name it.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When what tells who its owner was went, if it did.
    pub erased_at: Option<DateTime<Utc>>,
    /// When its owner proved that they read what is sent to the address, if they did.
    pub email_verified_at: Option<DateTime<Utc>>,
}

impl User {
    /// What the account may be.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        // The table admits no name but those of roles.
        Role::parse_all(&self.roles)
    }

    /// Whether the account has not been closed.
    #[must_use]
    pub fn is_living(&self) -> bool {
        self.deleted_at.is_none()
    }

    #[cfg(test)]
    pub(super) fn for_tests(roles: &[Role]) -> Self {
        Self {
            id: UserId::new(),
            email: "ada@example.com".to_owned(),
            name: "Ada".to_owned(),
            roles: roles.iter().map(|role| role.as_str().to_owned()).collect(),
            created_at: DateTime::UNIX_EPOCH,
            deleted_at: None,
            erased_at: None,
            email_verified_at: None,
        }
    }
}

/// An account about to be made.
#[derive(Insertable)]
#[diesel(table_name = users)]
pub(super) struct NewUser<'a> {
    pub(super) id: UserId,
    pub(super) email: &'a str,
    pub(super) name: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) roles: Vec<&'static str>,
    pub(super) email_verified_at: Option<DateTime<Utc>>,
}

/// Why a text is no name. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("a name cannot be empty")]
    Empty,
    /// Longer than a name is.
    #[error("a name has at most {MAX_NAME_LENGTH} characters")]
    TooLong,
    /// Line breaks and the like.
    #[error("a name cannot hold line breaks or other control characters")]
    ControlCharacters,
}

/// The longest name, in characters; the table's CHECK says the same.
const MAX_NAME_LENGTH: usize = 200;

/// Reads a person's name: any text that fits on a line, without the white space around it.
pub(super) fn parse_name(written: &str) -> Result<&str, NameError> {
    let name = written.trim();
    if name.is_empty() {
        Err(NameError::Empty)
    } else if name.chars().nth(MAX_NAME_LENGTH).is_some() {
        Err(NameError::TooLong)
    } else if name.contains(char::is_control) {
        Err(NameError::ControlCharacters)
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_on_one_line() {
        assert_eq!(parse_name("  Ada Lovelace "), Ok("Ada Lovelace"));
        assert_eq!(parse_name(&"é".repeat(200)), Ok("é".repeat(200).as_str()));
        assert_eq!(parse_name(&"é".repeat(201)), Err(NameError::TooLong));
        assert_eq!(parse_name(" \t\n"), Err(NameError::Empty));
        assert_eq!(parse_name("Ada\r\nLovelace"), Err(NameError::ControlCharacters));
        assert_eq!(parse_name("Ada\0"), Err(NameError::ControlCharacters));
    }
}
