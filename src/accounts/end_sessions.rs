//! Ending sessions: the one way in which any ends before its time, whoever asks for it.
//!
//! The refresh tokens of an ended session are good no longer. A verb that ends sessions because an account changed has
//! written the account's row first, in the same transaction: a log-in holds that row while it opens its session, so that
//! the session is either among those that end here, or not opened at all.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bytea, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::refresh_token::RefreshToken;
use crate::db::Prepare;
use crate::db::schema::sessions;
use crate::ids::{SessionId, UserId};

/// Which sessions are to end.
#[derive(Clone, Copy)]
pub(super) enum Ending<'a> {
    /// This one.
    One(SessionId),
    /// This one, if it is the account's.
    OneOf(UserId, SessionId),
    /// The one that the token belongs to, be it spent or not.
    OfToken(&'a RefreshToken),
    /// Every one of the account.
    AllOf(UserId),
    /// Every one of the account but this.
    AllBut(UserId, SessionId),
}

/// A session that was ended.
#[derive(QueryableByName)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
struct Ended {
    id: SessionId,
}

/// The statement that ends the sessions of a condition over `$2` and `$3`. Locked in the order of their ids, so that two
/// who end the same ones cannot wait for each other.
macro_rules! end_where {
    ($condition:literal) => {
        sql_query(concat!(
            "UPDATE sessions SET revoked_at = $1 WHERE id IN (SELECT id FROM sessions WHERE revoked_at IS NULL AND ",
            $condition,
            " ORDER BY id FOR UPDATE) RETURNING id"
        ))
    };
}

/// Ends sessions, and says which: none of those that had ended before.
pub(super) async fn end_sessions(
    mut conn: &AsyncPgConnection,
    ending: Ending<'_>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<SessionId>> {
    let ended: Vec<Ended> = match ending {
        Ending::One(session) => {
            end_where!("id = $2")
                .bind::<Timestamptz, _>(now)
                .bind::<Uuid, _>(session)
                .prepared()
                .load(&mut conn)
                .await?
        }
        Ending::OneOf(user, session) => {
            end_where!("user_id = $2 AND id = $3")
                .bind::<Timestamptz, _>(now)
                .bind::<Uuid, _>(user)
                .bind::<Uuid, _>(session)
                .prepared()
                .load(&mut conn)
                .await?
        }
        Ending::OfToken(token) => {
            end_where!("id = (SELECT session_id FROM refresh_tokens WHERE token_hash = $2)")
                .bind::<Timestamptz, _>(now)
                .bind::<Bytea, _>(token.hash())
                .prepared()
                .load(&mut conn)
                .await?
        }
        Ending::AllOf(user) => {
            end_where!("user_id = $2")
                .bind::<Timestamptz, _>(now)
                .bind::<Uuid, _>(user)
                .prepared()
                .load(&mut conn)
                .await?
        }
        Ending::AllBut(user, session) => {
            end_where!("user_id = $2 AND id <> $3")
                .bind::<Timestamptz, _>(now)
                .bind::<Uuid, _>(user)
                .bind::<Uuid, _>(session)
                .prepared()
                .load(&mut conn)
                .await?
        }
    };
    Ok(ended.into_iter().map(|session| session.id).collect())
}
