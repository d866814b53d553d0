//! A letter as a message: text and HTML of the same words.

use askama::Template;
use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use uuid::Uuid;

use super::letter::Words;
use super::{Letter, Mail, MailError, OrderLetter};

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

/// The message of this letter to this address.
pub(super) fn compose(mail: &Mail, to: &str, letter: &Letter) -> Result<Message, MailError> {
    let words = letter.subject.words(mail);
    let (shop, name) = (one_line(&mail.shop), letter.name.as_deref());
    let text = Text { shop: &shop, name, words: &words }.render();
    let html = Html { shop: &shop, name, words: &words }.render();
    message(mail, to, Uuid::now_v7(), words.title, text.ok().zip(html.ok()))
}

/// The message of a letter about an order. It is named after the event that it tells of, so that two of them are one for
/// whoever gets both.
pub(super) fn compose_about_order(
    mail: &Mail,
    to: &str,
    event: Uuid,
    letter: &OrderLetter,
) -> Result<Message, MailError> {
    message(mail, to, event, &letter.title(), letter.forms(&one_line(&mail.shop), &mail.storefront))
}

fn message(
    mail: &Mail,
    to: &str,
    id: Uuid,
    title: &str,
    forms: Option<(String, String)>,
) -> Result<Message, MailError> {
    // What our own rules admit may still be none for the library, whose error may repeat it.
    let to = to
        .parse()
        .map_err(|_| MailError::Never("the address is none that mail can be sent to".to_owned()))?;
    let Some((text, html)) = forms else {
        return Err(MailError::Never("the templates cannot be filled in".to_owned()));
    };
    let from = Mailbox::new(mail.from.name.as_deref().map(one_line), mail.from.email.clone());
    Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(format!("{}: {title}", one_line(&mail.shop)))
        .message_id(Some(format!("<{id}@{}>", mail.from.email.domain())))
        .header(AutoSubmitted)
        .date_now()
        .multipart(MultiPart::alternative_plain_html(text, html))
        .map_err(|_| MailError::Never("the message cannot be put together".to_owned()))
}

/// A text that cannot begin another header.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::super::Subject;
    use super::super::order_letter::{LetterLine, OrderNews, Parcel, Sum};
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
    fn nothing_that_shoppers_enter_is_markup_or_a_line_of_its_own() {
        let letter = OrderLetter {
            news: OrderNews::Placed,
            number: 1001,
            lines: vec![LetterLine {
                name: "Mug\r\nTotal: 0.00".to_owned(),
                sku: Some("<i>".to_owned()),
                quantity: 2,
                total: "25.00 USD".to_owned(),
            }],
            sums: vec![Sum { label: "Total", amount: "25.00 USD".to_owned() }],
            address: vec!["<b>Ada</b>\nYour order:".to_owned()],
            parcel: Some(Parcel { carrier: None, code: "<u>1</u>".to_owned() }),
        };
        let event = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let message = compose_about_order(&mail("Mugs"), "ada@example.com", event, &letter).unwrap();
        let message = String::from_utf8(message.formatted()).unwrap();
        assert!(
            message.contains("Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@shop.test>"),
            "{message}"
        );
        let (text, html) = letter.forms("Mugs", "https://front.test").unwrap();
        assert!(text.contains("2 x Mug  Total: 0.00 [<i>]: 25.00 USD\n"), "{text}");
        assert!(text.contains("  <b>Ada</b> Your order:\n"), "{text}");
        assert!(text.contains("\nhttps://front.test/orders/1001\n"), "{text}");
        for markup in ["<b>", "<i>", "<u>"] {
            assert!(!html.contains(markup), "{html}");
        }
    }

    #[test]
    fn what_is_no_address_is_no_message() {
        let letter = Letter { name: None, subject: Subject::PasswordChanged };
        let refused = compose(&mail("Mugs"), "ada@example.com\r\nBcc: eve@example.com", &letter);
        assert!(matches!(refused, Err(MailError::Never(error)) if !error.contains("ada")));
    }
}
