//! `TaxRate`.

use async_graphql::{Description, ID, Object};

use super::super::scalars::{DateTime, Decimal};
use crate::pricing;

/// What is taxed how much somewhere.
#[derive(Description)]
pub(crate) struct TaxRate(pub pricing::TaxRate);

#[Object(use_type_description)]
impl TaxRate {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The country, in two letters of ISO 3166-1.
    async fn country(&self) -> &str {
        &self.0.country
    }

    /// The part of the country, in capitals; null where it is all of it.
    async fn region(&self) -> Option<&str> {
        Some(self.0.region.as_str()).filter(|region| !region.is_empty())
    }

    /// What is taxed so: products and shipping methods name the same class.
    async fn tax_class(&self) -> &str {
        &self.0.tax_class
    }

    /// What the tax is called on bills.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How much it is, in percent, such as "7.5".
    async fn percent(&self) -> Decimal {
        Decimal(self.0.rate().to_percent())
    }

    /// When it was first set.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last set.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
