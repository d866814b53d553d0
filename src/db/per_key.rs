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

/// The rows of one page of the list of each key, newest first, all in one statement: `$of_key` is the query that finds the
/// rows of `wanted.key` in `$table`, whose ids are made in the order of writing. Each key's rows are in the direction of
/// reading; see [`PageRequest::cut`](crate::pagination::PageRequest::cut).
macro_rules! newest_per_key {
    ($conn:expr, $of_key:expr, $table:ident, $row:ty, $key:ty, $keys:expr, $page:expr) => {{
        use $crate::db::Prepare as _;
        let (mut conn, page): (&diesel_async::AsyncPgConnection, &$crate::pagination::PageRequest) =
            ($conn, $page);
        let mut query =
            $of_key.select(<$row>::as_select()).limit(page.fetch()).into_boxed::<diesel::pg::Pg>();
        query = match (&page.cursor, page.backward) {
            (Some(cursor), true) => query.filter($table::id.gt(cursor.id)),
            (Some(cursor), false) => query.filter($table::id.lt(cursor.id)),
            (None, _) => query,
        };
        query = if page.backward { query.order($table::id.asc()) } else { query.order($table::id.desc()) };
        let keys = $keys.iter().map(|key| key.0).collect();
        let rows: Vec<($key, $row)> = $crate::db::PerKey::new(keys, query).prepared().load(&mut conn).await?;
        let mut found: Vec<$row> = rows.into_iter().map(|(_, row)| row).collect();
        found.sort_unstable_by_key(|row| row.id);
        if !page.backward {
            found.reverse();
        }
        Ok(found)
    }};
}
pub(crate) use newest_per_key;
