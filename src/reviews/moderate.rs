//! A moderator decides whether a review can be read by all.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::ReviewStatus;
use crate::db::schema::reviews;
use crate::ids::ReviewId;

/// Hides a review or shows it again, and tells whether there is such a review. The product's stars follow.
pub async fn moderate(mut conn: &AsyncPgConnection, id: ReviewId, status: ReviewStatus) -> QueryResult<bool> {
    let changed = diesel::update(reviews::table.find(id))
        .set(reviews::status.eq(status.as_str()))
        .execute(&mut conn)
        .await?;
    Ok(changed == 1)
}
