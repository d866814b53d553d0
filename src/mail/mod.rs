//! Mail: the border to those who can only be written to.
//!
//! What is written is in [`Letter`] or [`OrderLetter`]; the [`Mailer`] behind it takes it away: an SMTP server, or files where none is
//! configured. Sending takes as long as another machine likes, so nothing but jobs does it.

mod compose;
mod letter;
mod order_letter;
mod smtp;
mod spool;

use anyhow::Context;
use futures_util::future::BoxFuture;
use lettre::Message;
use lettre::message::Mailbox;
use uuid::Uuid;

pub use self::letter::{Letter, Subject};
pub use self::order_letter::{LetterLine, OrderLetter, OrderNews, Parcel, Sum};
use self::smtp::Smtp;
use self::spool::Spool;
use crate::config::Config;

/// Whom mail is from when nobody said: an address that will never exist (RFC 2606).
const NOBODY: &str = "no-reply@shop.invalid";

/// Takes mail away.
trait Mailer: Send + Sync {
    /// Takes a message, or says why not. One that was taken may still get lost, and one that was not may still arrive.
    fn take<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), MailError>>;
}

/// Why a letter was not taken. The text names no address and repeats nothing of the letter.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may be another time.
    #[error("{0}")]
    NotNow(String),
    /// It never will be.
    #[error("{0}")]
    Never(String),
}

/// The shop's mail. Cheap to share.
pub struct Mail {
    mailer: Box<dyn Mailer>,
    from: Mailbox,
    shop: String,
    storefront: String,
    place: String,
}

impl Mail {
    /// Mail as configured. Fails when a setting cannot be used; whether the server answers shows with the first letter.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let from = match &config.mail.from {
            Some(from) => from.parse().with_context(|| {
                format!("MAIL_FROM: '{from}' is not like 'shop@example.com' or 'My Shop <shop@example.com>'")
            })?,
            None => Mailbox::new(Some(config.shop.name.clone()), NOBODY.parse()?),
        };
        let (mailer, place): (Box<dyn Mailer>, _) = match &config.mail.smtp {
            Some(url) => {
                let smtp = Smtp::open(url, from.email.domain())?;
                let place = format!("the SMTP server {}", smtp.name());
                (Box::new(smtp), place)
            }
            None => {
                let folder = config.data_dir.join("mail");
                let place = format!("files in {} (set SMTP_URL to have it sent)", folder.display());
                (Box::new(Spool::new(folder)), place)
            }
        };
        let (shop, storefront) = (config.shop.name.clone(), config.storefront_url().to_owned());
        Ok(Self { mailer, from, shop, storefront, place })
    }

    /// Where letters go, for the operator.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// Sends a letter to an address.
    pub async fn send(&self, to: &str, letter: &Letter) -> Result<(), MailError> {
        let message = compose::compose(self, to, letter)?;
        self.mailer.take(&message).await
    }

    /// Sends a letter about an order to an address. `event` is what it tells of.
    pub async fn send_about_order(
        &self,
        to: &str,
        event: Uuid,
        letter: &OrderLetter,
    ) -> Result<(), MailError> {
        let message = compose::compose_about_order(self, to, event, letter)?;
        self.mailer.take(&message).await
    }
}
