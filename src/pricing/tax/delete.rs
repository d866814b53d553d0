//! A tax rate goes: the class is taxed by the country's rate there, or not at all.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::Refused;
use crate::db::schema::tax_rates;
use crate::error::Outcome;
use crate::ids::TaxRateId;
use crate::pricing::PricingProblem;

/// Deletes a rate. Orders keep the tax that they were placed with.
pub async fn delete(mut conn: &AsyncPgConnection, id: TaxRateId) -> Outcome<(), Refused<PricingProblem>> {
    match diesel::delete(tax_rates::table.find(id)).execute(&mut conn).await? {
        0 => Err(Refused::at(["id"], PricingProblem::Unknown("tax rate")).into()),
        _ => Ok(()),
    }
}
