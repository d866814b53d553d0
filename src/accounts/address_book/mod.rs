//! The address book: where an account has things sent, kept so that nobody types it twice.
//!
//! Whoever changes a book holds its account's row. So the book of one account changes one step at a time, stays within its
//! bound, and is left alone by whoever closes the account.

mod create;
mod delete;
mod model;
mod update;

pub use self::create::create;
pub use self::delete::delete;
pub use self::model::{AddressRefusal, LabelError, MAX_ADDRESSES, NewAddress, SavedAddress};
pub use self::update::{AddressChange, update};
