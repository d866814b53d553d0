//! What a shopper may be about to type: names of products and categories.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::search::SearchText;
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

/// Selects from `$table` the names that begin with what was typed, then those with a word that does, then those with
/// words like it. The trigram index serves all three.
macro_rules! fitting {
    ($is_category:literal, $table:literal, $folded:literal, $which:literal) => {
        concat!(
            "(SELECT ",
            $is_category,
            " AS is_category, id, name, \
                     CASE WHEN ",
            $folded,
            " LIKE fold_text($1) || '%' THEN 0 \
                          WHEN ",
            $folded,
            " LIKE '% ' || fold_text($1) || '%' THEN 1 ELSE 2 END AS tier, \
                     word_similarity(fold_text($1), ",
            $folded,
            ") AS likeness \
              FROM ",
            $table,
            " WHERE ",
            $which,
            " \
                  (",
            $folded,
            " LIKE fold_text($1) || '%' OR ",
            $folded,
            " LIKE '% ' || fold_text($1) || '%' \
                   OR fold_text($1) <% ",
            $folded,
            ") \
              ORDER BY tier, likeness DESC, name, id LIMIT $2)"
        )
    };
}

const SUGGEST: &str = concat!(
    "SELECT is_category, id, name FROM (",
    fitting!("false", "products", "search_name", "status = 'active' AND"),
    " UNION ALL ",
    fitting!("true", "categories", "fold_text(name)", ""),
    ") fitting ORDER BY tier, is_category DESC, likeness DESC, name, id LIMIT $2"
);

/// At most `limit` names for what was typed, the best first; among equals categories come before products.
pub async fn suggest(
    mut conn: &AsyncPgConnection,
    typed: &SearchText,
    limit: i64,
) -> QueryResult<Vec<Suggestion>> {
    let rows: Vec<Row> =
        sql_query(SUGGEST).bind::<Text, _>(&typed.words).bind::<BigInt, _>(limit).load(&mut conn).await?;
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
