//! The keys of access tokens, as an operator writes them down.
//!
//! A text of keys holds, one behind the other, PEM blocks as openssl writes them (`PRIVATE KEY`: an Ed25519 key that signs
//! and checks, `PUBLIC KEY`: one that only checks) and lines of the form `HS256 <secret>`. Empty lines and lines that
//! begin with `#` mean nothing. The first key signs; all of them check what they signed.
//!
//! A key's id is made from the key: nobody has to think of one, and the same key has the same id on every copy of the
//! server.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use ring::signature::{Ed25519KeyPair, KeyPair};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::config::MIN_SECRET_BYTES;
use crate::secrets::{derived_token, sha256};

/// The most keys one text holds: each is one that was rotated out, and two or three are usual.
const MAX_KEYS: usize = 16;
/// What a public Ed25519 key begins with in DER (RFC 8410, section 4).
const PUBLIC_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PUBLIC_BYTES: usize = 32;

/// One key, bound to its algorithm.
pub(super) struct Key {
    /// What tokens name it by.
    pub(super) id: String,
    pub(super) algorithm: Algorithm,
    /// None of a public key.
    pub(super) signing: Option<EncodingKey>,
    pub(super) verifying: DecodingKey,
    /// The half that everybody may know; none of a secret.
    public: Option<[u8; PUBLIC_BYTES]>,
}

/// Why a text of keys cannot be used. It repeats nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeysError {
    #[error("line {0}: neither a PEM block (PRIVATE KEY or PUBLIC KEY) nor 'HS256 <secret>'")]
    Unknown(usize),
    #[error("line {0}: the PEM block is broken off or not base64")]
    Broken(usize),
    #[error("line {0}: not an Ed25519 key; `openssl genpkey -algorithm ed25519` makes one")]
    NotEd25519(usize),
    #[error("line {0}: the secret is too short: it has at least {MIN_SECRET_BYTES} bytes")]
    Short(usize),
    #[error("line {0}: this key is there twice")]
    Twice(usize),
    #[error("there are more than {MAX_KEYS} keys: take those out that sign no longer")]
    TooMany,
    #[error("the first key signs, and so must be a private key or a secret")]
    NoneSigns,
}

impl Key {
    /// A secret of HS256.
    pub(super) fn secret(secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        Self {
            // An HMAC of a fixed text says no more of the secret than any token does.
            id: derived_token(secret.expose_secret(), "kid", &[])[..16].to_owned(),
            algorithm: Algorithm::HS256,
            signing: Some(EncodingKey::from_secret(bytes)),
            verifying: DecodingKey::from_secret(bytes),
            public: None,
        }
    }

    /// An Ed25519 key in PKCS#8, as openssl writes it: without the public half.
    fn private(der: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?;
        let public = pair.public_key().as_ref().try_into().ok()?;
        Some(Self { signing: Some(EncodingKey::from_ed_der(der)), ..Self::of_public(public) })
    }

    /// The public half of one, as openssl writes it.
    fn public(der: &[u8]) -> Option<Self> {
        Some(Self::of_public(der.strip_prefix(&PUBLIC_PREFIX)?.try_into().ok()?))
    }

    fn of_public(public: [u8; PUBLIC_BYTES]) -> Self {
        // The key's thumbprint (RFC 7638; RFC 8037, appendix A.3).
        let jwk =
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, BASE64_URL_SAFE_NO_PAD.encode(public));
        Self {
            id: BASE64_URL_SAFE_NO_PAD.encode(sha256(jwk.as_bytes())),
            algorithm: Algorithm::EdDSA,
            signing: None,
            verifying: DecodingKey::from_ed_der(&public),
            public: Some(public),
        }
    }

    /// What others need to check what it signed; none of a secret.
    pub(super) fn jwk(&self) -> Option<Jwk> {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.public?);
        Some(Jwk { kty: "OKP", crv: "Ed25519", x, kid: self.id.clone(), alg: "EdDSA", r#use: "sig" })
    }
}

/// A public key as others read it (RFC 7517, RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    kty: &'static str,
    crv: &'static str,
    x: String,
    kid: String,
    alg: &'static str,
    r#use: &'static str,
}

/// Reads a text of keys.
pub(super) fn parse(text: &SecretString) -> Result<Vec<Key>, KeysError> {
    let mut keys: Vec<Key> = Vec::new();
    let mut lines = (1..).zip(text.expose_secret().lines().map(str::trim));
    while let Some((number, line)) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key = if let Some(secret) = line.strip_prefix("HS256 ") {
            let secret = secret.trim();
            if secret.len() < MIN_SECRET_BYTES {
                return Err(KeysError::Short(number));
            }
            Key::secret(&secret.into())
        } else {
            let read = match line {
                "-----BEGIN PRIVATE KEY-----" => Key::private,
                "-----BEGIN PUBLIC KEY-----" => Key::public,
                _ => return Err(KeysError::Unknown(number)),
            };
            let der =
                block(&mut lines, &line.replacen("BEGIN", "END", 1)).ok_or(KeysError::Broken(number))?;
            read(&der).ok_or(KeysError::NotEd25519(number))?
        };
        if keys.iter().any(|other| other.id == key.id) {
            return Err(KeysError::Twice(number));
        }
        if keys.len() == MAX_KEYS {
            return Err(KeysError::TooMany);
        }
        keys.push(key);
    }
    match keys.first() {
        Some(Key { signing: Some(_), .. }) => Ok(keys),
        _ => Err(KeysError::NoneSigns),
    }
}

/// What a PEM block holds, up to the line that ends it.
fn block<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, end: &str) -> Option<Vec<u8>> {
    let mut base64 = String::new();
    for (_, line) in lines {
        if line == end {
            return BASE64_STANDARD.decode(base64).ok();
        }
        base64.push_str(line);
    }
    None
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `openssl genpkey -algorithm ed25519`; made for these tests.
    pub(in crate::accounts) const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
    /// `openssl pkey -pubout` of it. The pair is that of RFC 8037, appendix A.
    pub(in crate::accounts) const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
-----END PUBLIC KEY-----
";
    const SECRET: &str = "HS256 a secret that only the tests know, long enough\n";
    /// `openssl genpkey -algorithm x25519`: the sister curve, which signs nothing.
    const X25519: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIHcHbQpzGKV9PBbBclGyZkXfTC+H68CZKrF3+6UduSwq
-----END PRIVATE KEY-----
";

    fn ids(text: &str) -> Result<Vec<String>, KeysError> {
        Ok(parse(&text.into())?.into_iter().map(|key| key.id).collect())
    }

    #[test]
    fn keys_are_read_in_their_order_and_named_by_themselves() {
        let thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".to_owned();
        assert_eq!(ids(PRIVATE), Ok(vec![thumbprint.clone()]));
        let secret = ids(SECRET).unwrap().remove(0);
        let text = format!("# since May\n{SECRET}\r\n# the next one\n\n{PUBLIC}");
        assert_eq!(ids(&text), Ok(vec![secret.clone(), thumbprint.clone()]));
        assert_eq!(ids(&format!("{PRIVATE}{SECRET}")), Ok(vec![thumbprint, secret]));
    }

    #[test]
    fn only_public_halves_are_shown() {
        let keys = parse(&format!("{PRIVATE}{SECRET}").as_str().into()).unwrap();
        let shown: Vec<_> = keys.iter().filter_map(Key::jwk).collect();
        let expected = serde_json::json!([{
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        }]);
        assert_eq!(serde_json::to_value(shown).unwrap(), expected);
    }

    #[test]
    fn what_is_no_key_is_refused_by_its_line() {
        let many: String = (0..17).map(|n| format!("HS256 {n:032}\n")).collect();
        for (text, problem) in [
            ("", KeysError::NoneSigns),
            ("# nothing\n", KeysError::NoneSigns),
            (PUBLIC, KeysError::NoneSigns),
            ("secret", KeysError::Unknown(1)),
            ("HS512 0123456789abcdef0123456789abcdef", KeysError::Unknown(1)),
            ("\nHS256 short", KeysError::Short(2)),
            ("HS256                                         short", KeysError::Short(1)),
            ("-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----", KeysError::Unknown(1)),
            ("-----BEGIN PRIVATE KEY-----\nMC4C", KeysError::Broken(1)),
            (&PRIVATE.replace("MC4C", "M*4C"), KeysError::Broken(1)),
            (&PRIVATE.replace("END PRIVATE", "END PUBLIC"), KeysError::Broken(1)),
            (&PRIVATE.replace("PRIVATE", "PUBLIC"), KeysError::NotEd25519(1)),
            (&PUBLIC.replace("PUBLIC", "PRIVATE"), KeysError::NotEd25519(1)),
            (X25519, KeysError::NotEd25519(1)),
            // The private key and its public half are the same key.
            (&format!("{PRIVATE}{PUBLIC}"), KeysError::Twice(4)),
            (&many, KeysError::TooMany),
        ] {
            assert_eq!(ids(text), Err(problem), "{text}");
        }
    }
}
