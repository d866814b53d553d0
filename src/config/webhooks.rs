//! Where webhooks may go.

use super::vars::Vars;
use super::{ConfigError, Mode};

/// Where webhooks may go.
#[derive(Debug, Clone)]
pub struct Webhooks {
    /// `WEBHOOK_ALLOW_PRIVATE`: also to addresses of this machine and of private networks, on in development unless said
    /// otherwise. Whoever manages webhooks can have the server call whatever it reaches there.
    pub allow_private: bool,
    /// Plain HTTP will do: in development.
    pub allow_http: bool,
}

impl Webhooks {
    pub(super) fn read(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        let development = mode == Mode::Development;
        Ok(Self {
            allow_private: vars.switch("WEBHOOK_ALLOW_PRIVATE")?.unwrap_or(development),
            allow_http: development,
        })
    }
}
