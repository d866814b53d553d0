//! How tokens are made.

use std::time::Duration;

use secrecy::SecretString;

use super::vars::Vars;
use super::{ConfigError, Mode};

/// How tokens are made.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// `JWT_SECRET` or the contents of `JWT_SECRET_FILE`: signs access tokens (HS256). In development a random one is
    /// kept in the data folder.
    pub secret: Option<SecretString>,
    /// `JWT_ACCESS_TTL`: seconds an access token is good for.
    pub access_ttl: Duration,
    /// `JWT_REFRESH_TTL`: seconds a session lasts without being refreshed.
    pub refresh_ttl: Duration,
}

impl Tokens {
    pub(super) fn read(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        let tokens = Self {
            secret: vars.secret()?,
            access_ttl: vars.seconds("JWT_ACCESS_TTL")?.unwrap_or(Duration::from_mins(15)),
            refresh_ttl: vars.seconds("JWT_REFRESH_TTL")?.unwrap_or(Duration::from_hours(30 * 24)),
        };
        if mode == Mode::Production && tokens.secret.is_none() {
            return Err(vars.wrong("JWT_SECRET", "must be set in production (or JWT_SECRET_FILE): at least 32 random bytes, for instance from `openssl rand -base64 48`"));
        }
        if tokens.refresh_ttl <= tokens.access_ttl {
            return Err(vars.wrong("JWT_REFRESH_TTL", "must be longer than JWT_ACCESS_TTL"));
        }
        Ok(tokens)
    }
}
