//! A change of a category: only what is given changes. A new parent moves it with everything below it.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::category_row::{lock_tree, refusal_of};
use super::draft::CategoryChange;
use super::refusal::{CategoryProblem, Refused};
use super::validate::{Checks, MAX_DESCRIPTION, MAX_NAME};
use crate::db::schema::categories;
use crate::error::Outcome;
use crate::ids::CategoryId;

#[derive(AsChangeset, Default, PartialEq)]
#[diesel(table_name = categories)]
struct Columns {
    parent_id: Option<Option<CategoryId>>,
    slug: Option<String>,
    name: Option<String>,
    description: Option<String>,
    position: Option<i32>,
}

/// Changes a category.
pub async fn update_category(
    conn: &mut AsyncPgConnection,
    change: &CategoryChange,
) -> Outcome<(), Refused<CategoryProblem>> {
    let columns = check(change)?;
    conn.transaction(async |conn| {
        lock_tree(conn).await?;
        let known = categories::table.find(change.id).select(categories::id);
        let known: Option<CategoryId> = known.first(conn).await.optional()?;
        if known.is_none() {
            return Err(Refused::at(["id"], CategoryProblem::UnknownCategory).into());
        }
        if columns != Columns::default() {
            let slug = columns.slug.clone();
            diesel::update(categories::table.find(change.id))
                .set(columns)
                .execute(conn)
                .await
                .map_err(|error| refusal_of(error, slug))?;
        }
        Ok(())
    })
    .await
}

fn check(change: &CategoryChange) -> Outcome<Columns, Refused<CategoryProblem>> {
    let mut checks = Checks::new();
    let columns = Columns {
        parent_id: change.parent_id,
        slug: change.slug.as_deref().map(|slug| checks.slug(slug)),
        name: change.name.as_deref().map(|name| checks.text("name", name, MAX_NAME)),
        description: change
            .description
            .as_deref()
            .map(|description| checks.optional_text("description", description, MAX_DESCRIPTION)),
        position: change.position.map(|position| checks.position(position)),
    };
    checks.finish(columns)
}
