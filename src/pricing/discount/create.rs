//! A new discount.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::DiscountKind;
use super::code::normalised;
use super::draft::{self, DiscountDraft};
use crate::catalog::Refused;
use crate::catalog::validate::Checks;
use crate::db::schema::discounts;
use crate::error::{ActionError, Outcome, violated_constraint};
use crate::ids::DiscountId;
use crate::money::Currency;
use crate::pricing::PricingProblem;

/// Stores a new discount, with its amounts in the currency that the shop sells in.
pub async fn create(
    mut conn: &AsyncPgConnection,
    draft: &DiscountDraft,
    currency: Currency,
) -> Outcome<DiscountId, Refused<PricingProblem>> {
    let mut checks = Checks::new();
    let code = normalised(&draft.code).unwrap_or_else(|| {
        checks.refuse("code", PricingProblem::MalformedCode);
        String::new()
    });
    if draft.value.says_nothing() {
        checks.refuse("", PricingProblem::ValueAmbiguous);
    }
    // Where there is none, this has been refused by now.
    let kind = draft::value(&mut checks, &draft.value, currency).unwrap_or(DiscountKind::FreeShipping);
    draft::window(&mut checks, draft.starts_at, draft.ends_at);
    let columns = (
        discounts::id.eq(DiscountId::new()),
        discounts::code.eq(&code),
        discounts::kind.eq(kind.as_str()),
        discounts::value.eq(draft::stored(kind)),
        discounts::currency.eq(currency.code()),
        discounts::minimum_subtotal.eq(draft::minimum(
            &mut checks,
            draft.minimum_subtotal.as_deref(),
            currency,
        )),
        discounts::starts_at.eq(draft.starts_at),
        discounts::ends_at.eq(draft.ends_at),
        discounts::usage_limit.eq(draft::limit(&mut checks, "usageLimit", draft.usage_limit)),
        discounts::usage_limit_per_customer.eq(draft::limit(
            &mut checks,
            "usageLimitPerCustomer",
            draft.usage_limit_per_customer,
        )),
    );
    let columns = checks.finish(columns)?;
    diesel::insert_into(discounts::table)
        .values(columns)
        .returning(discounts::id)
        .get_result(&mut conn)
        .await
        .map_err(|error| match violated_constraint(&error) {
            Some("discounts_code_key") => {
                let problem = PricingProblem::CodeTaken { kind: "discount", code: code.clone() };
                ActionError::refuse(Refused::at(["code"], problem))
            }
            _ => error.into(),
        })
}
