//! How mail goes out.

use secrecy::SecretString;

use super::ConfigError;
use super::vars::Vars;

/// How mail goes out.
#[derive(Debug, Clone)]
pub struct Mail {
    /// `SMTP_URL` or the contents of `SMTP_URL_FILE`: the server that takes mail; without it mail is written to files in the
    /// data folder.
    pub smtp: Option<SecretString>,
    /// `MAIL_FROM`: whom mail is from, an address or `Name <address>`.
    pub from: Option<String>,
    /// `STOREFRONT_URL`: where the pages are that links in mails lead to, without a slash at the end. Without it, those of
    /// this server.
    pub storefront_url: Option<String>,
}

impl Mail {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let mail = Self {
            smtp: vars.secret("SMTP_URL", "SMTP_URL_FILE")?,
            from: vars.get("MAIL_FROM")?,
            storefront_url: vars.web_address("STOREFRONT_URL")?,
        };
        if mail.smtp.is_some() && mail.from.is_none() {
            return Err(
                vars.wrong("MAIL_FROM", "must be set with SMTP_URL, such as 'My Shop <shop@example.com>'")
            );
        }
        Ok(mail)
    }
}
