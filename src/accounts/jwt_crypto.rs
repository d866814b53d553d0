//! HS256 for `jsonwebtoken`, on `ring`.
//!
//! The crate's own providers bring RSA and elliptic curves along. We sign and verify with one algorithm, and `ring` is
//! here for TLS anyway; that nothing else is implemented also means that no token can ask for it.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, AlgorithmFamily};
use ring::hmac;
use signature::{Signer, Verifier};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| Ok(Box::new(Hs256::new(*algorithm, key.family(), key.as_bytes())?)),
    verifier_factory: |algorithm, key| {
        Ok(Box::new(Hs256::new(*algorithm, key.family(), key.try_get_as_bytes()?)?))
    },
    // For JWKs only, which are nowhere used.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes this the process's provider; calling it again changes nothing.
pub(super) fn install() {
    // An error says that there is one already, and only this function installs any.
    let _ = PROVIDER.install_default();
}

struct Hs256(hmac::Key);

impl Hs256 {
    fn new(algorithm: Algorithm, family: AlgorithmFamily, secret: &[u8]) -> Result<Self, Error> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        if family != AlgorithmFamily::Hmac {
            return Err(ErrorKind::InvalidKeyFormat.into());
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(hmac::sign(&self.0, message).as_ref().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use jsonwebtoken::{DecodingKey, EncodingKey};

    use super::*;

    /// From RFC 7515, appendix A.1: an independent implementation signed this.
    #[test]
    fn agrees_with_the_specifications_example() {
        install();
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let message = concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        );
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let signing = EncodingKey::from_secret(&BASE64_URL_SAFE_NO_PAD.decode(key).unwrap());
        assert_eq!(
            jsonwebtoken::crypto::sign(message.as_bytes(), &signing, Algorithm::HS256).unwrap(),
            signature
        );
        let verifying = DecodingKey::from_secret(signing.as_bytes());
        let verify = |signature: &str, message: &str| {
            jsonwebtoken::crypto::verify(signature, message.as_bytes(), &verifying, Algorithm::HS256).unwrap()
        };
        assert!(verify(signature, message));
        assert!(!verify(signature, &message.replace("J9.", "J8.")));
        assert!(!verify(&signature[..40], message));
        assert!(!verify("", message));
    }

    #[test]
    fn knows_no_other_algorithm() {
        install();
        let key = EncodingKey::from_secret(&[1; 64]);
        for algorithm in
            [Algorithm::HS384, Algorithm::HS512, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
        {
            assert!(jsonwebtoken::crypto::sign(b"message", &key, algorithm).is_err(), "{algorithm:?}");
        }
    }
}
