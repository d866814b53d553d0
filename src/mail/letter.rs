//! What the shop writes to people.

use super::Mail;

/// A letter to somebody.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What to call them; none while the address may be a stranger's: whoever entered it chose the name, too, and the shop
    /// carries no messages of theirs.
    pub name: Option<String>,
    /// What it is about.
    pub subject: Subject,
}

/// What a letter is about. No `Debug` of a token: it is for the one who gets the letter.
#[derive(Clone)]
pub enum Subject {
    /// Somebody registered with the address.
    VerifyEmail { token: String },
    /// An account's owner wants to be written to at this address.
    ChangeEmail { token: String },
    /// The same, while another account has the address.
    EmailTaken,
    /// An account is no longer written to at this address.
    EmailChanged,
    /// Somebody wants to set a new password.
    ResetPassword { token: String },
    /// A new password was set.
    PasswordChanged,
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::VerifyEmail { .. } => "VerifyEmail",
            Self::ChangeEmail { .. } => "ChangeEmail",
            Self::EmailTaken => "EmailTaken",
            Self::EmailChanged => "EmailChanged",
            Self::ResetPassword { .. } => "ResetPassword",
            Self::PasswordChanged => "PasswordChanged",
        })
    }
}

/// A letter's words, in the order in which they are read. Both forms of a mail are made of them.
pub(super) struct Words {
    /// The line that a list of mails shows.
    pub(super) title: &'static str,
    pub(super) paragraphs: Vec<String>,
    pub(super) action: Option<Action>,
    /// What to do when the letter surprises.
    pub(super) otherwise: &'static str,
}

/// What the letter asks for.
pub(super) struct Action {
    pub(super) label: &'static str,
    pub(super) link: String,
    /// The token by itself, for those who have no page to open.
    pub(super) token: String,
    /// What takes the token.
    pub(super) mutation: &'static str,
}

impl Subject {
    /// The letter's words, from this shop.
    pub(super) fn words(&self, mail: &Mail) -> Words {
        let Mail { shop, storefront, .. } = mail;
        let action = |label, page: &str, mutation, token: &str| {
            // A token is safe in an address as it is.
            let link = format!("{storefront}/{page}?token={token}");
            Some(Action { label, link, token: token.to_owned(), mutation })
        };
        match self {
            Self::VerifyEmail { token } => Words {
                title: "Confirm your e-mail address",
                paragraphs: vec![
                    format!("An account of {shop} was made with this e-mail address."),
                    "Confirm that it is yours: then the account also shows the orders that were placed with this address \
                     before. The link is good for 24 hours."
                        .to_owned(),
                ],
                action: action("Confirm the address", "verify-email", "emailVerify", token),
                otherwise: "If you did not make this account, do not follow the link.",
            },
            Self::ChangeEmail { token } => Words {
                title: "Confirm your new e-mail address",
                paragraphs: vec![format!(
                    "The owner of an account of {shop} wants it to have this e-mail address. The link is good for 24 hours, and \
                     only the newest one is."
                )],
                action: action("Confirm the address", "verify-email", "emailVerify", token),
                otherwise: "If that was not you, do not follow the link: nothing changes then.",
            },
            Self::EmailTaken => Words {
                title: "This e-mail address has an account already",
                paragraphs: vec![format!(
                    "The owner of another account of {shop} wanted it to have this e-mail address. There is an account with \
                     it already, so nothing was changed."
                )],
                action: None,
                otherwise: "If that was you, sign in with this address, or ask for a new password. If it was not, there is \
                            nothing to do.",
            },
            Self::EmailChanged => Words {
                title: "Your e-mail address was changed",
                paragraphs: vec![format!(
                    "Your account of {shop} has another e-mail address now. This is the last letter about it to this one."
                )],
                action: None,
                otherwise: "If that was not you, tell the shop at once.",
            },
            Self::ResetPassword { token } => Words {
                title: "Set a new password",
                paragraphs: vec![format!(
                    "Somebody asked for a new password of your account of {shop}. The link is good for one hour and for one \
                     new password, and ends every session of the account."
                )],
                action: action("Set a new password", "reset-password", "passwordReset", token),
                otherwise: "If that was not you, there is nothing to do: your password stays as it is.",
            },
            Self::PasswordChanged => Words {
                title: "Your password was changed",
                paragraphs: vec![format!(
                    "The password of your account of {shop} was changed. Whoever was signed in to it elsewhere is signed out."
                )],
                action: None,
                otherwise: "If that was not you, ask for a new password at once.",
            },
        }
    }
}
