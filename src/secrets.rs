//! Random tokens, and the digests that are stored in their place.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// A token with this many random bytes cannot be guessed.
const TOKEN_BYTES: usize = 32;
/// The same in base64url.
const TOKEN_LETTERS: usize = 43;

/// A new unguessable token, safe in URLs: 43 letters of base64url.
#[must_use]
pub fn random_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; TOKEN_BYTES]>())
}

/// Whether a text looks like a [`random_token`]: any other is none of ours, as can be told without the database.
#[must_use]
pub fn is_like_a_token(text: &str) -> bool {
    text.len() == TOKEN_LETTERS
        && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_')
}

/// The token that follows from another one for this purpose and thing: HMAC-SHA256, of the form of [`random_token`]. Who
/// has the first can make it; it tells nothing of the first, nor of those for other things. A purpose is a text of its own
/// for each use, whose things all have names of one length.
#[must_use]
pub fn derived_token(token: &str, purpose: &'static str, thing: &[u8]) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, token.as_bytes());
    let mut message = ring::hmac::Context::with_key(&key);
    message.update(purpose.as_bytes());
    message.update(thing);
    BASE64_URL_SAFE_NO_PAD.encode(message.sign())
}

/// The SHA-256 of some bytes. For tokens that are random themselves no slower digest is needed.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_token_is_its_sources_purposes_and_things_alone() {
        let derived = derived_token("secret", "orders", &[1]);
        assert_eq!(derived, derived_token("secret", "orders", &[1]));
        for other in [("Secret", "orders", [1]), ("secret", "Orders", [1]), ("secret", "orders", [2])] {
            assert_ne!(derived, derived_token(other.0, other.1, &other.2));
        }
        assert_eq!(derived.len(), random_token().len());
    }
}
