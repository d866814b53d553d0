//! Sign out: end a session. Doing it again changes nothing.
//!
//! The session's access token stays good until it expires; its refresh token is good no longer.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::refresh_token::RefreshToken;
use crate::db::schema::{refresh_tokens, sessions};
use crate::ids::SessionId;

/// Ends this session. Whether it was this call that did.
pub async fn sign_out(
    mut conn: &AsyncPgConnection,
    session: SessionId,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let ended = diesel::update(sessions::table.find(session))
        .filter(sessions::revoked_at.is_null())
        .set(sessions::revoked_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(ended > 0)
}

/// Ends the session that the token belongs to, be it spent or not: to have it is right enough. Whether it was this call
/// that did.
pub async fn sign_out_by_token(
    mut conn: &AsyncPgConnection,
    token: &RefreshToken,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let of_token = refresh_tokens::table.find(token.hash()).select(refresh_tokens::session_id);
    let ended = diesel::update(sessions::table.filter(sessions::id.eq_any(of_token)))
        .filter(sessions::revoked_at.is_null())
        .set(sessions::revoked_at.eq(now))
        .execute(&mut conn)
        .await?;
    Ok(ended > 0)
}
