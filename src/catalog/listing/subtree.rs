//! The first products of a category and all below it, without reading the rest.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;

use super::query::Direction;

/// Reads the first places of each category of a subtree, `branch.id` in `places`, and merges them: an index over category
/// and sort key gives each category's places in order, so that the cost is that of the page and not that of the shop. The
/// subtree's root is the `wanted.key` of [`crate::db::PerKey`].
pub(super) struct Subtree<Q> {
    /// The places of one branch, sorted and limited like the whole: a product's id and what it is sorted by.
    pub(super) places: Q,
    pub(super) direction: Direction,
    /// How many places are wanted of the whole.
    pub(super) limit: i64,
}

impl<Q: QueryId> QueryId for Subtree<Q> {
    type QueryId = ();
    // The direction is part of the statement and not of the type.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Subtree<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Subtree<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT place.* FROM categories branch CROSS JOIN LATERAL (");
        self.places.walk_ast(out.reborrow())?;
        out.push_sql(") AS place (id, key) WHERE branch.path @> ARRAY[wanted.key]");
        self.direction.push_order_by("place", &mut out);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}
