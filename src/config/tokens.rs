//! How tokens are made.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::vars::Vars;
use super::{ConfigError, Mode};

/// The shortest secret that HS256 is safe with: as long as its output (RFC 7518, section 3.2).
pub(crate) const MIN_SECRET_BYTES: usize = 32;
/// Issuer and audience unless said otherwise: the same, because this server issues tokens for itself.
const PARTY: &str = "cartograph";
const MAX_PARTY_BYTES: usize = 200;

/// How tokens are made.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// `JWT_SECRET` or the contents of `JWT_SECRET_FILE`: signs access tokens (HS256). In development a random one is
    /// kept in the data folder.
    pub secret: Option<SecretString>,
    /// `JWT_KEYS` or the contents of `JWT_KEYS_FILE`: several keys, the first of which signs; in place of a secret.
    pub keys: Option<SecretString>,
    /// `SECRET_KEY` or the contents of `SECRET_KEY_FILE`: encrypts what the database keeps of secrets. Without it, the same is
    /// made from what signs tokens.
    pub sealing: Option<SecretString>,
    /// `JWT_ISSUER`: who access tokens say that they are from.
    pub issuer: String,
    /// `JWT_AUDIENCE`: who access tokens say that they are for.
    pub audience: String,
    /// `JWT_ACCESS_TTL`: seconds an access token is good for.
    pub access_ttl: Duration,
    /// `JWT_REFRESH_TTL`: seconds a session lasts without being refreshed.
    pub refresh_ttl: Duration,
}

impl Tokens {
    pub(super) fn read(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        let secret = vars.secret("JWT_SECRET", "JWT_SECRET_FILE")?;
        if secret.as_ref().is_some_and(|secret| secret.expose_secret().len() < MIN_SECRET_BYTES) {
            let problem = format!("is too short: a secret has at least {MIN_SECRET_BYTES} bytes");
            return Err(vars.wrong("JWT_SECRET", problem));
        }
        let sealing = vars.secret("SECRET_KEY", "SECRET_KEY_FILE")?;
        if sealing.as_ref().is_some_and(|key| key.expose_secret().len() < MIN_SECRET_BYTES) {
            let problem = format!("is too short: a secret has at least {MIN_SECRET_BYTES} bytes");
            return Err(vars.wrong("SECRET_KEY", problem));
        }
        let tokens = Self {
            secret,
            keys: vars.secret("JWT_KEYS", "JWT_KEYS_FILE")?,
            sealing,
            issuer: party(vars, "JWT_ISSUER")?,
            audience: party(vars, "JWT_AUDIENCE")?,
            access_ttl: vars.seconds("JWT_ACCESS_TTL")?.unwrap_or(Duration::from_mins(15)),
            refresh_ttl: vars.seconds("JWT_REFRESH_TTL")?.unwrap_or(Duration::from_hours(30 * 24)),
        };
        if tokens.secret.is_some() && tokens.keys.is_some() {
            let problem = "cannot be set together with JWT_SECRET: write the secret into the keys, as a line 'HS256 <secret>'";
            return Err(vars.wrong("JWT_KEYS", problem));
        }
        if mode == Mode::Production && tokens.secret.is_none() && tokens.keys.is_none() {
            return Err(vars.wrong("JWT_SECRET", "must be set in production (or JWT_SECRET_FILE, or keys in JWT_KEYS_FILE): at least 32 random bytes, for instance from `openssl rand -base64 48`"));
        }
        if tokens.refresh_ttl <= tokens.access_ttl {
            return Err(vars.wrong("JWT_REFRESH_TTL", "must be longer than JWT_ACCESS_TTL"));
        }
        Ok(tokens)
    }
}

/// Who a token is from or for: it is in each of them, and so is short.
fn party(vars: &Vars<'_>, variable: &'static str) -> Result<String, ConfigError> {
    match vars.get(variable)? {
        None => Ok(PARTY.to_owned()),
        Some(party) if party.len() <= MAX_PARTY_BYTES => Ok(party),
        Some(_) => Err(vars.wrong(variable, format!("has more than {MAX_PARTY_BYTES} bytes"))),
    }
}
