//! Letters over SMTP.

use std::net::IpAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use lettre::{AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{MailError, Mailer};

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the whole conversation about a letter may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the address looks like.
const FORM: &str = "must be like smtp://user:password@host:587 or smtps://user:password@host, perhaps with ?tls=required, \
                    ?tls=opportunistic or ?tls=none";

/// Hands letters to a server, on a connection for each.
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    name: String,
}

impl Smtp {
    /// The server at this address, to which we are `hello`. Nothing is sent yet. The address has a password in it, perhaps,
    /// so no error repeats it.
    pub(super) fn open(url: &SecretString, hello: &str) -> anyhow::Result<Self> {
        let (url, name) = parse(url.expose_secret()).context("SMTP_URL")?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(|_| anyhow::anyhow!("SMTP_URL: {FORM}"))?
            .hello_name(ClientId::Domain(hello.to_owned()))
            .timeout(Some(CONNECT))
            .build();
        Ok(Self { transport, name })
    }

    /// Which server it is, for the operator.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Mailer for Smtp {
    fn take<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<(), MailError>> {
        async move {
            let international = message.envelope().to().iter().any(|address| !address.to_string().is_ascii());
            match tokio::time::timeout(PATIENCE, self.transport.send(message.clone())).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(refused(&error, international)),
                Err(_) => Err(MailError::NotNow(format!(
                    "the SMTP server did not take the letter within {PATIENCE:?}"
                ))),
            }
        }
        .boxed()
    }
}

/// The address as lettre reads it, and the server's name. What leaves this machine is encrypted unless it says `tls=none`.
fn parse(written: &str) -> anyhow::Result<(Url, String)> {
    let Ok(mut url) = Url::parse(written) else { bail!(FORM) };
    let Some(host) = url.host_str().map(str::to_owned) else { bail!(FORM) };
    let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    let local = host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let tls = match (url.scheme(), tls.as_deref()) {
        ("smtps", None) => None,
        ("smtp", Some("none")) => None,
        ("smtp", Some(tls @ ("required" | "opportunistic"))) => Some(tls.to_owned()),
        ("smtp", None) => (!local).then(|| "required".to_owned()),
        _ => bail!(FORM),
    };
    url.set_query(tls.map(|tls| format!("tls={tls}")).as_deref());
    Ok((url, host))
}

/// What became of a letter, by the server's answer (RFC 5321, 4.2.1, and RFC 3463). Its text stays out of it: servers like
/// to repeat the address there.
fn refused(error: &Error, international: bool) -> MailError {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let detail =
            std::error::Error::source(error).map(ToString::to_string).and_then(|text| enhanced(&text));
        let answer = format!("the SMTP server answered {code} {}", detail.as_deref().unwrap_or_default());
        // 55x is about this letter and its address, but for x.7.x, which is about who we are; so are 53x and the rest.
        let ours = detail.is_some_and(|detail| detail.split('.').nth(1) == Some("7"));
        return match code {
            550..=559 if !ours => MailError::Never(answer.trim_end().to_owned()),
            _ => MailError::NotNow(answer.trim_end().to_owned()),
        };
    }
    match error {
        error if error.is_client() && international => {
            MailError::Never("the SMTP server takes no addresses in other letters than ASCII's".to_owned())
        }
        error => MailError::NotNow(format!("the SMTP server cannot be talked to: {error}")),
    }
}

/// The enhanced status code that an answer begins with, such as `5.1.1`.
fn enhanced(answer: &str) -> Option<String> {
    let code = answer.split_whitespace().next()?;
    let parts: Vec<&str> = code.split('.').collect();
    let number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(number)).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_told_otherwise() {
        for (written, read) in [
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://localhost", "smtp://localhost"),
            ("smtp://ada:pw@mail.example.com", "smtp://ada:pw@mail.example.com?tls=required"),
            ("smtp://mail.example.com?tls=opportunistic", "smtp://mail.example.com?tls=opportunistic"),
            ("smtp://mail.example.com?tls=none", "smtp://mail.example.com"),
            ("smtp://127.0.0.1?tls=required", "smtp://127.0.0.1?tls=required"),
            ("smtps://mail.example.com", "smtps://mail.example.com"),
        ] {
            assert_eq!(parse(written).unwrap().0.as_str(), read, "{written}");
        }
        for wrong in [
            "mail.example.com",
            "http://mail.example.com",
            "smtp://host?tls=maybe",
            "smtps://host?tls=none",
            "",
        ] {
            let error = Smtp::open(&SecretString::from(wrong), "shop.example").err().expect(wrong);
            assert!(format!("{error:#}").starts_with("SMTP_URL: must be like"), "{error:#}");
        }
    }

    #[test]
    fn an_address_that_is_wrong_is_not_repeated() {
        for wrong in ["smtp://ada:secret@host:port", "smpt://ada:secret@host"] {
            let error = Smtp::open(&SecretString::from(wrong), "shop.example").err().expect(wrong);
            assert!(!format!("{error:#}").contains("secret"), "{error:#}");
        }
    }

    #[test]
    fn an_answers_code_is_kept_and_its_text_is_not() {
        assert_eq!(enhanced("5.1.1 <ada@example.com> unknown").as_deref(), Some("5.1.1"));
        assert_eq!(enhanced("<ada@example.com> unknown"), None);
        assert_eq!(enhanced("1.2.3.4 is blocked"), None);
        assert_eq!(enhanced(""), None);
    }
}
