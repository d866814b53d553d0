//! A letter as a message: text and HTML of the same words.

use askama::Template;
use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use uuid::Uuid;

use super::letter::Words;
use super::{Letter, Mail, MailError};

/// The letter to be read as it is.
#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    shop: &'a str,
    name: Option<&'a str>,
    words: &'a Words,
}

/// The letter for those who like it set; askama escapes what is put into it.
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    shop: &'a str,
    name: Option<&'a str>,
    words: &'a Words,
}

/// `Auto-Submitted: auto-generated` (RFC 3834): machines that answer letters leave this one alone.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The message to this address.
pub(super) fn compose(mail: &Mail, to: &str, letter: &Letter) -> Result<Message, MailError> {
    // What our own rules admit may still be none for the library, whose error may repeat it.
    let to = to
        .parse()
        .map_err(|_| MailError::Never("the address is none that mail can be sent to".to_owned()))?;
    let words = letter.subject.words(mail);
    let (shop, name) = (one_line(&mail.shop), letter.name.as_deref());
    let text = Text { shop: &shop, name, words: &words }.render();
    let html = Html { shop: &shop, name, words: &words }.render();
    let (Ok(text), Ok(html)) = (text, html) else {
        return Err(MailError::Never("the templates cannot be filled in".to_owned()));
    };
    let from = Mailbox::new(mail.from.name.as_deref().map(one_line), mail.from.email.clone());
    Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(format!("{}: {}", shop, words.title))
        .message_id(Some(format!("<{}@{}>", Uuid::now_v7(), mail.from.email.domain())))
        .header(AutoSubmitted)
        .date_now()
        .multipart(MultiPart::alternative_plain_html(text, html))
        .map_err(|_| MailError::Never("the message cannot be put together".to_owned()))
}

/// A text that cannot begin another header.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::super::Subject;
    use super::*;
    use crate::mail::spool::Spool;

    fn mail(shop: &str) -> Mail {
        Mail {
            mailer: Box::new(Spool::new("nowhere".into())),
            from: Mailbox::new(Some(shop.to_owned()), "shop@shop.test".parse().unwrap()),
            shop: shop.to_owned(),
            storefront: "https://front.test".to_owned(),
            place: String::new(),
        }
    }

    fn composed(shop: &str, name: &str) -> String {
        let letter =
            Letter { name: Some(name.to_owned()), subject: Subject::ResetPassword { token: "T".to_owned() } };
        let message = compose(&mail(shop), "ada@example.com", &letter).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn a_shops_name_begins_no_header_and_no_name_is_markup() {
        let message = composed("Mugs\r\nBcc: eve@example.com", "<b>Ada</b> & \"Co\"");
        let (headers, body) = message.split_once("\r\n\r\n").unwrap();
        assert!(headers.lines().all(|line| !line.starts_with("Bcc")), "{headers}");
        let (text, html) = body.split_once("text/html").unwrap();
        assert!(text.contains("Hello <b>Ada</b> & \"Co\","), "{text}");
        assert!(!html.contains("<b>"), "{html}");
    }

    #[test]
    fn names_in_other_letters_are_sent_in_ascii() {
        let message = composed("Kopi \u{2615} & S\u{f8}n", "\u{c9}mile");
        assert!(message.is_ascii(), "{message}");
        assert!(message.contains("From: =?utf-8?"), "{message}");
    }

    #[test]
    fn what_is_no_address_is_no_message() {
        let letter = Letter { name: None, subject: Subject::PasswordChanged };
        let refused = compose(&mail("Mugs"), "ada@example.com\r\nBcc: eve@example.com", &letter);
        assert!(matches!(refused, Err(MailError::Never(error)) if !error.contains("ada")));
    }
}
