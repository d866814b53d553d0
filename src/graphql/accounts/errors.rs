//! `userErrors` of accounts.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::accounts::{PasswordError, RefreshRefusal, RegisterRefusal, SignInRefusal};

/// Why something could not be done with an account or a session.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub(crate) enum AccountErrorCode {
    /// The guest's cart could not be taken along. The one signed in is signed in all the same; the cart and its token are
    /// as good as before.
    CartNotMerged,
    /// The text is no e-mail address that can be written to.
    EmailInvalid,
    /// There is an account with this address.
    EmailTaken,
    /// There is no account with this e-mail address and password; which of the two is wrong is not told.
    InvalidCredentials,
    /// The refresh token is unknown or spent, or its session has ended.
    InvalidRefreshToken,
    /// The name is empty, has more than 200 characters, or does not fit on one line.
    NameInvalid,
    /// The password is one that everybody knows.
    PasswordTooCommon,
    /// The password has more than 128 characters.
    PasswordTooLong,
    /// The password has fewer than 8 characters.
    PasswordTooShort,
}

user_error!(
    /// A problem with an account or a session.
    AccountUserError,
    AccountErrorCode
);

impl From<RegisterRefusal> for AccountUserError {
    fn from(refusal: RegisterRefusal) -> Self {
        let (code, field) = match refusal {
            RegisterRefusal::Email(_) => (AccountErrorCode::EmailInvalid, "email"),
            RegisterRefusal::EmailTaken => (AccountErrorCode::EmailTaken, "email"),
            RegisterRefusal::Name(_) => (AccountErrorCode::NameInvalid, "name"),
            RegisterRefusal::Password(PasswordError::TooCommon) => {
                (AccountErrorCode::PasswordTooCommon, "password")
            }
            RegisterRefusal::Password(PasswordError::TooShort) => {
                (AccountErrorCode::PasswordTooShort, "password")
            }
            RegisterRefusal::Password(PasswordError::TooLong) => {
                (AccountErrorCode::PasswordTooLong, "password")
            }
        };
        Self::at(code, [field], refusal.to_string())
    }
}

impl From<SignInRefusal> for AccountUserError {
    fn from(refusal: SignInRefusal) -> Self {
        Self::new(AccountErrorCode::InvalidCredentials, refusal.to_string())
    }
}

impl From<RefreshRefusal> for AccountUserError {
    fn from(refusal: RefreshRefusal) -> Self {
        Self::at(AccountErrorCode::InvalidRefreshToken, ["refreshToken"], refusal.to_string())
    }
}
