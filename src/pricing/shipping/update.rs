//! A change of a shipping method: only what is given changes.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::create::refusal_of;
use super::draft::{Columns, MethodChange};
use crate::catalog::Refused;
use crate::catalog::validate::Checks;
use crate::db::schema::shipping_methods;
use crate::error::Outcome;
use crate::money::Currency;
use crate::pricing::PricingProblem;

/// Changes a method. Orders that were placed keep its name and price of then. A method from before the shop changed its
/// currency comes over to the new one once all its amounts are given anew.
pub async fn update(
    conn: &mut AsyncPgConnection,
    change: &MethodChange,
    currency: Currency,
) -> Outcome<(), Refused<PricingProblem>> {
    let mut checks = Checks::new();
    let columns = Columns::of(&mut checks, change, currency);
    let columns = checks.finish(columns)?;
    conn.transaction(async |conn| {
        let old: Currency = shipping_methods::table
            .find(change.id)
            .select(shipping_methods::currency)
            .for_no_key_update()
            .first(conn)
            .await
            .optional()?
            .ok_or_else(|| Refused::at(["id"], PricingProblem::Unknown("shipping method")))?;
        let amounts = change.price.flat.is_some()
            || change.price.by_weight.is_some()
            || matches!(change.free_from, Some(Some(_)));
        if amounts && old != currency && !columns.reprices() {
            return Err(Refused::at(["price"], crate::money::MoneyError::MixedCurrencies).into());
        }
        let columns = if columns.reprices() { columns.in_currency(currency) } else { columns };
        let code = columns.code().to_owned();
        diesel::update(shipping_methods::table.find(change.id))
            .set((shipping_methods::updated_at.eq(now), columns))
            .execute(conn)
            .await
            .map_err(|error| refusal_of(error, code))?;
        Ok(())
    })
    .await
}
