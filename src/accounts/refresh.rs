//! Refresh: the next pair of tokens for a session.
//!
//! A refresh token is good for one use. That a spent one turns up again means that two parties have it, and nobody can
//! tell the thief from the owner: the session ends for both. Of two requests with the same token that arrive together
//! the first to reach the row wins and the other counts as such a reuse.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::end_sessions::{Ending, end_sessions};
use super::model::User;
use super::published::is_published;
use super::refresh_token::RefreshToken;
use super::session::{self, Session};
use super::tokens::TokenKeys;
use crate::config::Mode;
use crate::db::Prepare;
use crate::db::schema::{refresh_tokens, sessions, users};
use crate::error::{Error, Outcome, Refusal};
use crate::ids::{SessionId, UserId};

/// Why there are no new tokens. The text is meant for the client, who is not told more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This refresh token is not good, or no longer: sign in with sessionCreate.")]
pub enum RefreshRefusal {
    /// Unknown, or of a session that ended.
    InvalidToken,
    /// Spent before; its session has ended with this.
    Reused,
    /// Spent by the same browser a moment ago, which has the next one by now or is about to get it.
    JustSpent,
}

impl Refusal for RefreshRefusal {}

/// Who keeps a refresh token and sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// A client, which sees to it that it is sent once.
    Client,
    /// A browser, in a cookie: its tabs know nothing of each other, and may send it at the same time.
    Browser,
}

/// How far apart the tabs of a browser may send the same token. The later ones get nothing for it; a thief that was first is
/// found out when the owner comes back after that.
const TABS_APART: TimeDelta = TimeDelta::seconds(10);

/// Spends the token and renews its session. In production that of a demo account ends: whoever opened it in development
/// knew no more than everybody does.
pub async fn refresh(
    conn: &mut AsyncPgConnection,
    mode: Mode,
    tokens: &TokenKeys,
    now: DateTime<Utc>,
    token: &RefreshToken,
    carrier: Carrier,
) -> Outcome<Session, RefreshRefusal> {
    let renewed = conn.transaction(async |conn| {
        let Some(id) = spend(conn, token, now).await? else {
            if carrier == Carrier::Browser && was_spent_since(conn, token, now - TABS_APART).await? {
                return Ok(Err(RefreshRefusal::JustSpent));
            }
            // No error here: that would roll the revocation back.
            if !end_sessions(conn, Ending::OfToken(token), now).await?.is_empty() {
                tracing::warn!("a spent refresh token was used again; its session is revoked");
                return Ok(Err(RefreshRefusal::Reused));
            }
            return Ok(Err(RefreshRefusal::InvalidToken));
        };
        match extend(conn, id, now, tokens.session_end(now)).await? {
            Some((_, user)) if mode == Mode::Production && is_published(&user.email) => {
                Ok(Err(RefreshRefusal::InvalidToken))
            }
            None => Ok(Err(RefreshRefusal::InvalidToken)),
            Some((generation, user)) => {
                Ok::<_, Error>(Ok(session::issue(conn, tokens, now, id, generation, user).await?))
            }
        }
    });
    renewed.await?.map_err(Into::into)
}

/// Whether a token was spent after that moment.
async fn was_spent_since(
    mut conn: &AsyncPgConnection,
    token: &RefreshToken,
    moment: DateTime<Utc>,
) -> QueryResult<bool> {
    let spent = refresh_tokens::table.find(token.hash()).filter(refresh_tokens::used_at.gt(moment));
    diesel::select(diesel::dsl::exists(spent)).get_result(&mut conn).await
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

/// Moves the end of a session that has not ended, and gives the generation that its tokens are at and its user, if the
/// account is still living. From here to the end of the transaction nobody recalls them: the roles are those of the
/// generation.
async fn extend(
    mut conn: &AsyncPgConnection,
    id: SessionId,
    now: DateTime<Utc>,
    end: DateTime<Utc>,
) -> QueryResult<Option<(i32, User)>> {
    let extended: Option<(UserId, i32)> = diesel::update(sessions::table.find(id))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .set((sessions::expires_at.eq(end), sessions::last_used_at.eq(now)))
        .returning((sessions::user_id, sessions::generation))
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()?;
    let Some((user, generation)) = extended else {
        return Ok(None);
    };
    let user = users::table
        .find(user)
        .filter(users::deleted_at.is_null())
        .select(User::as_select())
        .first(&mut conn)
        .await
        .optional()?;
    Ok(user.map(|user| (generation, user)))
}
