//! What the API tells of itself, and which documents it takes.

use std::path::PathBuf;

use super::vars::Vars;
use super::{ConfigError, Mode};

/// What the API tells of itself, and which documents it takes.
#[derive(Debug, Clone)]
pub struct Graphql {
    /// `INTROSPECTION`: whether the schema describes itself, and suggests names for misspelt ones; in development unless
    /// said otherwise.
    pub introspection: bool,
    /// `PLAYGROUND`: whether there is one; in development unless said otherwise.
    pub playground: bool,
    /// `TRUSTED_DOCUMENTS`: a manifest of the only documents that are executed; without it all are.
    pub trusted_documents: Option<PathBuf>,
}

impl Graphql {
    pub(super) fn read(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        let development = mode == Mode::Development;
        Ok(Self {
            introspection: vars.switch("INTROSPECTION")?.unwrap_or(development),
            playground: vars.switch("PLAYGROUND")?.unwrap_or(development),
            trusted_documents: vars.path("TRUSTED_DOCUMENTS"),
        })
    }
}
