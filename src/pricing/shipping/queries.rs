//! Reads of shipping methods.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{MAX_METHODS, ShippingMethod};
use crate::db::schema::shipping_methods;
use crate::ids::ShippingMethodId;

/// The methods with these ids.
pub async fn methods_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[ShippingMethodId],
) -> QueryResult<Vec<ShippingMethod>> {
    shipping_methods::table
        .filter(shipping_methods::id.eq_any(ids))
        .select(ShippingMethod::as_select())
        .load(&mut conn)
        .await
}

/// All methods of the shop, in the order to show them.
pub async fn all(mut conn: &AsyncPgConnection) -> QueryResult<Vec<ShippingMethod>> {
    shipping_methods::table
        .order((shipping_methods::position, shipping_methods::id))
        // Some more than there can be; see `create`.
        .limit(2 * MAX_METHODS)
        .select(ShippingMethod::as_select())
        .load(&mut conn)
        .await
}

/// How many methods there are.
pub(super) async fn count(mut conn: &AsyncPgConnection) -> QueryResult<i64> {
    shipping_methods::table.select(count_star()).first(&mut conn).await
}
