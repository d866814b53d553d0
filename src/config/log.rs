//! What the log holds and how.

use super::vars::Vars;
use super::{ConfigError, Mode};

/// What the log holds and how.
#[derive(Debug, Clone)]
pub struct Log {
    /// `LOG`: a filter such as `info` or `cartograph=debug,warn`.
    pub filter: String,
    /// `LOG_FORMAT`: `text` for people, `json` for machines.
    pub json: bool,
}

impl Log {
    pub(super) fn read(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        Ok(Self {
            filter: vars.get("LOG")?.unwrap_or_else(|| "info".to_owned()),
            json: match vars.get("LOG_FORMAT")?.as_deref() {
                None => mode == Mode::Production,
                Some("json") => true,
                Some("text") => false,
                Some(other) => {
                    return Err(vars.wrong("LOG_FORMAT", format!("'{other}' is neither 'text' nor 'json'")));
                }
            },
        })
    }
}
