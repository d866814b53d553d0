//! The shop itself.

use std::time::Duration;

use super::ConfigError;
use super::vars::Vars;
use crate::money::Currency;

/// The shop itself.
#[derive(Debug, Clone)]
pub struct Shop {
    /// `SHOP_NAME`
    pub name: String,
    /// `SHOP_CURRENCY`: what prices are in.
    pub currency: Currency,
    /// `PRICES_INCLUDE_TAX`: whether tax is within prices (as consumers see them in Europe) or comes on top of them (as in
    /// the United States).
    pub prices_include_tax: bool,
    /// `PUBLIC_URL`: how clients reach this server, without a slash at the end. Without it, where the server listens, once
    /// it does.
    pub public_url: Option<String>,
    /// `CATALOG_MAX_AGE`: how long guests may be shown a page of the catalogue as it was; 0 has every page read anew.
    pub catalog_max_age: Duration,
}

impl Shop {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            name: vars.get("SHOP_NAME")?.unwrap_or_else(|| "Cartograph Demo Shop".to_owned()),
            currency: vars.parsed("SHOP_CURRENCY", "an ISO 4217 code such as EUR")?.unwrap_or(Currency::USD),
            prices_include_tax: vars.switch("PRICES_INCLUDE_TAX")?.unwrap_or(true),
            public_url: vars.web_address("PUBLIC_URL")?,
            catalog_max_age: Duration::from_secs(vars.ranged("CATALOG_MAX_AGE", 0, 60)?.unwrap_or(1).into()),
        })
    }

    /// A stored address as clients can fetch it: paths are on this server. Before it listens they stay paths.
    #[must_use]
    pub fn absolute_url(&self, stored: &str) -> String {
        match &self.public_url {
            Some(server) if stored.starts_with('/') => format!("{server}{stored}"),
            _ => stored.to_owned(),
        }
    }
}
