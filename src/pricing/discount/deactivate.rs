//! A discount is offered no longer. It stays, because orders name it; `update` brings it back.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::Refused;
use crate::db::schema::discounts;
use crate::error::Outcome;
use crate::ids::DiscountId;
use crate::pricing::PricingProblem;

/// Deactivates a discount; doing it again changes nothing.
pub async fn deactivate(
    mut conn: &AsyncPgConnection,
    id: DiscountId,
) -> Outcome<(), Refused<PricingProblem>> {
    let found =
        diesel::update(discounts::table.find(id)).set(discounts::active.eq(false)).execute(&mut conn).await?;
    match found {
        0 => Err(Refused::at(["id"], PricingProblem::Unknown("discount")).into()),
        _ => Ok(()),
    }
}
