//! One query for each of several keys, in one statement: what a field under a list of things needs.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use uuid::Uuid;

/// Runs `query` for each key, with the key as `wanted.key` in it, and gives each of its rows behind the key it was
/// found for. A query with an order and a limit finds the first rows of every key. They come in no order that the statement
/// states: whoever needs one sorts the rows of a key again.
#[derive(QueryId)]
pub(crate) struct PerKey<Q> {
    keys: Vec<Uuid>,
    query: Q,
}

impl<Q> PerKey<Q> {
    pub(crate) fn new(keys: Vec<Uuid>, query: Q) -> Self {
        Self { keys, query }
    }
}

impl<Q: Query> Query for PerKey<Q> {
    type SqlType = (SqlUuid, Q::SqlType);
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for PerKey<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT wanted.key, found.* FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.keys)?;
        out.push_sql(") AS wanted (key) CROSS JOIN LATERAL (");
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(") AS found");
        Ok(())
    }
}
