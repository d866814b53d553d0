//! Refresh: the next pair of tokens for a session.
//!
//! A refresh token is good for one use. That a spent one turns up again means that two parties have it, and nobody can
//! tell the thief from the owner: the session ends for both. Of two requests with the same token that arrive together
//! the first to reach the row wins and the other counts as such a reuse.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::model::User;
use super::published::is_published;
use super::refresh_token::RefreshToken;
use super::session::{self, Session};
use super::sign_out::sign_out_by_token;
use super::tokens::TokenKeys;
use crate::config::Mode;
use crate::db::Prepare;
use crate::db::schema::{refresh_tokens, sessions, users};
use crate::error::{Error, Outcome, Refusal};
use crate::ids::SessionId;

/// Why there are no new tokens. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefreshRefusal {
    /// Unknown, spent, or of a session that ended.
    #[error("This refresh token is not good, or no longer: sign in with sessionCreate.")]
    InvalidToken,
}

impl Refusal for RefreshRefusal {}

/// Spends the token and renews its session. In production that of a demo account ends: whoever opened it in development
/// knew no more than everybody does.
pub async fn refresh(
    conn: &mut AsyncPgConnection,
    mode: Mode,
    tokens: &TokenKeys,
    now: DateTime<Utc>,
    token: &RefreshToken,
) -> Outcome<Session, RefreshRefusal> {
    let renewed = conn.transaction(async |conn| {
        let Some(id) = spend(conn, token, now).await? else {
            // No error here: that would roll the revocation back.
            if sign_out_by_token(conn, token, now).await? {
                tracing::warn!("a spent refresh token was used again; its session is revoked");
            }
            return Ok(None);
        };
        match extend(conn, id, now, tokens.session_end(now)).await? {
            Some(user) if mode == Mode::Production && is_published(&user.email) => Ok(None),
            None => Ok(None),
            Some(user) => Ok::<_, Error>(Some(session::issue(conn, tokens, now, id, user).await?)),
        }
    });
    renewed.await?.ok_or_else(|| RefreshRefusal::InvalidToken.into())
}

/// Marks an unspent token as spent and tells whose it was. Waits for whoever is spending the same one.
async fn spend(
    mut conn: &AsyncPgConnection,
    token: &RefreshToken,
    now: DateTime<Utc>,
) -> QueryResult<Option<SessionId>> {
    diesel::update(refresh_tokens::table.find(token.hash()))
        .filter(refresh_tokens::used_at.is_null())
        .set(refresh_tokens::used_at.eq(now))
        .returning(refresh_tokens::session_id)
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()
}

/// Moves the end of a session that has not ended, and gives its user if the account is still living.
async fn extend(
    mut conn: &AsyncPgConnection,
    id: SessionId,
    now: DateTime<Utc>,
    end: DateTime<Utc>,
) -> QueryResult<Option<User>> {
    let user: Option<crate::ids::UserId> = diesel::update(sessions::table.find(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .set(sessions::expires_at.eq(end))
        .returning(sessions::user_id)
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()?;
    let Some(user) = user else {
        return Ok(None);
    };
    users::table
        .find(user)
        .filter(users::deleted_at.is_null())
        .select(User::as_select())
        .first(&mut conn)
        .await
        .optional()
}
