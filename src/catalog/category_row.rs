//! The category tree as its writers see it.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use super::refusal::{CategoryProblem, Refused};
use crate::db::schema::categories;
use crate::error::{ActionError, violated_constraint};
use crate::ids::CategoryId;

/// How many levels the tree can have; the same as in the table's CHECK.
pub(crate) const MAX_LEVELS: usize = 10;

/// A category to be stored. Its path is the database's to fill in.
#[derive(Debug, Insertable)]
#[diesel(table_name = categories)]
pub(crate) struct NewCategory {
    pub(crate) id: CategoryId,
    pub(crate) parent_id: Option<CategoryId>,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Its place among its siblings.
    pub(crate) position: i32,
}

/// Makes the writers of the tree take turns; readers go on. Two moves that are each fine could otherwise close a circle
/// together, and a category made below one that is being moved would keep the old path.
pub(crate) async fn lock_tree(mut conn: &AsyncPgConnection) -> QueryResult<()> {
    conn.batch_execute("LOCK TABLE categories IN SHARE ROW EXCLUSIVE MODE").await
}

/// What PostgreSQL's refusal of a category means. `slug` is the slug that was to be stored.
pub(super) fn refusal_of(
    error: diesel::result::Error,
    slug: Option<String>,
) -> ActionError<Refused<CategoryProblem>> {
    let refusal = match (violated_constraint(&error), slug) {
        (Some("categories_slug_key"), Some(slug)) => Refused::at(["slug"], CategoryProblem::SlugTaken(slug)),
        (Some("categories_parent_id_fkey"), _) => Refused::at(["parentId"], CategoryProblem::UnknownParent),
        (Some("categories_no_circle"), _) => Refused::at(["parentId"], CategoryProblem::Circle),
        (Some("categories_depth"), _) => {
            Refused::at(["parentId"], CategoryProblem::TooDeep { max: MAX_LEVELS })
        }
        _ => return error.into(),
    };
    refusal.into()
}
