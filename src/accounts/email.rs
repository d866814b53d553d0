//! E-mail addresses, parsed once where they come in.

use std::fmt;

/// An address in the one form in which it is stored and compared: trimmed and in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Why a text is no e-mail address we can write to. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Longer than mail servers take.
    #[error("an e-mail address has at most {MAX_LENGTH} bytes")]
    TooLong,
    /// Not of the form `name@domain`.
    #[error("an e-mail address looks like 'ada@example.com'")]
    Malformed,
    /// The part before the `@` cannot be.
    #[error("the part of the e-mail address before the '@' is not valid")]
    LocalPart,
    /// The part behind the `@` is no domain on the internet.
    #[error("the part of the e-mail address behind the '@' must be a domain such as 'example.com'")]
    Domain,
}

/// The longest path an SMTP server must accept, without its angle brackets (RFC 5321, 4.5.3.1.3).
const MAX_LENGTH: usize = 254;
/// RFC 5321, 4.5.3.1.1.
const MAX_LOCAL_LENGTH: usize = 64;
/// The longest label of a domain name (RFC 1035, 2.3.4).
const MAX_LABEL_LENGTH: usize = 63;
/// What a local part may hold besides letters, digits and dots without being quoted (RFC 5322, 3.2.3).
const LOCAL_PUNCTUATION: &str = "!#$%&'*+-/=?^_`{|}~";

impl Email {
    /// Reads an address as people write it.
    ///
    /// Quoted local parts, comments and IP addresses are standard and refused all the same: nobody shops with one, and
    /// they are a favourite for getting past filters. Letters of any script are fine on both sides of the `@`.
    pub fn parse(written: &str) -> Result<Self, EmailError> {
        let written = written.trim();
        // Before lower-casing, so that a megabyte is not copied only to be refused; after it, because that can lengthen.
        if written.len() > MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        let address = written.to_lowercase();
        if address.len() > MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        match address.split_once('@') {
            None => Err(EmailError::Malformed),
            Some((_, domain)) if domain.contains('@') => Err(EmailError::Malformed),
            Some((local, _)) if !is_local_part(local) => Err(EmailError::LocalPart),
            Some((_, domain)) if !is_domain(domain) => Err(EmailError::Domain),
            Some(_) => Ok(Self(address)),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_local_part(local: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.chars().all(|letter| letter.is_alphanumeric() || LOCAL_PUNCTUATION.contains(letter))
    };
    local.len() <= MAX_LOCAL_LENGTH && local.split('.').all(word)
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= MAX_LABEL_LENGTH
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    // At least two labels, the last no number: neither `localhost` nor `127.0.0.1`.
    domain.split('.').all(label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| !last.chars().all(|letter| letter.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_stored_in_one_form() {
        for (written, stored) in [
            ("ada@example.com", "ada@example.com"),
            ("  Ada.Lovelace@Example.COM\n", "ada.lovelace@example.com"),
            ("o'hara+shop@mail.example.co.uk", "o'hara+shop@mail.example.co.uk"),
            ("ÉMILE@exemple.fr", "émile@exemple.fr"),
            ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
            ("用户@例子.公司", "用户@例子.公司"),
        ] {
            assert_eq!(Email::parse(written).map(|email| email.to_string()).as_deref(), Ok(stored));
        }
    }

    #[test]
    fn what_nobody_can_write_to_is_refused() {
        for (written, problem) in [
            ("", EmailError::Malformed),
            ("ada", EmailError::Malformed),
            ("ada@b@example.com", EmailError::Malformed),
            ("@example.com", EmailError::LocalPart),
            (".ada@example.com", EmailError::LocalPart),
            ("ada.@example.com", EmailError::LocalPart),
            ("a..da@example.com", EmailError::LocalPart),
            ("a da@example.com", EmailError::LocalPart),
            ("\"a da\"@example.com", EmailError::LocalPart),
            ("ada\0@example.com", EmailError::LocalPart),
            ("ada\u{200b}@example.com", EmailError::LocalPart),
            ("ada\r\nBcc:x@example.com", EmailError::LocalPart),
            ("ada@", EmailError::Domain),
            ("ada@localhost", EmailError::Domain),
            ("ada@127.0.0.1", EmailError::Domain),
            ("ada@[127.0.0.1]", EmailError::Domain),
            ("ada@example..com", EmailError::Domain),
            ("ada@example.com.", EmailError::Domain),
            ("ada@-example.com", EmailError::Domain),
            ("ada@exam ple.com", EmailError::Domain),
            ("ada@example.com\u{202e}", EmailError::Domain),
        ] {
            assert_eq!(Email::parse(written), Err(problem), "{written:?}");
        }
    }

    #[test]
    fn the_length_counts_as_mail_servers_count_it() {
        let domain = |labels: usize| vec!["a".repeat(60); labels].join(".") + ".com";
        let longest = format!("{}@{}", "a".repeat(5), domain(4));
        assert!(Email::parse(&longest).is_ok());
        assert_eq!(Email::parse(&format!("a@{}.com", domain(4) + &"a".repeat(10))), Err(EmailError::TooLong));
        assert_eq!(Email::parse(&format!("{}@example.com", "a".repeat(65))), Err(EmailError::LocalPart));
        assert_eq!(Email::parse(&format!("a@{}.com", "a".repeat(64))), Err(EmailError::Domain));
    }

    proptest! {
        #[test]
        fn an_address_read_again_stays_the_same(local in "[a-zA-Z0-9ÄÖÜÉΣI+_-]{1,20}", domain in "[A-Za-z0-9]{1,20}\\.[A-Z]{2,5}") {
            let email = Email::parse(&format!("{local}@{domain}")).unwrap();
            prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
            prop_assert_eq!(email.as_str(), email.as_str().to_lowercase());
        }

        #[test]
        fn whatever_is_taken_is_safe_in_a_mail_header(text in "\\PC{0,40}@\\PC{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.as_str().len() <= MAX_LENGTH);
                prop_assert_eq!(email.as_str().matches('@').count(), 1);
                prop_assert!(!email.as_str().contains(|c: char| c.is_control() || c.is_whitespace() || "<>,;:\"()[]\\".contains(c)));
            }
        }

        #[test]
        fn no_input_panics(text in any::<String>()) {
            let _ = Email::parse(&text);
        }
    }
}
