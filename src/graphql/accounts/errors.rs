//! `userErrors` of accounts.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::accounts::address_book::{AddressRefusal, MAX_ADDRESSES};
use crate::accounts::{
    ChangePasswordRefusal, ConfirmRefusal, DeactivateRefusal, EmailChangeRefusal, EmailError, ManageRefusal,
    PasswordError, RefreshRefusal, RegisterRefusal, ResetPasswordRefusal, SignInRefusal, SignOutRefusal,
    UpdateAccountRefusal, VerificationRefusal, VerifyEmailRefusal,
};
use crate::attempts::TooMany;

/// Why something could not be done with an account or a session.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub(crate) enum AccountErrorCode {
    /// The account is closed.
    AccountClosed,
    /// A part of the postal address is missing or cannot be used.
    AddressInvalid,
    /// The address book is full.
    AddressLimitReached,
    /// The guest's cart could not be taken along. The one signed in is signed in all the same; the cart and its token are
    /// as good as before.
    CartNotMerged,
    /// The text is no e-mail address that can be written to.
    EmailInvalid,
    /// There is an account with this e-mail address.
    EmailTaken,
    /// There is no account with this e-mail address and password; which of the two is wrong is not told.
    InvalidCredentials,
    /// The refresh token is unknown or spent, or its session has ended.
    InvalidRefreshToken,
    /// The label is too long or does not fit on one line.
    LabelInvalid,
    /// The account is the shop's last administrator, and has to stay one.
    LastAdmin,
    /// The name is empty, has more than 200 characters, or does not fit on one line.
    NameInvalid,
    /// It takes permissions that your own account does not have.
    NotAllowed,
    /// There is no such thing, or it is not yours: the two cannot be told apart.
    NotFound,
    /// The password is the account's e-mail address or name.
    PasswordPersonal,
    /// The password is one of those that everybody knows or guesses first.
    PasswordTooCommon,
    /// The password has more than 128 characters.
    PasswordTooLong,
    /// The password has fewer than 8 characters.
    PasswordTooShort,
    /// The refresh token in the cookie was spent a moment ago, by another tab: the browser has newer cookies.
    RefreshTokenJustSpent,
    /// The token is unknown, used or expired, or good no longer for another reason.
    TokenInvalid,
    /// It was tried too often of late: come back later. Where a password was wrong too often, the message says when.
    TooManyAttempts,
    /// It is not the password of your account.
    WrongPassword,
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
            RegisterRefusal::Password(error) => (unfit(error), "password"),
        };
        Self::at(code, [field], refusal.to_string())
    }
}

/// Why a password cannot be chosen.
fn unfit(error: PasswordError) -> AccountErrorCode {
    match error {
        PasswordError::Personal => AccountErrorCode::PasswordPersonal,
        PasswordError::TooCommon => AccountErrorCode::PasswordTooCommon,
        PasswordError::TooShort => AccountErrorCode::PasswordTooShort,
        PasswordError::TooLong => AccountErrorCode::PasswordTooLong,
    }
}

impl AccountUserError {
    fn unconfirmed(refusal: ConfirmRefusal, field: &str) -> Self {
        let code = match refusal {
            ConfirmRefusal::WrongPassword => AccountErrorCode::WrongPassword,
        };
        Self::at(code, [field], refusal.to_string())
    }
}

impl From<ChangePasswordRefusal> for AccountUserError {
    fn from(refusal: ChangePasswordRefusal) -> Self {
        match refusal {
            ChangePasswordRefusal::Confirm(refusal) => Self::unconfirmed(refusal, "currentPassword"),
            ChangePasswordRefusal::New(error) => Self::at(unfit(error), ["newPassword"], refusal.to_string()),
        }
    }
}

impl From<UpdateAccountRefusal> for AccountUserError {
    fn from(refusal: UpdateAccountRefusal) -> Self {
        match refusal {
            UpdateAccountRefusal::Name(_) => {
                Self::at(AccountErrorCode::NameInvalid, ["name"], refusal.to_string())
            }
        }
    }
}

impl From<DeactivateRefusal> for AccountUserError {
    fn from(refusal: DeactivateRefusal) -> Self {
        match refusal {
            DeactivateRefusal::Confirm(refusal) => Self::unconfirmed(refusal, "password"),
            DeactivateRefusal::LastAdmin => Self::new(AccountErrorCode::LastAdmin, refusal.to_string()),
        }
    }
}

impl From<ManageRefusal> for AccountUserError {
    fn from(refusal: ManageRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            ManageRefusal::NotFound => Self::at(AccountErrorCode::NotFound, ["userId"], message),
            ManageRefusal::Closed => Self::at(AccountErrorCode::AccountClosed, ["userId"], message),
            ManageRefusal::BeyondYours => Self::new(AccountErrorCode::NotAllowed, message),
            ManageRefusal::LastAdmin => Self::at(AccountErrorCode::LastAdmin, ["userId"], message),
        }
    }
}

impl From<AddressRefusal> for AccountUserError {
    fn from(refusal: AddressRefusal) -> Self {
        match refusal {
            AddressRefusal::NotFound => Self::at(
                AccountErrorCode::NotFound,
                ["addressId"],
                "There is no address with this id in your address book.",
            ),
            AddressRefusal::TooMany => Self::new(
                AccountErrorCode::AddressLimitReached,
                format!("An address book holds at most {MAX_ADDRESSES} addresses: strike one out first."),
            ),
            AddressRefusal::Label(error) => {
                Self::at(AccountErrorCode::LabelInvalid, ["label"], error.to_string())
            }
            AddressRefusal::Address(wrong) => {
                Self::at(AccountErrorCode::AddressInvalid, ["address", wrong.field], wrong.problem)
            }
        }
    }
}

impl From<TooMany> for AccountUserError {
    fn from(too_many: TooMany) -> Self {
        Self::new(AccountErrorCode::TooManyAttempts, too_many.to_string())
    }
}

impl From<SignInRefusal> for AccountUserError {
    fn from(refusal: SignInRefusal) -> Self {
        Self::new(AccountErrorCode::InvalidCredentials, refusal.to_string())
    }
}

impl From<RefreshRefusal> for AccountUserError {
    fn from(refusal: RefreshRefusal) -> Self {
        if refusal == RefreshRefusal::JustSpent {
            let message = "Another tab has just renewed this session: go on, with the cookies that it got.";
            return Self::new(AccountErrorCode::RefreshTokenJustSpent, message);
        }
        Self::at(AccountErrorCode::InvalidRefreshToken, ["refreshToken"], refusal.to_string())
    }
}

impl From<SignOutRefusal> for AccountUserError {
    fn from(refusal: SignOutRefusal) -> Self {
        let (code, field) = match refusal {
            SignOutRefusal::NotFound => (AccountErrorCode::NotFound, "sessionId"),
            SignOutRefusal::InvalidToken => (AccountErrorCode::InvalidRefreshToken, "refreshToken"),
        };
        Self::at(code, [field], refusal.to_string())
    }
}

impl From<VerificationRefusal> for AccountUserError {
    fn from(refusal: VerificationRefusal) -> Self {
        match refusal {
            VerificationRefusal::TooMany => Self::new(AccountErrorCode::TooManyAttempts, refusal.to_string()),
        }
    }
}

impl From<EmailChangeRefusal> for AccountUserError {
    fn from(refusal: EmailChangeRefusal) -> Self {
        match refusal {
            EmailChangeRefusal::Confirm(refusal) => Self::unconfirmed(refusal, "password"),
            EmailChangeRefusal::Email(_) => {
                Self::at(AccountErrorCode::EmailInvalid, ["email"], refusal.to_string())
            }
        }
    }
}

impl From<VerifyEmailRefusal> for AccountUserError {
    fn from(refusal: VerifyEmailRefusal) -> Self {
        let code = match refusal {
            VerifyEmailRefusal::TokenInvalid => AccountErrorCode::TokenInvalid,
            VerifyEmailRefusal::EmailTaken => AccountErrorCode::EmailTaken,
        };
        Self::at(code, ["token"], refusal.to_string())
    }
}

impl From<EmailError> for AccountUserError {
    fn from(error: EmailError) -> Self {
        Self::at(AccountErrorCode::EmailInvalid, ["email"], format!("Check the e-mail address: {error}."))
    }
}

impl From<ResetPasswordRefusal> for AccountUserError {
    fn from(refusal: ResetPasswordRefusal) -> Self {
        let (code, field) = match refusal {
            ResetPasswordRefusal::TokenInvalid => (AccountErrorCode::TokenInvalid, "token"),
            ResetPasswordRefusal::Password(error) => (unfit(error), "password"),
        };
        Self::at(code, [field], refusal.to_string())
    }
}
