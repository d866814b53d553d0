//! Jobs that were given up: seen, begun again, thrown away.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::db::Prepare;
use crate::db::schema::jobs;
use crate::error::{Outcome, Refusal, violated_constraint};
use crate::ids::JobId;
use crate::pagination::{Page, PageRequest, SortKey, moment};

/// The order of the list of dead jobs, for cursors.
pub const NEWEST_DEAD: &str = "dead-jobs";
/// How many more attempts a job gets that is begun again.
const MORE_ATTEMPTS: i32 = 20;

/// A job that was given up. Its payload stays where it is: there may be addresses in it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg))]
pub struct DeadJob {
    /// Its id.
    pub id: JobId,
    /// What was to be done.
    pub kind: String,
    /// What it was about: an id, a type.
    pub subject: Option<String>,
    /// How often it was begun.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was given up.
    #[diesel(select_expression = jobs::died_at.assume_not_null())]
    pub died_at: DateTime<Utc>,
}

/// Why a job is not begun again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviveRefusal {
    /// There is no dead job with this id.
    NotFound,
    /// Another job that does the same waits already.
    WaitsAlready,
}

impl Refusal for ReviveRefusal {}

/// One page of the dead jobs, the last to die first.
pub async fn dead_page(mut conn: &AsyncPgConnection, page: &PageRequest) -> QueryResult<Page<DeadJob>> {
    let dead = jobs::table.filter(jobs::died_at.is_not_null()).select(DeadJob::as_select());
    let mut query = dead.limit(page.fetch()).into_boxed::<diesel::pg::Pg>();
    if let Some(cursor) = &page.cursor
        && let SortKey::Int(micros) = cursor.key
        && let Some(died_at) = moment(micros)
    {
        let (same, id) = (jobs::died_at.eq(died_at), JobId(cursor.id));
        query = if page.backward {
            query.filter(jobs::died_at.gt(died_at).or(same.and(jobs::id.gt(id))))
        } else {
            query.filter(jobs::died_at.lt(died_at).or(same.and(jobs::id.lt(id))))
        };
    }
    query = if page.backward {
        query.order((jobs::died_at.asc(), jobs::id.asc()))
    } else {
        query.order((jobs::died_at.desc(), jobs::id.desc()))
    };
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many dead jobs there are.
pub async fn count_dead(mut conn: &AsyncPgConnection) -> QueryResult<i64> {
    jobs::table.filter(jobs::died_at.is_not_null()).select(count_star()).first(&mut conn).await
}

/// Has a dead job begun again, at its old place: those behind it in its order that are still open wait for it. Wake the
/// workers then.
pub async fn revive(conn: &mut AsyncPgConnection, id: JobId) -> Outcome<(), ReviveRefusal> {
    // A transaction of its own, so that one around it outlives the refusal.
    let revived = conn.transaction(async |conn| {
        // The count of attempts goes on: a worker that died with the job must not be taken for the next one.
        diesel::sql_query(
            "UPDATE jobs SET died_at = NULL, leased_until = NULL, run_at = now(), max_attempts = attempts + $2 \
             WHERE id = $1 AND died_at IS NOT NULL",
        )
        .bind::<Uuid, _>(id)
        .bind::<Integer, _>(MORE_ATTEMPTS)
        .prepared()
        .execute(conn)
        .await
    });
    match revived.await {
        Ok(0) => Err(ReviveRefusal::NotFound.into()),
        Ok(_) => Ok(()),
        Err(error) if violated_constraint(&error) == Some("jobs_unique_key_key") => {
            Err(ReviveRefusal::WaitsAlready.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Throws a dead job away. False when there is none with this id.
pub async fn discard(mut conn: &AsyncPgConnection, id: JobId) -> QueryResult<bool> {
    let dead = jobs::table.filter(jobs::id.eq(id)).filter(jobs::died_at.is_not_null());
    Ok(diesel::delete(dead).execute(&mut conn).await? > 0)
}
