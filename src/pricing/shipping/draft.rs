//! What staff write about shipping methods, as it comes in, and the columns that come of it.

use diesel::prelude::*;

use super::{MAX_CODE, MAX_COUNTRIES, MAX_NAME, MAX_STEPS};
use crate::catalog::validate::{Checks, MAX_WEIGHT};
use crate::catalog::{FieldProblem, slug};
use crate::db::schema::shipping_methods;
use crate::ids::ShippingMethodId;
use crate::money::Currency;
use crate::pricing::{PricingProblem, check};

/// A new shipping method.
#[derive(Debug, Clone)]
pub struct MethodDraft {
    /// Its name for programs.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Where it goes; everywhere when empty.
    pub countries: Vec<String>,
    /// What it costs.
    pub price: PriceDraft,
    /// From which amount of goods on it costs nothing.
    pub free_from: Option<String>,
    /// How it is taxed.
    pub tax_class: Option<String>,
    /// Its place in lists.
    pub position: Option<i32>,
    /// Whether it can be chosen.
    pub active: bool,
}

/// What a method costs, in one of two ways.
#[derive(Debug, Clone, Default)]
pub struct PriceDraft {
    /// The same at any weight.
    pub flat: Option<String>,
    /// By weight.
    pub by_weight: Option<Vec<StepDraft>>,
}

/// A step of a price by weight.
#[derive(Debug, Clone)]
pub struct StepDraft {
    /// The heaviest that the price is for.
    pub up_to_grams: i32,
    /// The price.
    pub price: String,
}

/// What is to change of a method: `None` stays as it is, `Some(None)` is cleared.
#[derive(Debug, Clone)]
pub struct MethodChange {
    /// Which method.
    pub id: ShippingMethodId,
    /// Its name for programs.
    pub code: Option<String>,
    /// Its name for people.
    pub name: Option<String>,
    /// Where it goes.
    pub countries: Option<Vec<String>>,
    /// What it costs, if that is to change.
    pub price: PriceDraft,
    /// From which amount of goods on it costs nothing.
    pub free_from: Option<Option<String>>,
    /// How it is taxed.
    pub tax_class: Option<String>,
    /// Its place in lists.
    pub position: Option<i32>,
    /// Whether it can be chosen.
    pub active: Option<bool>,
}

/// Columns to be written; what is none stays as it is, or takes the table's default.
#[derive(Debug, Clone, AsChangeset, Insertable, Default)]
#[diesel(table_name = shipping_methods)]
pub(super) struct Columns {
    code: Option<String>,
    name: Option<String>,
    countries: Option<Vec<String>>,
    kind: Option<&'static str>,
    up_to_grams: Option<Vec<i32>>,
    prices: Option<Vec<i64>>,
    free_from: Option<Option<i64>>,
    currency: Option<&'static str>,
    tax_class: Option<String>,
    position: Option<i32>,
    active: Option<bool>,
}

impl Columns {
    /// The columns of a change, all of whose amounts are in this currency; of a new method too, which is a change of
    /// nothing.
    pub(super) fn of(checks: &mut Checks<PricingProblem>, change: &MethodChange, currency: Currency) -> Self {
        let mut columns = Self {
            code: change.code.as_deref().map(|given| code(checks, given)),
            name: change.name.as_deref().map(|name| checks.text("name", name, MAX_NAME)),
            countries: change.countries.as_deref().map(|given| countries(checks, given)),
            free_from: change.free_from.as_ref().map(|given| {
                given.as_deref().map(|given| check::amount(checks, "freeFrom", given, currency))
            }),
            tax_class: change.tax_class.as_deref().map(|given| checks.tax_class(given)),
            position: change.position.map(|given| checks.position(given)),
            active: change.active,
            ..Self::default()
        };
        match (&change.price.flat, &change.price.by_weight) {
            (Some(_), Some(_)) => checks.refuse("price", PricingProblem::PriceAmbiguous),
            (Some(flat), None) => {
                columns.set_price("FLAT", Vec::new(), vec![check::amount(checks, "price", flat, currency)]);
            }
            (None, Some(steps)) => {
                let (up_to, prices) = ladder(checks, steps, currency);
                columns.set_price("BY_WEIGHT", up_to, prices);
            }
            (None, None) => {}
        }
        columns
    }

    fn set_price(&mut self, kind: &'static str, up_to_grams: Vec<i32>, prices: Vec<i64>) {
        self.kind = Some(kind);
        self.up_to_grams = Some(up_to_grams);
        self.prices = Some(prices);
    }

    /// Says what its amounts are in.
    pub(super) fn in_currency(self, currency: Currency) -> Self {
        Self { currency: Some(currency.code()), ..self }
    }

    /// The code that is to be written.
    pub(super) fn code(&self) -> &str {
        self.code.as_deref().unwrap_or_default()
    }

    /// Whether all its amounts are written anew.
    pub(super) fn reprices(&self) -> bool {
        self.prices.is_some() && self.free_from.is_some()
    }
}

fn code(checks: &mut Checks<PricingProblem>, given: &str) -> String {
    let length = given.chars().count();
    if length > MAX_CODE {
        checks.refuse("code", FieldProblem::TooLong { max: MAX_CODE, given: length });
    } else if !slug::is_well_formed(given) {
        checks.refuse("code", FieldProblem::MalformedSlug);
    }
    given.to_owned()
}

/// Countries without repetitions: those are no mistake worth an error.
fn countries(checks: &mut Checks<PricingProblem>, given: &[String]) -> Vec<String> {
    let mut countries = Vec::new();
    if checks.count("countries", given.len(), MAX_COUNTRIES) {
        for (index, country) in given.iter().enumerate() {
            let country = checks.item("countries", index, |checks| check::country(checks, "", country));
            if !countries.contains(&country) {
                countries.push(country);
            }
        }
    }
    countries
}

fn ladder(
    checks: &mut Checks<PricingProblem>,
    steps: &[StepDraft],
    currency: Currency,
) -> (Vec<i32>, Vec<i64>) {
    if steps.is_empty() {
        checks.refuse("pricesByWeight", FieldProblem::Empty);
    }
    if !checks.count("pricesByWeight", steps.len(), MAX_STEPS) {
        return (Vec::new(), Vec::new());
    }
    let mut last = -1;
    let steps = steps.iter().enumerate().map(|(index, step)| {
        checks.item("pricesByWeight", index, |checks| {
            let up_to = checks.range("upToGrams", step.up_to_grams, MAX_WEIGHT);
            if step.up_to_grams >= 0 && up_to <= last {
                checks.refuse("upToGrams", PricingProblem::NotClimbing);
            }
            last = up_to;
            (up_to, check::amount(checks, "price", &step.price, currency))
        })
    });
    steps.unzip()
}
