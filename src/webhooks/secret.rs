//! The secret that an endpoint shares with the shop, and what is signed with it, as Standard Webhooks has it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;

use crate::seal::Sealer;

/// Standard Webhooks asks for 24 to 64.
const BYTES: usize = 32;
/// What secrets are sealed for.
const PURPOSE: &str = "webhook endpoint's secret";

/// An endpoint's secret. No `Debug`: it is for whoever made the endpoint.
pub struct Secret([u8; BYTES]);

impl Secret {
    /// A new one that cannot be guessed.
    pub(super) fn random() -> Self {
        Self(rand::random())
    }

    /// The secret as receivers enter it: `whsec_` and base64.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.0))
    }

    /// The secret as the database keeps it.
    pub(super) fn sealed(&self, sealer: &Sealer) -> Vec<u8> {
        sealer.seal(PURPOSE, &self.0)
    }

    /// A secret that the database kept; none when it was sealed with another key.
    pub(super) fn open(sealer: &Sealer, sealed: &[u8]) -> Option<Self> {
        sealer.open(PURPOSE, sealed)?.try_into().ok().map(Self)
    }

    /// The signature of a message: `v1,` and the base64 of HMAC-SHA256 over id, moment and body.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_specification() {
        let secret = Secret(*b"0123456789abcdef0123456789abcdef");
        assert_eq!(secret.shown(), "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        // printf 'msg_1.1614265330.{"test": 2432232314}' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef -binary | base64
        let signature = secret.sign("msg_1", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,aTF4+pE6A/FmvKM0YSVBBUfRhLIlBiaBUR+EjGls6Mc=");
    }
}
