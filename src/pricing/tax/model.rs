//! Tax rates as the application reads them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::db::schema::tax_rates;
use crate::ids::TaxRateId;
use crate::pricing::Rate;

/// What is taxed how much somewhere.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tax_rates, check_for_backend(diesel::pg::Pg))]
pub struct TaxRate {
    /// Its id.
    pub id: TaxRateId,
    /// The country, in two letters.
    pub country: String,
    /// The part of the country, in capitals; empty for all of it.
    pub region: String,
    /// What is taxed so.
    pub tax_class: String,
    /// What the tax is called on bills.
    pub name: String,
    rate_ppm: i32,
    /// Where it stands in lists: by country, region and class.
    pub place: String,
    /// When it was first set.
    pub created_at: DateTime<Utc>,
    /// When it was last set.
    pub updated_at: DateTime<Utc>,
}

impl TaxRate {
    /// How much of the price it is.
    #[must_use]
    pub fn rate(&self) -> Rate {
        Rate::from_millionths(self.rate_ppm.into())
    }
}
