//! Mutations of accounts and sessions, a file for each subject.

mod account;
mod address_book;
mod email;
mod guest_cart;
mod password_reset;
mod register;
mod session;
mod users;

use async_graphql::MergedObject;

use self::account::OwnAccountMutation;
use self::address_book::AddressMutation;
use self::email::EmailMutation;
use self::password_reset::PasswordResetMutation;
use self::register::RegisterMutation;
use self::session::SessionMutation;
use self::users::UserMutation;

/// Mutations of accounts and sessions.
#[derive(MergedObject, Default)]
pub(crate) struct AccountMutation(
    RegisterMutation,
    SessionMutation,
    OwnAccountMutation,
    AddressMutation,
    EmailMutation,
    PasswordResetMutation,
    UserMutation,
);
