//! Accounts and sessions in the schema.

mod account_event;
mod attempts;
mod cookies;
mod errors;
mod living_session;
mod mutations;
mod query;
mod saved_address;
mod session;
mod user;

pub(super) use self::cookies::is_about_sessions;
pub(super) use self::errors::AccountUserError;
pub(super) use self::mutations::AccountMutation;
pub(super) use self::query::AccountQuery;
pub(super) use self::saved_address::SavedAddress;
pub(super) use self::user::{User, visible};
