//! Accounts: who someone is, what they may do, and how they prove it.
//!
//! An account is a row of `users`. Whoever knows its password opens a *session*: a pair of an access token (a short-lived
//! JWT that is checked without asking the database) and a refresh token (random, good for one use). Where a cart or an
//! order belongs to an account is the business of those domains.
//!
//! Verbs that hash a password take the pool instead of a connection: hashing queues and takes tens of milliseconds, and
//! nobody should hold a connection for that long.

pub mod address_book;
mod admin;
mod announce;
mod authenticate;
mod change_password;
mod close;
mod common_passwords;
mod confirm;
mod deactivate;
mod deactivate_user;
mod email;
mod end_sessions;
pub mod events;
mod jwt_crypto;
mod keys;
pub mod letters;
pub mod listing;
mod mailed_token;
mod manage;
mod model;
pub mod own_sessions;
mod passwords;
mod permissions;
pub mod published;
pub mod queries;
mod recalls;
mod refresh;
mod refresh_token;
mod register;
mod request_email_change;
mod request_password_reset;
mod request_verification;
mod reset_password;
mod roles;
mod secret;
mod session;
mod sign_in;
mod sign_out;
mod tokens;
mod update_account;
mod update_roles;
mod verify_email;

pub use self::admin::{AppointRefusal, Appointment, appoint, promote};
pub use self::authenticate::{AuthError, authenticate};
pub use self::change_password::{ChangePasswordRefusal, PasswordChange, change_password};
pub use self::confirm::ConfirmRefusal;
pub use self::deactivate::{DeactivateRefusal, deactivate};
pub use self::deactivate_user::deactivate_user;
pub use self::email::{Email, EmailError};
pub use self::keys::Jwk;
pub use self::mailed_token::MailedToken;
pub use self::manage::ManageRefusal;
pub use self::model::{NameError, User};
pub use self::passwords::{HashingCost, PasswordError, Passwords};
pub use self::permissions::{Permission, Role, SignedIn, Viewer};
pub use self::recalls::Recalls;
pub use self::refresh::{Carrier, RefreshRefusal, refresh};
pub use self::refresh_token::RefreshToken;
pub use self::register::{RegisterRefusal, Registration, register};
pub use self::request_email_change::{EmailChangeRefusal, request_email_change};
pub use self::request_password_reset::request_password_reset;
pub use self::request_verification::{VerificationRefusal, request_verification};
pub use self::reset_password::{ResetPasswordRefusal, reset_password};
pub use self::roles::expect_roles;
pub(crate) use self::secret::development_secret;
pub use self::session::{Session, open_session};
pub use self::sign_in::{SignInRefusal, sign_in};
pub use self::sign_out::{SignOut, SignOutRefusal, sign_out};
pub use self::tokens::TokenKeys;
pub use self::update_account::{UpdateAccountRefusal, update_account};
pub use self::update_roles::update_roles;
pub use self::verify_email::{EmailVerified, VerifyEmailRefusal, verify_email};
