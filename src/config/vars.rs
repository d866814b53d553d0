//! Reading environment variables, and saying which one is wrong.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

/// One setting that cannot be used, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}")]
pub struct ConfigError {
    /// The environment variable.
    pub variable: &'static str,
    /// What is wrong with it and what would be right.
    pub problem: String,
}

/// The variables of the environment, or of a test.
pub(super) struct Vars<'a>(pub(super) &'a dyn Fn(&str) -> Option<OsString>);

impl Vars<'_> {
    /// A text. One that is none, which to overlook would be to do something else than was asked for, is an error.
    pub(super) fn get(&self, variable: &'static str) -> Result<Option<String>, ConfigError> {
        let text = |value: OsString| value.into_string().map_err(|_| self.wrong(variable, "is not UTF-8"));
        self.set(variable).map(text).transpose()
    }

    /// `on` or `off`.
    pub(super) fn switch(&self, variable: &'static str) -> Result<Option<bool>, ConfigError> {
        match self.get(variable)?.as_deref() {
            None => Ok(None),
            Some("on") => Ok(Some(true)),
            Some("off") => Ok(Some(false)),
            Some(other) => Err(self.wrong(variable, format!("'{other}' is neither 'on' nor 'off'"))),
        }
    }

    /// Texts separated by commas.
    pub(super) fn list(&self, variable: &'static str) -> Result<Vec<String>, ConfigError> {
        let list = self.get(variable)?.unwrap_or_default();
        Ok(list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }

    /// A path, in whatever encoding.
    pub(super) fn path(&self, variable: &str) -> Option<PathBuf> {
        self.set(variable).map(PathBuf::from)
    }

    pub(super) fn set(&self, variable: &str) -> Option<OsString> {
        (self.0)(variable).filter(|value| !value.is_empty())
    }

    pub(super) fn wrong(&self, variable: &'static str, problem: impl Display) -> ConfigError {
        ConfigError { variable, problem: problem.to_string() }
    }

    pub(super) fn parsed<T: FromStr>(
        &self,
        variable: &'static str,
        expected: &str,
    ) -> Result<Option<T>, ConfigError> {
        self.get(variable)?
            .map(|value| {
                value.parse().map_err(|_| self.wrong(variable, format!("'{value}' is not {expected}")))
            })
            .transpose()
    }

    pub(super) fn ranged(
        &self,
        variable: &'static str,
        min: u32,
        max: u32,
    ) -> Result<Option<u32>, ConfigError> {
        let expected = format!("a whole number from {min} to {max}");
        match self.parsed(variable, &expected)? {
            Some(value) if value < min || value > max => {
                Err(self.wrong(variable, format!("'{value}' is not {expected}")))
            }
            value => Ok(value),
        }
    }

    pub(super) fn seconds(&self, variable: &'static str) -> Result<Option<Duration>, ConfigError> {
        // A hundred years; beyond that a moment in time overflows.
        Ok(self.ranged(variable, 1, 3_153_600_000)?.map(|seconds| Duration::from_secs(seconds.into())))
    }

    /// A URL with a password in it, perhaps: never repeated in an error.
    pub(super) fn url(
        &self,
        variable: &'static str,
        schemes: &[&str],
    ) -> Result<Option<SecretString>, ConfigError> {
        match self.get(variable)? {
            None => Ok(None),
            Some(url) if schemes.iter().any(|scheme| url.starts_with(scheme)) => Ok(Some(url.into())),
            Some(_) => Err(self.wrong(variable, format!("must begin with {}", schemes.join(" or ")))),
        }
    }

    /// How to reach something over HTTP, without a slash at the end.
    pub(super) fn web_address(&self, variable: &'static str) -> Result<Option<String>, ConfigError> {
        match self.get(variable)? {
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                Ok(Some(url.trim_end_matches('/').to_owned()))
            }
            Some(_) => Err(self.wrong(variable, "must begin with http:// or https://")),
            None => Ok(None),
        }
    }

    /// A secret that is given as it is, or as what a file holds (without the line end there): the name of one or the other
    /// is set.
    pub(super) fn secret(
        &self,
        variable: &'static str,
        file_variable: &'static str,
    ) -> Result<Option<SecretString>, ConfigError> {
        match (self.get(variable)?, self.path(file_variable)) {
            (Some(_), Some(_)) => {
                Err(self.wrong(file_variable, format!("cannot be set together with {variable}")))
            }
            (Some(secret), None) => Ok(Some(secret.into())),
            (None, Some(path)) => match std::fs::read_to_string(&path) {
                Ok(contents) => Ok(Some(contents.trim_end().into())),
                Err(error) => {
                    Err(self.wrong(file_variable, format!("'{}' cannot be read: {error}", path.display())))
                }
            },
            (None, None) => Ok(None),
        }
    }
}
