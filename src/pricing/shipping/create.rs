//! A new shipping method.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::draft::{Columns, MethodChange, MethodDraft};
use super::{MAX_METHODS, queries};
use crate::catalog::Refused;
use crate::catalog::validate::Checks;
use crate::db::schema::shipping_methods;
use crate::error::{ActionError, Outcome, violated_constraint};
use crate::ids::ShippingMethodId;
use crate::money::Currency;
use crate::pricing::PricingProblem;

/// Stores a new method, with its amounts in the currency that the shop sells in.
pub async fn create(
    mut conn: &AsyncPgConnection,
    draft: &MethodDraft,
    currency: Currency,
) -> Outcome<ShippingMethodId, Refused<PricingProblem>> {
    let columns = check(draft, currency)?;
    // Two at once may both be let in as the last one: the bound keeps carts quick, and one more does.
    if queries::count(conn).await? >= MAX_METHODS {
        let problem = PricingProblem::TooManyMethods { max: MAX_METHODS };
        return Err(Refused { path: Vec::new(), problem }.into());
    }
    let code = columns.code().to_owned();
    diesel::insert_into(shipping_methods::table)
        .values((shipping_methods::id.eq(ShippingMethodId::new()), columns))
        .returning(shipping_methods::id)
        .get_result(&mut conn)
        .await
        .map_err(|error| refusal_of(error, code))
}

fn check(draft: &MethodDraft, currency: Currency) -> Outcome<Columns, Refused<PricingProblem>> {
    let mut checks = Checks::new();
    let draft = draft.clone();
    if draft.price.flat.is_none() && draft.price.by_weight.is_none() {
        checks.refuse("price", PricingProblem::PriceAmbiguous);
    }
    let change = MethodChange {
        id: ShippingMethodId::new(),
        code: Some(draft.code),
        name: Some(draft.name),
        countries: Some(draft.countries),
        price: draft.price,
        free_from: Some(draft.free_from),
        tax_class: draft.tax_class,
        position: draft.position,
        active: Some(draft.active),
    };
    let columns = Columns::of(&mut checks, &change, currency).in_currency(currency);
    checks.finish(columns)
}

/// What a failed write means to the writer.
pub(super) fn refusal_of(error: diesel::result::Error, code: String) -> ActionError<Refused<PricingProblem>> {
    match violated_constraint(&error) {
        Some("shipping_methods_code_key") => {
            let problem = PricingProblem::CodeTaken { kind: "shipping method", code };
            ActionError::refuse(Refused::at(["code"], problem))
        }
        _ => error.into(),
    }
}
