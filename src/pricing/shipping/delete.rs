//! A shipping method goes for good. Orders keep its name and what it cost.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::Refused;
use crate::db::schema::shipping_methods;
use crate::error::Outcome;
use crate::ids::ShippingMethodId;
use crate::pricing::PricingProblem;

/// Deletes a method. Carts that had chosen it are sent by the cheapest one again.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    id: ShippingMethodId,
) -> Outcome<(), Refused<PricingProblem>> {
    match diesel::delete(shipping_methods::table.find(id)).execute(&mut conn).await? {
        0 => Err(Refused::at(["id"], PricingProblem::Unknown("shipping method")).into()),
        _ => Ok(()),
    }
}
