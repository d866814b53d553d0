//! Access tokens: short-lived JWTs that say who someone is, checked without asking the database.
//!
//! What they say can become untrue before they expire: a session ends, a role is taken away. [`Recalls`](super::Recalls)
//! knows of those.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Header, Validation};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::authenticate::AuthError;
use super::jwt_crypto;
use super::keys::{self, Jwk, Key};
use super::model::User;
use super::permissions::{Role, SignedIn};
use super::secret::development_secret;
use crate::config;
use crate::error;
use crate::ids::SessionId;

/// What kind of token it is (RFC 9068): another one signed with the same key, for another purpose, is none of these.
const TYPE: &str = "at+jwt";
/// How far the clocks of two copies of the server may be apart: a token may be issued that much later than now. It ends when it
/// says, all the same, as sockets do.
pub(super) const LEEWAY: TimeDelta = TimeDelta::seconds(30);
/// Ours have about 450 bytes.
const MAX_LENGTH: usize = 4096;

/// Issues and checks access tokens; knows how long tokens last.
pub struct TokenKeys {
    /// The first signs. Each with what the tokens that it signed are held against.
    keys: Vec<(Key, Validation)>,
    issuer: String,
    audience: String,
    access_ttl: TimeDelta,
    refresh_ttl: TimeDelta,
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
    /// Seconds since 1970; we give none, since a token is good at once.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    nbf: Option<i64>,
    /// Seconds since 1970.
    exp: i64,
    /// The user's id.
    sub: String,
    /// The session's id.
    sid: String,
    /// Which generation of the session's tokens it is of.
    #[serde(rename = "gen")]
    generation: i32,
    roles: Vec<String>,
}

impl TokenKeys {
    /// The keys that are configured; where none are, a secret that is kept in the data folder. Fails, and says why in one
    /// line, when they cannot be used.
    pub fn open(config: &config::Tokens, data_dir: &Path) -> anyhow::Result<Self> {
        jwt_crypto::install();
        let keys = match (&config.keys, &config.secret) {
            (Some(keys), _) => keys::parse(keys).context("JWT_KEYS")?,
            (None, Some(secret)) => vec![Key::secret(secret)],
            (None, None) => vec![Key::secret(&development_secret(data_dir)?)],
        };
        let span = |ttl: Duration| TimeDelta::from_std(ttl).context("a token's lifetime is out of range");
        let with_validation = |key: Key| {
            let mut validation = Validation::new(key.algorithm);
            validation.set_issuer(&[&config.issuer]);
            validation.set_audience(&[&config.audience]);
            validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
            // The crate asks the system's time; `verify` asks the application's.
            validation.validate_exp = false;
            (key, validation)
        };
        Ok(Self {
            keys: keys.into_iter().map(with_validation).collect(),
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            access_ttl: span(config.access_ttl)?,
            refresh_ttl: span(config.refresh_ttl)?,
        })
    }

    /// A token for a session of this user.
    pub(super) fn issue(
        &self,
        user: &User,
        session: SessionId,
        generation: i32,
        now: DateTime<Utc>,
    ) -> error::Result<AccessToken> {
        let signing = self.keys.first().and_then(|(key, _)| Some((key, key.signing.as_ref()?)));
        let (key, signing) = signing.context("no key signs")?;
        let exp = (now + self.access_ttl).timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            iat: now.timestamp(),
            nbf: None,
            exp,
            sub: user.id.to_string(),
            sid: session.to_string(),
            generation,
            roles: user.roles().into_iter().map(|role| role.as_str().to_owned()).collect(),
        };
        let mut header = Header::new(key.algorithm);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.id.clone());
        let text = jsonwebtoken::encode(&header, &claims, signing).map_err(anyhow::Error::new)?;
        let expires_at = DateTime::from_timestamp(exp, 0).unwrap_or(now);
        Ok(AccessToken { text: text.into(), expires_at })
    }

    /// Who the bearer of this token is.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<SignedIn, AuthError> {
        let claims = self.claims(token).ok_or(AuthError::Invalid)?;
        let moment = |seconds: i64| DateTime::from_timestamp(seconds, 0).ok_or(AuthError::Invalid);
        let (issued_at, expires_at) = (moment(claims.iat)?, moment(claims.exp)?);
        let good_from = issued_at.max(moment(claims.nbf.unwrap_or(claims.iat))?);
        if expires_at <= issued_at || good_from > now + LEEWAY {
            return Err(AuthError::Invalid);
        }
        // One that was issued for longer, by a copy that is set up in another way, is not good for longer than ours:
        // recalls are remembered for no longer.
        let expires_at = expires_at.min(issued_at + self.access_ttl);
        if expires_at <= now {
            return Err(AuthError::Expired);
        }
        let (Ok(user), Ok(session)) = (claims.sub.parse(), claims.sid.parse()) else {
            return Err(AuthError::Invalid);
        };
        // A role that a newer copy of the server gave means nothing here.
        let roles: Vec<Role> = claims.roles.iter().filter_map(|name| Role::parse(name)).collect();
        Ok(SignedIn::new(user, session, &roles, expires_at).of(issued_at, claims.generation))
    }

    /// What a token says that one of the keys has signed, by its own algorithm and no other.
    fn claims(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_LENGTH {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        // `crit` names extensions that must be understood (RFC 7515, 4.1.11): we understand none.
        if header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return None;
        }
        let (key, validation) = self.keys.iter().find(|(key, _)| Some(&key.id) == header.kid.as_ref())?;
        jsonwebtoken::decode::<Claims>(token, &key.verifying, validation).ok().map(|token| token.claims)
    }

    /// The public keys that others can check our tokens with: those of Ed25519.
    #[must_use]
    pub fn public_keys(&self) -> Vec<Jwk> {
        self.keys.iter().filter_map(|(key, _)| key.jwk()).collect()
    }

    /// When a session opened or refreshed now ends unless it is refreshed again.
    pub(super) fn session_end(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + self.refresh_ttl
    }
}

#[cfg(test)]
mod tests;
