//! The list of an account's sessions: where its owner is signed in.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::newest_per_key;
use crate::db::schema::sessions;
use crate::ids::{SessionId, UserId};
use crate::pagination::PageRequest;

/// The order of an account's sessions, for cursors.
pub const NEWEST_SESSIONS: &str = "sessions";

/// A log-in that has not ended.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct LivingSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was opened or refreshed last.
    pub last_used_at: DateTime<Utc>,
    /// When it ends unless it is refreshed.
    pub expires_at: DateTime<Utc>,
}

/// The rows of one page of each of these accounts' sessions that live at this moment, newest first, in one statement.
pub async fn session_rows_by_users(
    conn: &AsyncPgConnection,
    users: &[UserId],
    page: &PageRequest,
    now: DateTime<Utc>,
) -> QueryResult<Vec<LivingSession>> {
    let living = sessions::table
        .filter(sessions::user_id.eq(sql::<SqlUuid>("wanted.key")))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    newest_per_key!(conn, living, sessions, LivingSession, UserId, users, page)
}

/// How many sessions of an account live at this moment.
pub async fn count_sessions_of(
    mut conn: &AsyncPgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> QueryResult<i64> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(count_star())
        .first(&mut conn)
        .await
}
