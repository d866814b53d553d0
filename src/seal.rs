//! What has to be readable again but not by whoever reads the database: encrypted with a key that is not in it.
//!
//! ChaCha20-Poly1305 (RFC 8439). Each text has a key of its own, derived from the shop's (HMAC-SHA256 over the purpose and
//! 16 random bytes), so that no number of texts wears a nonce out.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

const SALT_BYTES: usize = 16;

/// Encrypts and decrypts. Cheap to share; it never shows its key.
pub struct Sealer {
    key: hmac::Key,
}

impl Sealer {
    /// A sealer with a key made of this secret. What was sealed with one secret cannot be opened with another.
    #[must_use]
    pub fn new(secret: &SecretString) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        // The same secret may sign tokens: what follows from it here tells nothing of what it signs there.
        let derived = hmac::sign(&root, b"cartograph sealing key");
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()) }
    }

    /// The text, sealed for this purpose alone: what was sealed for one cannot be passed off for another. A purpose is a
    /// text of its own for each use.
    #[must_use]
    pub fn seal(&self, purpose: &str, text: &[u8]) -> Vec<u8> {
        let salt: [u8; SALT_BYTES] = rand::random();
        let mut sealed = salt.to_vec();
        let mut inside = text.to_vec();
        // Fails only for texts of many gigabytes; an empty rest is one that cannot be opened.
        if let Some(key) = self.key(purpose, &salt)
            && key.seal_in_place_append_tag(nonce(), Aad::from(purpose.as_bytes()), &mut inside).is_ok()
        {
            sealed.append(&mut inside);
        }
        sealed
    }

    /// What was sealed; none when it was sealed with another secret or for another purpose, or was changed since.
    #[must_use]
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (salt, inside) = sealed.split_at_checked(SALT_BYTES)?;
        let mut inside = inside.to_vec();
        let opened = self
            .key(purpose, salt)?
            .open_in_place(nonce(), Aad::from(purpose.as_bytes()), &mut inside)
            .ok()?;
        Some(opened.to_vec())
    }

    /// A digest of these texts that only this secret gives, for this purpose alone: whoever reads it cannot try out what the
    /// texts may have been.
    #[must_use]
    pub fn digest(&self, purpose: &str, texts: &[&[u8]]) -> [u8; 32] {
        let mut message = hmac::Context::with_key(&self.key);
        // Each with its length before it: where one ends and the next begins makes a difference.
        for text in std::iter::once(&purpose.as_bytes()).chain(texts) {
            message.update(&(text.len() as u64).to_be_bytes());
            message.update(text);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(message.sign().as_ref());
        digest
    }

    fn key(&self, purpose: &str, salt: &[u8]) -> Option<LessSafeKey> {
        let mut message = hmac::Context::with_key(&self.key);
        message.update(salt);
        message.update(purpose.as_bytes());
        UnboundKey::new(&CHACHA20_POLY1305, message.sign().as_ref()).ok().map(LessSafeKey::new)
    }
}

/// No key seals a second text.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(secret: &str) -> Sealer {
        Sealer::new(&SecretString::from(secret))
    }

    #[test]
    fn what_is_sealed_is_read_by_the_same_secret_for_the_same_purpose() {
        let sealed = sealer("one").seal("a", b"text");
        assert_eq!(sealer("one").open("a", &sealed).unwrap(), b"text");
        assert_eq!(sealer("two").open("a", &sealed), None);
        assert_eq!(sealer("one").open("b", &sealed), None);
        let twice = sealer("one").seal("a", b"text");
        assert_ne!(sealed, twice, "two of the same cannot be told to be the same");
    }

    #[test]
    fn digests_are_of_one_secret_one_purpose_and_texts_apart() {
        let digest = sealer("one").digest("a", &[b"bc", b"d"]);
        assert_eq!(sealer("one").digest("a", &[b"bc", b"d"]), digest);
        let others = [
            sealer("two").digest("a", &[b"bc", b"d"]),
            sealer("one").digest("b", &[b"bc", b"d"]),
            sealer("one").digest("a", &[b"b", b"cd"]),
            sealer("one").digest("a", &[b"bcd"]),
            sealer("one").digest("abc", &[b"d"]),
        ];
        assert!(others.iter().all(|other| *other != digest));
    }

    #[test]
    fn what_was_changed_is_not_read() {
        let sealed = sealer("one").seal("a", b"");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(sealer("one").open("a", &changed), None, "{place}");
            assert_eq!(sealer("one").open("a", &sealed[..place]), None, "{place}");
        }
    }
}
