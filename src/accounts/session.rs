//! Sessions: what every way of signing in ends with.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use secrecy::SecretString;

use super::model::User;
use super::refresh_token::RefreshToken;
use super::tokens::TokenKeys;
use crate::db::schema::{refresh_tokens, sessions};
use crate::error::Result;
use crate::ids::SessionId;

/// One log-in with the tokens that are good for it now.
pub struct Session {
    /// Its id; stays the same when it is refreshed.
    pub id: SessionId,
    /// Whose it is.
    pub user: User,
    /// What requests are signed with.
    pub access_token: SecretString,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// What gets the next pair of tokens, once.
    pub refresh_token: SecretString,
    /// When the session ends unless it is refreshed.
    pub refresh_expires_at: DateTime<Utc>,
}

/// Opens a session for someone who has proved who they are. Belongs in the transaction that saw the proof.
pub async fn open_session(
    mut conn: &AsyncPgConnection,
    tokens: &TokenKeys,
    now: DateTime<Utc>,
    user: User,
) -> Result<Session> {
    let id = SessionId::new();
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::user_id.eq(user.id),
            sessions::expires_at.eq(tokens.session_end(now)),
        ))
        .execute(&mut conn)
        .await?;
    issue(conn, tokens, now, id, 0, user).await
}

/// Gives a living session its next pair of tokens, of the generation that it is at.
pub(super) async fn issue(
    mut conn: &AsyncPgConnection,
    tokens: &TokenKeys,
    now: DateTime<Utc>,
    id: SessionId,
    generation: i32,
    user: User,
) -> Result<Session> {
    let refresh_token = RefreshToken::generate();
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(refresh_token.hash()),
            refresh_tokens::session_id.eq(id),
            refresh_tokens::created_at.eq(now),
        ))
        .execute(&mut conn)
        .await?;
    let access_token = tokens.issue(&user, id, generation, now)?;
    Ok(Session {
        id,
        user,
        access_token: access_token.text,
        expires_at: access_token.expires_at,
        refresh_token: refresh_token.into_text(),
        refresh_expires_at: tokens.session_end(now),
    })
}
