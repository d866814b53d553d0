//! A new category.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::category_row::{NewCategory, lock_tree, refusal_of};
use super::draft::CategoryDraft;
use super::refusal::{CategoryProblem, Refused};
use super::slug;
use super::validate::{Checks, MAX_DESCRIPTION, MAX_NAME};
use crate::db::schema::categories;
use crate::error::Outcome;
use crate::ids::CategoryId;

/// Stores a new category. A slug left out is made from the name, with a number behind it when the bare one is taken.
pub async fn create_category(
    conn: &mut AsyncPgConnection,
    draft: &CategoryDraft,
) -> Outcome<CategoryId, Refused<CategoryProblem>> {
    let mut category = check(draft)?;
    conn.transaction(async |conn| {
        lock_tree(conn).await?;
        if draft.slug.is_none()
            && let Some(free) = slug::free_for_category(conn, &category.name).await?
        {
            category.slug = free;
        }
        if draft.position.is_none() {
            let last: Option<i32> = categories::table
                .filter(categories::parent_id.is_not_distinct_from(draft.parent_id))
                .select(max(categories::position))
                .first(conn)
                .await?;
            category.position = last.map_or(0, |last| last.saturating_add(1));
        }
        let slug = category.slug.clone();
        diesel::insert_into(categories::table)
            .values(category)
            .returning(categories::id)
            .get_result(conn)
            .await
            .map_err(|error| refusal_of(error, Some(slug)))
    })
    .await
}

fn check(draft: &CategoryDraft) -> Outcome<NewCategory, Refused<CategoryProblem>> {
    let mut checks = Checks::new();
    let category = NewCategory {
        id: CategoryId::new(),
        parent_id: draft.parent_id,
        slug: draft.slug.as_deref().map(|slug| checks.slug(slug)).unwrap_or_default(),
        name: checks.text("name", &draft.name, MAX_NAME),
        description: checks.optional_text("description", &draft.description, MAX_DESCRIPTION),
        position: draft.position.map_or(0, |position| checks.position(position)),
    };
    checks.finish(category)
}
