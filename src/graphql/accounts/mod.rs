//! Accounts and sessions in the schema.

mod errors;
mod mutations;
mod query;
mod session;
mod user;

pub(super) use self::errors::AccountUserError;
pub(super) use self::mutations::AccountMutation;
pub(super) use self::query::AccountQuery;
pub(super) use self::user::{User, visible};
