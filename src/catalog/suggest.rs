//! What a shopper may be about to type: names of products and categories.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::search::SearchText;
use crate::db::Prepare;
use crate::ids::{CategoryId, ProductId};

/// A name that fits, and what has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The name.
    pub text: String,
    /// What has it.
    pub target: Target,
}

/// What a suggestion leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A product on sale.
    Product(ProductId),
    /// A category.
    Category(CategoryId),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Bool)]
    is_category: bool,
    #[diesel(sql_type = Uuid)]
    id: uuid::Uuid,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Every name that can be suggested, as it is and folded; conditions reach through to the trigram index of the products.
macro_rules! select_from_names {
    ($rest:literal) => {
        concat!(
            "SELECT is_category, id, name FROM (\
                 SELECT false AS is_category, id, name, search_name AS folded FROM products WHERE status = 'active' \
                 UNION ALL SELECT true, id, name, fold_text(name) FROM categories\
             ) names ",
            $rest
        )
    };
}

/// At most `$2` names that begin with `$1`, then those with a word that does; the shortest first. Folding may leave
/// nothing of it, which every name would begin with. Folded in subqueries: a kept plan would fold it anew for each name.
const BEGINNING: &str = select_from_names!(
    "WHERE (SELECT fold_text($1)) <> '' \
       AND (folded LIKE (SELECT fold_text($1) || '%') OR folded LIKE (SELECT '% ' || fold_text($1) || '%')) \
     ORDER BY folded LIKE (SELECT fold_text($1) || '%') DESC, is_category DESC, length(name), name, id LIMIT $2"
);
/// At most `$2` names with words like `$1`, the likest first: dearer to find, and only wanted when none begins with it.
const LIKE: &str = select_from_names!(
    "WHERE (SELECT fold_text($1)) <% folded \
     ORDER BY word_similarity((SELECT fold_text($1)), folded) DESC, is_category DESC, length(name), name, id LIMIT $2"
);

/// At most `limit` names for what was typed, the best first; among equals categories come before products.
pub async fn suggest(
    conn: &AsyncPgConnection,
    typed: &SearchText,
    limit: i64,
) -> QueryResult<Vec<Suggestion>> {
    let found = names(conn, BEGINNING, typed, limit).await?;
    if found.is_empty() { names(conn, LIKE, typed, limit).await } else { Ok(found) }
}

async fn names(
    mut conn: &AsyncPgConnection,
    statement: &'static str,
    typed: &SearchText,
    limit: i64,
) -> QueryResult<Vec<Suggestion>> {
    let rows: Vec<Row> = sql_query(statement)
        .bind::<Text, _>(&typed.words)
        .bind::<BigInt, _>(limit)
        .prepared()
        .load(&mut conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Suggestion {
            text: row.name,
            target: if row.is_category {
                Target::Category(CategoryId(row.id))
            } else {
                Target::Product(ProductId(row.id))
            },
        })
        .collect())
}
