//! Refresh tokens: random, shown once, stored only as a hash.

use secrecy::{ExposeSecret, SecretString};

use crate::secrets::{is_like_a_token, random_token, sha256};

/// What renews a session, once. It has no `Debug`, so that it cannot get into a log.
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// A fresh one.
    pub(super) fn generate() -> Self {
        Self(random_token().into())
    }

    /// Reads one as clients send it; none when it cannot be one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_like_a_token(text).then(|| Self(text.into()))
    }

    /// As clients get it.
    pub(super) fn into_text(self) -> SecretString {
        self.0
    }

    /// As it is stored.
    pub(super) fn hash(&self) -> Vec<u8> {
        sha256(self.0.expose_secret().as_bytes()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_way_out_and_back() {
        let token = RefreshToken::generate();
        let hash = token.hash();
        let text = token.into_text();
        assert!(RefreshToken::parse(text.expose_secret()).is_some_and(|parsed| parsed.hash() == hash));
        assert_ne!(RefreshToken::generate().hash(), hash);
    }

    #[test]
    fn what_is_no_token_is_seen_without_the_database() {
        let long = "a".repeat(1_000_000);
        for text in [
            "",
            "a",
            &long,
            &"A".repeat(42),
            &"é".repeat(43),
            &("A".repeat(42) + "="),
            &("A".repeat(42) + "\0"),
        ] {
            assert!(RefreshToken::parse(text).is_none(), "{text:.60}");
        }
    }
}
