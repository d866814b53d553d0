//! Sign out: end a session. Doing it again changes nothing.
//!
//! Its refresh token is good no longer; its access token is recalled.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::AsyncPgConnection;

use super::end_sessions::{Ending, end_sessions};
use super::refresh_token::RefreshToken;
use crate::ids::SessionId;

/// Ends this session. Whether it was this call that did.
pub async fn sign_out(conn: &AsyncPgConnection, session: SessionId, now: DateTime<Utc>) -> QueryResult<bool> {
    Ok(!end_sessions(conn, Ending::One(session), now).await?.is_empty())
}

/// Ends the session that the token belongs to, be it spent or not: to have it is right enough. Whether it was this call
/// that did.
pub async fn sign_out_by_token(
    conn: &AsyncPgConnection,
    token: &RefreshToken,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    Ok(!end_sessions(conn, Ending::OfToken(token), now).await?.is_empty())
}
