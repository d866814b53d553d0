//! Rows of address books, their bounds, and the lock on a book.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::address::{Address, AddressProblem};
use crate::db::Prepare;
use crate::db::schema::{addresses, users};
use crate::error::{ActionError, Error, Outcome, Refusal, Result};
use crate::ids::{AddressId, UserId};

/// The most addresses of one account.
pub const MAX_ADDRESSES: usize = 50;
/// The longest label, in characters; the table's CHECK says the same.
const MAX_LABEL_LENGTH: usize = 50;

/// An entry of an account's address book.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = addresses, check_for_backend(diesel::pg::Pg))]
pub struct SavedAddress {
    /// Its id.
    pub id: AddressId,
    /// Whose it is.
    pub user_id: UserId,
    /// What they call it; may be empty.
    pub label: String,
    address: serde_json::Value,
    /// Whether orders go there unless they say otherwise.
    pub default_shipping: bool,
    /// Whether bills go there unless they say otherwise.
    pub default_billing: bool,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl SavedAddress {
    /// Where it is.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::stored(&self.address)
    }
}

/// An address to be written down.
#[derive(Debug, Clone)]
pub struct NewAddress {
    /// What to call it; may be empty.
    pub label: String,
    /// Where it is.
    pub address: Address,
    /// Whether orders are to go there unless they say otherwise.
    pub default_shipping: bool,
    /// Whether bills are to go there unless they say otherwise.
    pub default_billing: bool,
}

/// Why an address book stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressRefusal {
    /// There is no such address in the account's book.
    NotFound,
    /// The book is full.
    TooMany,
    /// What it is to be called.
    Label(LabelError),
    /// A part of the address.
    Address(AddressProblem),
}

impl Refusal for AddressRefusal {}

/// Why a text is no label. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Longer than a label is.
    #[error("A label has at most {MAX_LABEL_LENGTH} characters.")]
    TooLong,
    /// Line breaks and the like.
    #[error("A label cannot hold line breaks or other control characters.")]
    ControlCharacters,
}

/// Reads a label, without the white space around it; it may be empty.
pub(super) fn parse_label(written: &str) -> std::result::Result<&str, LabelError> {
    let label = written.trim();
    if label.chars().nth(MAX_LABEL_LENGTH).is_some() {
        Err(LabelError::TooLong)
    } else if label.contains(char::is_control) {
        Err(LabelError::ControlCharacters)
    } else {
        Ok(label)
    }
}

/// An address as it is stored.
pub(super) fn to_json(address: &Address) -> serde_json::Value {
    // Texts always serialise.
    serde_json::to_value(address).unwrap_or_default()
}

/// Takes hold of the account's book until the transaction ends. Fails when the account is closed or gone.
pub(super) async fn lock_book(mut conn: &AsyncPgConnection, owner: UserId) -> Result<()> {
    let living: Option<UserId> = users::table
        .find(owner)
        .filter(users::deleted_at.is_null())
        .select(users::id)
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()?;
    living.map(|_| ()).ok_or(Error::AccountGone)
}

/// Takes the defaults that an address is to have from whichever has them. The book is locked.
pub(super) async fn release_defaults(
    mut conn: &AsyncPgConnection,
    owner: UserId,
    shipping: bool,
    billing: bool,
) -> QueryResult<()> {
    if shipping {
        diesel::update(addresses::table.filter(addresses::user_id.eq(owner)))
            .filter(addresses::default_shipping)
            .set(addresses::default_shipping.eq(false))
            .prepared()
            .execute(&mut conn)
            .await?;
    }
    if billing {
        diesel::update(addresses::table.filter(addresses::user_id.eq(owner)))
            .filter(addresses::default_billing)
            .set(addresses::default_billing.eq(false))
            .prepared()
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}

/// What is wrong with a label and an address, all of it; or both as they are stored.
pub(super) fn checked(label: &str, address: Address) -> Outcome<(String, Address), AddressRefusal> {
    let mut wrong = Vec::new();
    let label = parse_label(label).map_err(|error| wrong.push(AddressRefusal::Label(error))).ok();
    let address = address
        .checked()
        .map_err(|problems| wrong.extend(problems.into_iter().map(AddressRefusal::Address)))
        .ok();
    match (label, address) {
        (Some(label), Some(address)) => Ok((label.to_owned(), address)),
        _ => Err(ActionError::Refused(wrong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_fits_on_one_line() {
        assert_eq!(parse_label("  Home "), Ok("Home"));
        assert_eq!(parse_label(""), Ok(""));
        assert_eq!(parse_label(&"é".repeat(51)), Err(LabelError::TooLong));
        assert_eq!(parse_label("a\nb"), Err(LabelError::ControlCharacters));
    }
}
