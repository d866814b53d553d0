//! A category goes for good.
//!
//! Unlike a product it is named by no order, so nothing of it has to be kept. Its products stay, filed nowhere; its
//! subcategories have to be moved or deleted first, so that no branch of the shop disappears by one click.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::category_row::lock_tree;
use super::refusal::{CategoryProblem, Refused};
use crate::db::schema::categories;
use crate::error::Outcome;
use crate::ids::CategoryId;

/// Deletes a category that has no other below it.
pub async fn delete_category(
    conn: &mut AsyncPgConnection,
    id: CategoryId,
) -> Outcome<(), Refused<CategoryProblem>> {
    conn.transaction(async |conn| {
        lock_tree(conn).await?;
        let children: i64 =
            categories::table.filter(categories::parent_id.eq(id)).select(count_star()).first(conn).await?;
        if children > 0 {
            return Err(Refused::at(["id"], CategoryProblem::NotEmpty { children }).into());
        }
        let deleted = diesel::delete(categories::table.find(id)).execute(conn).await?;
        if deleted == 0 { Err(Refused::at(["id"], CategoryProblem::UnknownCategory).into()) } else { Ok(()) }
    })
    .await
}
