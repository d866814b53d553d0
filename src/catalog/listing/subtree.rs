//! The first products of a category and all below it, without reading the rest.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::BigInt;

/// Reads the first rows of each category of a subtree, `branch.id` in `rows`, and merges them: an index over category and
/// sort key gives each category's rows in order, so that the cost is that of the page and not that of the shop. The
/// subtree's root is the `wanted.key` of [`crate::db::PerKey`].
pub(super) struct Subtree<Q> {
    /// The rows of one branch, sorted and limited like the whole; their first column is the product's id.
    pub(super) rows: Q,
    /// The column they are sorted by.
    pub(super) key: &'static str,
    /// `ASC` or `DESC`.
    pub(super) direction: &'static str,
    /// How many rows are wanted of the whole.
    pub(super) limit: i64,
}

impl<Q> QueryId for Subtree<Q> {
    type QueryId = ();
    // The key and the direction are part of the statement and not of the type.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Subtree<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Subtree<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT listed.* FROM categories branch CROSS JOIN LATERAL (");
        self.rows.walk_ast(out.reborrow())?;
        // Other columns of the rows are called id too; naming the first tells it from them.
        out.push_sql(") AS listed (product_id) WHERE branch.path @> ARRAY[wanted.key] ORDER BY listed.");
        out.push_sql(self.key);
        out.push_sql(" ");
        out.push_sql(self.direction);
        out.push_sql(", listed.product_id ");
        out.push_sql(self.direction);
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}
