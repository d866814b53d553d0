//! Random tokens, and the digests that are stored in their place.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// A token with this many random bytes cannot be guessed.
const TOKEN_BYTES: usize = 32;

/// A new unguessable token, safe in URLs: 43 letters of base64url.
#[must_use]
pub fn random_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; TOKEN_BYTES]>())
}

/// The SHA-256 of some bytes. For tokens that are random themselves no slower digest is needed.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref());
    digest
}
