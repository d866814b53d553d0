//! Mutations of accounts and sessions, a file for each subject.

mod guest_cart;
mod register;
mod session;

use async_graphql::MergedObject;

use self::register::RegisterMutation;
use self::session::SessionMutation;

/// Mutations of accounts and sessions.
#[derive(MergedObject, Default)]
pub(crate) struct AccountMutation(RegisterMutation, SessionMutation);
