//! How to reach Redis.

use secrecy::SecretString;

use super::ConfigError;
use super::vars::Vars;

/// How to reach Redis.
#[derive(Debug, Clone)]
pub struct Redis {
    /// `REDIS_URL`: without it, what copies of the server share through Redis stays in the process.
    pub url: Option<SecretString>,
    /// `REDIS_PREFIX`: what names in Redis begin with, `cartograph` unless said otherwise: two shops can share one Redis.
    pub prefix: String,
}

impl Redis {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            url: vars.url("REDIS_URL", &["redis://", "rediss://", "unix://"])?,
            prefix: vars.get("REDIS_PREFIX")?.unwrap_or_else(|| "cartograph".to_owned()),
        })
    }
}
