//! HS256 and Ed25519 for `jsonwebtoken`, on `ring`.
//!
//! The crate's own providers bring RSA and other elliptic curves along. We sign and verify with these two, and `ring` is
//! here for TLS anyway; that nothing else is implemented also means that no token can ask for it.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, EncodingKey};
use ring::hmac;
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use signature::{Signer, Verifier};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    // For the crate's JWKs only, which are nowhere used.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes this the process's provider; calling it again changes nothing.
pub(super) fn install() {
    // An error says that there is one already, and only this function installs any.
    let _ = PROVIDER.install_default();
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    match fitting(*algorithm, key.family())? {
        Fitting::Hs256 => Ok(Box::new(Hs256::new(key.as_bytes()))),
        Fitting::Ed25519 => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.as_bytes());
            Ok(Box::new(EdSigner(pair.map_err(|_| ErrorKind::InvalidKeyFormat)?)))
        }
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let bytes = key.try_get_as_bytes()?;
    match fitting(*algorithm, key.family())? {
        Fitting::Hs256 => Ok(Box::new(Hs256::new(bytes))),
        Fitting::Ed25519 => Ok(Box::new(EdVerifier(UnparsedPublicKey::new(&ED25519, bytes.to_vec())))),
    }
}

enum Fitting {
    Hs256,
    Ed25519,
}

/// What to compute where the algorithm is one of ours and the key was made for it.
fn fitting(algorithm: Algorithm, family: AlgorithmFamily) -> Result<Fitting, Error> {
    match (algorithm, family) {
        (Algorithm::HS256, AlgorithmFamily::Hmac) => Ok(Fitting::Hs256),
        (Algorithm::EdDSA, AlgorithmFamily::Ed) => Ok(Fitting::Ed25519),
        (Algorithm::HS256 | Algorithm::EdDSA, _) => Err(ErrorKind::InvalidKeyFormat.into()),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

struct Hs256(hmac::Key);

impl Hs256 {
    fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
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

struct EdSigner(Ed25519KeyPair);

impl Signer<Vec<u8>> for EdSigner {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for EdSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct EdVerifier(UnparsedPublicKey<Vec<u8>>);

impl Verifier<Vec<u8>> for EdVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.0.verify(message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for EdVerifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn decoded(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// Signs with one key and verifies with the other, and refuses whatever is not exactly that.
    fn agrees(
        algorithm: Algorithm,
        signing: &EncodingKey,
        verifying: &DecodingKey,
        message: &str,
        signature: &str,
    ) {
        install();
        assert_eq!(jsonwebtoken::crypto::sign(message.as_bytes(), signing, algorithm).unwrap(), signature);
        let verify = |signature: &str, message: &str| {
            jsonwebtoken::crypto::verify(signature, message.as_bytes(), verifying, algorithm).unwrap()
        };
        assert!(verify(signature, message));
        assert!(!verify(signature, &message.replacen('J', "K", 1)));
        assert!(!verify(&signature[..40], message));
        assert!(!verify("", message));
    }

    /// From RFC 7515, appendix A.1: an independent implementation signed this.
    #[test]
    fn agrees_with_the_specifications_example_of_hs256() {
        let key =
            decoded("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        let message = concat!(
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.",
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        );
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        agrees(
            Algorithm::HS256,
            &EncodingKey::from_secret(&key),
            &DecodingKey::from_secret(&key),
            message,
            signature,
        );
    }

    /// From RFC 8037, appendix A.4.
    #[test]
    fn agrees_with_the_specifications_example_of_ed25519() {
        let seed = decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let public = decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        let signing = EncodingKey::from_ed_der(&[prefix.as_slice(), &seed].concat());
        let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature =
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        agrees(Algorithm::EdDSA, &signing, &DecodingKey::from_ed_der(&public), message, signature);
    }

    #[test]
    fn knows_no_other_algorithm_and_no_key_made_for_another() {
        install();
        let secret = EncodingKey::from_secret(&[1; 64]);
        for algorithm in
            [Algorithm::HS384, Algorithm::HS512, Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
        {
            assert!(jsonwebtoken::crypto::sign(b"message", &secret, algorithm).is_err(), "{algorithm:?}");
        }
        // The classic: a public key, which everybody knows, taken for a secret.
        let public = DecodingKey::from_ed_der(&[7; 32]);
        assert!(jsonwebtoken::crypto::verify("", b"message", &public, Algorithm::HS256).is_err());
        let secret = DecodingKey::from_secret(&[7; 32]);
        assert!(jsonwebtoken::crypto::verify("", b"message", &secret, Algorithm::EdDSA).is_err());
    }
}
