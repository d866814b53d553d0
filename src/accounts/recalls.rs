//! Recalls: access tokens that are good no longer before they expire, because their session ended or their account's roles
//! changed.
//!
//! The table is the truth: whatever statement ends a session or changes roles, the database notes it at the session
//! (`recalled_at`, `generation`). Each process keeps what was noted within the life of an access token, and looks for more
//! every few seconds, or at once when it is told that there is some. Requests and sockets are checked against what it
//! keeps, so that none of them asks the database. While that cannot be read, tokens that were good go on being good until
//! they expire.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Double};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::sync::{Mutex, Notify};

use super::authenticate::AuthError;
use super::permissions::SignedIn;
use super::tokens::LEEWAY;
use crate::clock::Clock;
use crate::db::schema::sessions;
use crate::db::{Db, Prepare};
use crate::error::Result;
use crate::ids::SessionId;

/// What a look goes back behind the one before: transactions become visible after the moment that they note.
const OVERLAP: Duration = Duration::from_secs(30);
/// How often a look goes back as far as any access token does, which finds what a longer transaction noted and forgets
/// what is over.
const WHOLE_EVERY: Duration = Duration::from_secs(40);
/// The most recalls that are kept: some 20 MB. Where there are more, every token that is out has to be renewed instead.
const MAX_KEPT: usize = 200_000;

/// The recalls that this process knows of.
pub struct Recalls {
    known: RwLock<Known>,
    more: Notify,
    looked: Mutex<Looked>,
    /// How far back an access token that is good can have been issued.
    life: Duration,
    clock: Clock,
}

#[derive(Default)]
struct Known {
    sessions: HashMap<SessionId, Recall>,
    /// Tokens issued up to this moment have to be renewed, whosoever they are.
    floor: Option<DateTime<Utc>>,
}

/// What became of a session's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recall {
    /// None is good.
    All,
    /// Those of earlier generations are not good.
    Before(i32),
}

/// When the table was looked into with success: last, last back to the beginning, and when there was too much to keep.
#[derive(Default)]
struct Looked {
    last: Option<Instant>,
    whole: Option<Instant>,
    floor: Option<Instant>,
}

impl Recalls {
    /// None known yet, of access tokens that last this long.
    #[must_use]
    pub fn new(access_ttl: Duration, clock: Clock) -> Self {
        let life = access_ttl + LEEWAY.to_std().unwrap_or_default() + OVERLAP;
        Self { known: RwLock::default(), more: Notify::new(), looked: Mutex::default(), life, clock }
    }

    /// Learns of what was recalled since the last look. On return, everything is known that was committed before the call;
    /// callers that come together share a look.
    pub async fn look(&self, db: &Db) -> Result<()> {
        let asked = Instant::now();
        let mut looked = self.looked.lock().await;
        if looked.last.is_some_and(|last| last >= asked) {
            return Ok(());
        }
        let begun = Instant::now();
        let whole = looked.whole.is_none_or(|whole| whole.elapsed() >= WHOLE_EVERY);
        let back = match looked.last {
            Some(last) if !whole => self.life.min(last.elapsed() + OVERLAP),
            _ => self.life,
        };
        // Behind the floor there is nothing to know.
        let back = looked.floor.map_or(back, |floor| back.min(floor.elapsed() + OVERLAP));
        let found = recalled_within(&*db.get().await?, back).await?;
        looked.last = Some(begun);
        if whole {
            looked.whole = Some(begun);
        }
        if !self.keep(found, whole) {
            looked.floor = Some(begun);
        }
        Ok(())
    }

    /// Takes down what a look has found; false when it was too much.
    fn keep(&self, found: Vec<(SessionId, Recall)>, whole: bool) -> bool {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let news = found.iter().any(|(session, recall)| known.sessions.get(session) != Some(recall));
        if whole {
            known.sessions = found.into_iter().collect();
        } else {
            known.sessions.extend(found);
        }
        let fits = known.sessions.len() <= MAX_KEPT;
        if !fits {
            tracing::warn!(
                most = MAX_KEPT,
                "so many access tokens were recalled that all have to be renewed"
            );
            *known = Known { sessions: HashMap::new(), floor: Some(self.clock.now()) };
        }
        drop(known);
        if news {
            self.more.notify_waiters();
        }
        fits
    }

    /// Whether the token that says this is still good.
    pub(super) fn check(&self, user: &SignedIn) -> std::result::Result<(), AuthError> {
        let known = self.known();
        match known.sessions.get(&user.session_id) {
            Some(Recall::All) => Err(AuthError::Ended),
            Some(Recall::Before(generation)) if user.generation < *generation => Err(AuthError::Stale),
            _ if known.floor.is_some_and(|floor| user.issued_at <= floor) => Err(AuthError::Stale),
            _ => Ok(()),
        }
    }

    /// Waits until the token that says this is good no longer, be it that it expires, and says why.
    pub async fn end_of(&self, user: &SignedIn) -> AuthError {
        let expired = async {
            self.clock.reached(user.expires_at).await;
            AuthError::Expired
        };
        let recalled = async {
            loop {
                let mut more = std::pin::pin!(self.more.notified());
                // From here on news are noticed, also between the check and the wait.
                more.as_mut().enable();
                if let Err(error) = self.check(user) {
                    return error;
                }
                more.await;
            }
        };
        tokio::select! {
            error = expired => error,
            error = recalled => error,
        }
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was recalled within this time, one more at most than is kept. The database's clock measures both ends: those of the
/// servers may be apart.
async fn recalled_within(
    mut conn: &AsyncPgConnection,
    back: Duration,
) -> QueryResult<Vec<(SessionId, Recall)>> {
    let recent = sql::<Bool>("recalled_at > clock_timestamp() - make_interval(secs => ")
        .bind::<Double, _>(back.as_secs_f64())
        .sql(")");
    let rows: Vec<(SessionId, i32, bool)> = sessions::table
        .filter(recent)
        .select((sessions::id, sessions::generation, sessions::revoked_at.is_not_null()))
        .limit(i64::try_from(MAX_KEPT).unwrap_or(i64::MAX).saturating_add(1))
        .prepared()
        .load(&mut conn)
        .await?;
    let recall = |ended, generation| if ended { Recall::All } else { Recall::Before(generation) };
    Ok(rows.into_iter().map(|(id, generation, ended)| (id, recall(ended, generation))).collect())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures_util::FutureExt;

    use super::*;
    use crate::accounts::Role;
    use crate::ids::UserId;

    fn recalls() -> Recalls {
        Recalls::new(Duration::from_mins(15), Clock::default())
    }

    fn token(session: SessionId, generation: i32) -> SignedIn {
        let now = Utc::now();
        SignedIn::new(UserId::new(), session, &[Role::Customer], now + TimeDelta::minutes(15))
            .of(now, generation)
    }

    #[test]
    fn a_token_is_recalled_with_its_session_or_its_generation() {
        let recalls = recalls();
        let (ended, changed, other) = (SessionId::new(), SessionId::new(), SessionId::new());
        assert!(recalls.keep(vec![(ended, Recall::All), (changed, Recall::Before(2))], false));
        assert_eq!(recalls.check(&token(ended, 7)), Err(AuthError::Ended));
        assert_eq!(recalls.check(&token(changed, 1)), Err(AuthError::Stale));
        assert_eq!(recalls.check(&token(changed, 2)), Ok(()));
        assert_eq!(recalls.check(&token(other, 0)), Ok(()));
        assert!(recalls.keep(vec![(changed, Recall::All)], false));
        assert_eq!(recalls.check(&token(changed, 2)), Err(AuthError::Ended));
        assert_eq!(
            recalls.check(&token(ended, 0)),
            Err(AuthError::Ended),
            "nothing is forgotten by a short look"
        );
        assert!(recalls.keep(vec![(changed, Recall::All)], true));
        assert_eq!(recalls.check(&token(ended, 0)), Ok(()), "what no token outlives is forgotten");
    }

    #[tokio::test]
    async fn whoever_waits_for_a_tokens_end_hears_of_it_at_once() {
        let recalls = recalls();
        let watched = token(SessionId::new(), 0);
        let mut end = std::pin::pin!(recalls.end_of(&watched));
        assert!((&mut end).now_or_never().is_none());
        assert!(recalls.keep(vec![(SessionId::new(), Recall::All)], false));
        assert!((&mut end).now_or_never().is_none(), "that was another's");
        assert!(recalls.keep(vec![(watched.session_id, Recall::All)], false));
        assert_eq!(end.now_or_never(), Some(AuthError::Ended));
        assert_eq!(recalls.end_of(&watched).now_or_never(), Some(AuthError::Ended), "nor is it missed");
        recalls.clock.advance(TimeDelta::hours(1));
        let other = token(SessionId::new(), 0);
        assert_eq!(recalls.end_of(&other).now_or_never(), Some(AuthError::Expired));
    }

    #[test]
    fn more_than_can_be_kept_renews_every_token_that_is_out() {
        let recalls = recalls();
        let before = token(SessionId::new(), 0);
        assert!(!recalls.keep((0..=MAX_KEPT).map(|_| (SessionId::new(), Recall::All)).collect(), false));
        assert_eq!(recalls.check(&before), Err(AuthError::Stale));
        let after = before.of(Utc::now() + TimeDelta::seconds(2), 0);
        assert_eq!(recalls.check(&after), Ok(()));
        assert!(recalls.known().sessions.is_empty());
    }
}
