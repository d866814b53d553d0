//! Statements that a connection keeps, with the plan that PostgreSQL made for them.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A query whose text is one of a few, for [`Prepare::prepared`].
///
/// Diesel takes a query with SQL written out in it for one that is never sent again: PostgreSQL parses and plans it anew
/// each time, two more round trips and for a joined row several times what it takes to run. Every connection keeps the
/// statement and its plan instead. Never for a text that depends on what somebody typed: nothing is ever forgotten.
///
/// A table may gain columns while the statement is kept (another copy of the server has migrated); PostgreSQL then refuses
/// it if its result has changed. So it names its columns: no `*` of a table in its outermost list.
pub(crate) struct Prepared<Q> {
    query: Q,
    kept: bool,
}

/// Has a query kept.
pub(crate) trait Prepare: Sized {
    /// The same query, prepared once for each connection.
    fn prepared(self) -> Prepared<Self> {
        self.prepared_if(true)
    }

    /// The same for a query whose text has so many forms that only those most asked for are worth keeping.
    fn prepared_if(self, kept: bool) -> Prepared<Self>;
}

impl<Q: QueryFragment<Pg>> Prepare for Q {
    fn prepared_if(self, kept: bool) -> Prepared<Self> {
        Prepared { query: self, kept }
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    // Known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(self.kept)
    }
}
