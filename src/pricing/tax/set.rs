//! Sets what is taxed how much somewhere.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::MAX_NAME;
use crate::address::folded_region;
use crate::catalog::Refused;
use crate::catalog::validate::Checks;
use crate::db::schema::tax_rates;
use crate::error::Outcome;
use crate::ids::TaxRateId;
use crate::pricing::{PricingProblem, check};

/// The longest name of a part of a country; addresses have no longer one.
const MAX_REGION: usize = 200;

/// A rate to be set.
#[derive(Debug, Clone)]
pub struct RateDraft {
    /// Where: the country.
    pub country: String,
    /// The part of it; all of it when empty.
    pub region: String,
    /// What is taxed so.
    pub tax_class: String,
    /// How much, in percent.
    pub percent: String,
    /// What the tax is called on bills.
    pub name: String,
}

/// Sets the rate of a class in a place, whether there was one or not.
pub async fn set(
    mut conn: &AsyncPgConnection,
    draft: &RateDraft,
) -> Outcome<TaxRateId, Refused<PricingProblem>> {
    let mut checks = Checks::new();
    let columns = (
        tax_rates::id.eq(TaxRateId::new()),
        tax_rates::country.eq(check::country(&mut checks, "country", &draft.country)),
        tax_rates::region.eq(checks.optional_text("region", &folded_region(&draft.region), MAX_REGION)),
        tax_rates::tax_class.eq(checks.tax_class(&draft.tax_class)),
        tax_rates::name.eq(checks.text("name", &draft.name, MAX_NAME)),
        tax_rates::rate_ppm.eq(check::rate(&mut checks, "percent", &draft.percent).millionths()),
    );
    let columns = checks.finish(columns)?;
    let id = diesel::insert_into(tax_rates::table)
        .values(columns)
        .on_conflict((tax_rates::country, tax_rates::region, tax_rates::tax_class))
        .do_update()
        .set((
            tax_rates::name.eq(excluded(tax_rates::name)),
            tax_rates::rate_ppm.eq(excluded(tax_rates::rate_ppm)),
        ))
        .returning(tax_rates::id)
        .get_result(&mut conn)
        .await?;
    Ok(id)
}
