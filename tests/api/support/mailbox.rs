//! Letters as those who get them read them.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::app::TestApp;

const PATIENCE: Duration = Duration::from_mins(1);

/// A letter.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// The headers as they came.
    pub(crate) headers: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Letter {
    /// Reads a message with a text and an HTML part.
    #[track_caller]
    pub(crate) fn read(raw: &str) -> Self {
        let raw = raw.replace("\r\n", "\n");
        let (headers, body) = raw.split_once("\n\n").expect("headers and a body");
        let part = |kind: &str| {
            let (_, part) = body.split_once(&format!("Content-Type: {kind}")).expect(kind);
            let (headers, part) = part.split_once("\n\n").expect("a part's headers");
            let part = part.split("\n--").next().unwrap_or_default();
            decoded(headers, part)
        };
        let (text, html) = (part("text/plain"), part("text/html"));
        let field = |name: &str| {
            let lines = headers.replace("\n ", " ");
            let found = lines.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            found.unwrap_or_default().to_owned()
        };
        Self { to: field("To"), subject: field("Subject"), headers: headers.to_owned(), text, html }
    }

    /// The token in its link.
    #[track_caller]
    pub(crate) fn token(&self) -> String {
        let (_, rest) = self.text.split_once("?token=").unwrap_or_else(|| panic!("no link: {}", self.text));
        let token: String = rest.chars().take_while(|letter| !letter.is_whitespace()).collect();
        assert!(self.html.contains(&token), "both forms of a letter have the link");
        token
    }
}

fn decoded(headers: &str, part: &str) -> String {
    if headers.contains("base64") {
        let bytes = BASE64_STANDARD.decode(part.replace('\n', "")).expect("base64");
        return String::from_utf8(bytes).expect("a text").replace("\r\n", "\n");
    }
    if !headers.contains("quoted-printable") {
        return part.to_owned();
    }
    let mut bytes = Vec::new();
    let joined = part.replace("=\n", "");
    let joined = joined.strip_suffix('=').unwrap_or(&joined);
    let mut rest = joined;
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend(before.bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).expect("quoted-printable"));
        rest = &after[2..];
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).expect("a text").replace("\r\n", "\n")
}

impl TestApp {
    /// What the shop without an SMTP server has written to this address so far, oldest first.
    pub(crate) fn letters(&self, to: &str) -> Vec<Letter> {
        let folder = self.app.config.data_dir.join("mail");
        let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        paths.sort();
        let letters =
            paths.iter().map(|path| Letter::read(&std::fs::read_to_string(path).expect("a letter")));
        letters.filter(|letter| letter.to == to).collect()
    }

    /// The letter of this number to this address, from one, once it is there.
    pub(crate) async fn letter(&self, to: &str, number: usize) -> Letter {
        for _ in 0..PATIENCE.as_millis() / 50 {
            if let Some(letter) = self.letters(to).into_iter().nth(number - 1) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no letter {number} to {to} within {PATIENCE:?}");
    }

    /// The first letter to this address that has this in its subject, once it is there.
    pub(crate) async fn letter_about(&self, to: &str, subject: &str) -> Letter {
        for _ in 0..PATIENCE.as_millis() / 50 {
            let mut letters = self.letters(to).into_iter();
            if let Some(letter) = letters.find(|letter| letter.subject.contains(subject)) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no letter about '{subject}' to {to} within {PATIENCE:?}");
    }

    /// Waits until no event is left to become jobs, and no job is open that is due: what was asked for has happened.
    pub(crate) async fn at_rest(&self) {
        for _ in 0..PATIENCE.as_millis() / 50 {
            let open = "jobs WHERE finished_at IS NULL AND died_at IS NULL AND run_at <= now()";
            if self.count("outbox WHERE fanned_out_at IS NULL").await + self.count(open).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("jobs are still open after {PATIENCE:?}");
    }
}
