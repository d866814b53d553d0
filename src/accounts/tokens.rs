//! Access tokens: short-lived JWTs that say who someone is, checked without asking the database.
//!
//! What they say stays true until they expire: a role taken away or a session ended is noticed when the token is next
//! renewed, which is why `JWT_ACCESS_TTL` is short.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::authenticate::AuthError;
use super::jwt_crypto;
use super::model::User;
use super::permissions::{Role, SignedIn};
use crate::error;
use crate::ids::SessionId;

/// Issuer and audience: the same, because this server issues tokens for itself.
const PARTY: &str = "cartograph";
/// How far the clocks of two copies of the server may be apart.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);
/// Ours have about 350 bytes.
const MAX_LENGTH: usize = 4096;

/// Issues and checks access tokens; knows how long tokens last.
pub struct TokenKeys {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    access_ttl: Duration,
    refresh_ttl: Duration,
}

/// A JWT and when it ends.
pub(super) struct AccessToken {
    pub(super) text: SecretString,
    pub(super) expires_at: DateTime<Utc>,
}

/// What is inside; the names are those of RFC 7519 and, for `sid`, of `OpenID` Connect.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// Seconds since 1970.
    iat: i64,
    /// Seconds since 1970.
    exp: i64,
    /// The user's id.
    sub: String,
    /// The session's id.
    sid: String,
    roles: Vec<String>,
}

impl TokenKeys {
    /// Keys made of a secret of at least 32 bytes, for access tokens and sessions of these lifetimes (a hundred years at
    /// most).
    #[must_use]
    pub fn new(secret: &SecretString, access_ttl: Duration, refresh_ttl: Duration) -> Self {
        jwt_crypto::install();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[PARTY]);
        validation.set_audience(&[PARTY]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The crate asks the system's time; `verify` asks the application's.
        validation.validate_exp = false;
        let secret = secret.expose_secret().as_bytes();
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            access_ttl,
            refresh_ttl,
        }
    }

    /// A token for a session of this user.
    pub(super) fn issue(
        &self,
        user: &User,
        session: SessionId,
        now: DateTime<Utc>,
    ) -> error::Result<AccessToken> {
        let exp = (now + self.access_ttl).timestamp();
        let claims = Claims {
            iss: PARTY.to_owned(),
            aud: PARTY.to_owned(),
            iat: now.timestamp(),
            exp,
            sub: user.id.to_string(),
            sid: session.to_string(),
            roles: user.roles().into_iter().map(|role| role.as_str().to_owned()).collect(),
        };
        let text = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(anyhow::Error::new)?;
        let expires_at = DateTime::from_timestamp(exp, 0).unwrap_or(now);
        Ok(AccessToken { text: text.into(), expires_at })
    }

    /// Who the bearer of this token is.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<SignedIn, AuthError> {
        if token.len() > MAX_LENGTH {
            return Err(AuthError::Invalid);
        }
        let token = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation)
            .map_err(|_| AuthError::Invalid)?;
        // Extensions that must be understood (RFC 7515, 4.1.11): we understand none.
        if token.header.crit.is_some() {
            return Err(AuthError::Invalid);
        }
        let claims = token.claims;
        let (Ok(user), Ok(session), Some(expires_at)) =
            (claims.sub.parse(), claims.sid.parse(), DateTime::from_timestamp(claims.exp, 0))
        else {
            return Err(AuthError::Invalid);
        };
        if expires_at <= now - LEEWAY {
            return Err(AuthError::Expired);
        }
        // A role that a newer copy of the server gave means nothing here.
        let roles: Vec<Role> = claims.roles.iter().filter_map(|name| Role::parse(name)).collect();
        Ok(SignedIn::new(user, session, &roles, expires_at))
    }

    /// When a session opened or refreshed now ends unless it is refreshed again.
    pub(super) fn session_end(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.refresh_ttl
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;
    use crate::accounts::{Permission, Viewer, authenticate};
    use crate::ids::UserId;

    const SECRET: &str = "a secret that only the tests know, long enough";

    fn keys(secret: &str) -> TokenKeys {
        TokenKeys::new(&secret.into(), Duration::from_mins(15), Duration::from_hours(1))
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn good_claims() -> Value {
        json!({
            "iss": "cartograph",
            "aud": "cartograph",
            "iat": now().timestamp(),
            "exp": now().timestamp() + 900,
            "sub": UserId::new().to_string(),
            "sid": SessionId::new().to_string(),
            "roles": ["staff"],
        })
    }

    /// A token made by hand: only its signature is known to be right.
    fn signed(header: &Value, claims: &Value, secret: &str) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn hs256() -> Value {
        json!({ "alg": "HS256", "typ": "JWT" })
    }

    fn verify(token: &str) -> Result<SignedIn, AuthError> {
        keys(SECRET).verify(token, now())
    }

    #[test]
    fn a_token_says_who_and_what_until_it_expires() {
        let user = User::for_tests(&[Role::Staff]);
        let session = SessionId::new();
        let keys = keys(SECRET);
        let token = keys.issue(&user, session, now()).unwrap();
        assert_eq!(token.expires_at, now() + TimeDelta::minutes(15));
        let text = token.text.expose_secret();
        let signed_in = keys.verify(text, now()).unwrap();
        assert_eq!(signed_in, SignedIn::new(user.id, session, &[Role::Staff], token.expires_at));
        assert!(keys.verify(text, token.expires_at + LEEWAY - TimeDelta::milliseconds(1)).is_ok());
        assert_eq!(keys.verify(text, token.expires_at + LEEWAY), Err(AuthError::Expired));
    }

    #[test]
    fn claims_must_be_all_there_and_ours() {
        assert!(verify(&signed(&hs256(), &good_claims(), SECRET)).is_ok());
        for (claim, value) in [
            ("iss", json!("somebody")),
            ("iss", json!(["cartograph"])),
            ("aud", json!("somebody")),
            ("aud", json!(["cartograph", "somebody"])),
            ("exp", json!("tomorrow")),
            ("exp", json!(i64::MAX)),
            ("sub", json!(SessionId::new().to_string())),
            ("sub", json!("1")),
            ("sid", json!(UserId::new().to_string())),
            ("roles", json!("admin")),
        ] {
            let mut claims = good_claims();
            claims[claim] = value;
            assert_eq!(verify(&signed(&hs256(), &claims, SECRET)), Err(AuthError::Invalid), "{claims}");
        }
        for claim in ["iss", "aud", "exp", "sub", "sid", "roles"] {
            let mut claims = good_claims();
            claims.as_object_mut().unwrap().remove(claim);
            assert_eq!(verify(&signed(&hs256(), &claims, SECRET)), Err(AuthError::Invalid), "no {claim}");
        }
    }

    #[test]
    fn expiry_goes_by_the_applications_clock() {
        let mut claims = good_claims();
        claims["exp"] = json!(now().timestamp() - 60);
        assert_eq!(verify(&signed(&hs256(), &claims, SECRET)), Err(AuthError::Expired));
        // An expired token of somebody else is above all somebody else's.
        assert_eq!(verify(&signed(&hs256(), &claims, &SECRET.to_uppercase())), Err(AuthError::Invalid));
    }

    #[test]
    fn no_other_algorithm_is_taken_whatever_the_header_says() {
        for algorithm in ["none", "None", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", ""] {
            let header = json!({ "alg": algorithm, "typ": "JWT" });
            let token = signed(&header, &good_claims(), SECRET);
            assert_eq!(verify(&token), Err(AuthError::Invalid), "{algorithm}");
            let (message, _) = token.rsplit_once('.').unwrap();
            assert_eq!(verify(&format!("{message}.")), Err(AuthError::Invalid), "{algorithm} unsigned");
        }
        let critical = json!({ "alg": "HS256", "crit": ["b64"], "b64": false });
        assert_eq!(verify(&signed(&critical, &good_claims(), SECRET)), Err(AuthError::Invalid));
    }

    #[test]
    fn a_token_altered_anywhere_is_refused() {
        let token = signed(&hs256(), &good_claims(), SECRET);
        for place in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(verify(&altered), Err(AuthError::Invalid), "byte {place}");
        }
        for text in ["", ".", "..", "...", "a.b.c", &token[1..], &format!("{token}."), &"a".repeat(100_000)] {
            assert_eq!(verify(text), Err(AuthError::Invalid), "{text:.40}");
        }
    }

    #[test]
    fn an_unknown_role_brings_nothing() {
        let mut claims = good_claims();
        claims["roles"] = json!(["owner", "customer"]);
        let viewer = Viewer::User(verify(&signed(&hs256(), &claims, SECRET)).unwrap());
        assert!(viewer.may(Permission::WriteReviews));
        assert!(!viewer.may(Permission::ManageCatalog));
    }

    #[test]
    fn a_header_that_is_not_good_never_makes_a_guest() {
        let keys = keys(SECRET);
        let token = signed(&hs256(), &good_claims(), SECRET);
        assert_eq!(authenticate(None, &keys, now()), Ok(Viewer::Guest));
        for good in [format!("Bearer {token}"), format!("bearer  {token} ")] {
            assert!(
                matches!(authenticate(Some(good.as_bytes()), &keys, now()), Ok(Viewer::User(_))),
                "{good}"
            );
        }
        for bad in ["", "Bearer", "Bearer ", &token, "Basic YWRhOnB3", "Bearer\u{a0}x"] {
            let answer = authenticate(Some(bad.as_bytes()), &keys, now());
            assert_eq!(answer, Err(AuthError::Malformed), "{bad}");
        }
        assert_eq!(authenticate(Some(b"Bearer \xff"), &keys, now()), Err(AuthError::Malformed));
        assert_eq!(authenticate(Some(b"Bearer a b"), &keys, now()), Err(AuthError::Invalid));
        let later = now() + TimeDelta::hours(1);
        let header = format!("Bearer {token}");
        assert_eq!(authenticate(Some(header.as_bytes()), &keys, later), Err(AuthError::Expired));
    }
}
