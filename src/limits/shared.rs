//! Buckets in Redis, which all copies of the server share. One round trip a request, on a connection that all requests use
//! side by side.
//!
//! No request waits for Redis to come back: what cannot be asked within [`PATIENCE`] is taken to be away, and somebody else
//! looks for it while requests do without.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use redis::Script;
use redis::aio::MultiplexedConnection;

use super::{Bucket, Draft, Holder, Outcome};
use crate::error::Error;
use crate::redis::Redis;

/// How long a request waits for an answer. Redis takes a fraction of a millisecond, and a network one or two.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long nobody asks a Redis that was lost.
const PAUSE: Duration = Duration::from_secs(2);

/// The buckets in Redis.
pub(super) struct Shared(Arc<Link>);

struct Link {
    redis: Redis,
    script: Script,
    state: Mutex<State>,
}

enum State {
    /// Nobody has asked yet.
    New,
    /// It is being looked for.
    Away,
    There(MultiplexedConnection),
}

impl Shared {
    pub(super) fn new(redis: Redis) -> Self {
        let script = Script::new(include_str!("take.lua"));
        Self(Arc::new(Link { redis, script, state: Mutex::new(State::New) }))
    }

    /// Takes what all of these buckets have, or nothing; none when Redis does not say.
    pub(super) async fn take(&self, drafts: &[Draft; 2]) -> Option<Outcome> {
        let mut connection = self.connection()?;
        let link = &self.0;
        let mut call = link.script.prepare_invoke();
        for draft in drafts {
            call.key(link.redis.name(&key(&draft.bucket)));
        }
        for draft in drafts {
            call.arg(draft.micros()).arg(draft.most_micros());
        }
        let asked = tokio::time::timeout(PATIENCE, call.invoke_async::<(u8, u64, u64)>(&mut connection));
        match asked.await {
            Ok(Ok((granted, first, second))) => {
                Some(Outcome { granted: granted == 1, missing: [first, second] })
            }
            Ok(Err(error)) => {
                self.lost(&error.into());
                None
            }
            Err(_) => {
                self.lost(&anyhow::anyhow!("Redis does not answer within {PATIENCE:?}").into());
                None
            }
        }
    }

    fn connection(&self) -> Option<MultiplexedConnection> {
        let mut state = self.0.lock();
        match &*state {
            State::There(connection) => Some(connection.clone()),
            State::Away => None,
            State::New => {
                *state = State::Away;
                tokio::spawn(look_for(Arc::downgrade(&self.0), Duration::ZERO, false));
                None
            }
        }
    }

    /// Says that Redis is gone. Of all who find that out at the same time, one says it.
    fn lost(&self, error: &Error) {
        let mut state = self.0.lock();
        if matches!(*state, State::There(_)) {
            *state = State::Away;
            tell_of_loss(error);
            tokio::spawn(look_for(Arc::downgrade(&self.0), PAUSE, true));
        }
    }
}

impl Link {
    /// Held for a moment, and never while something is waited for.
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn tell_of_loss(error: &Error) {
    tracing::warn!(%error, "Redis cannot be asked: each copy of the server keeps rate limits by itself until it can");
}

/// Looks for Redis until it is there, or nobody needs it any more.
async fn look_for(link: Weak<Link>, mut pause: Duration, mut told: bool) {
    loop {
        tokio::time::sleep(pause).await;
        let Some(link) = link.upgrade() else { return };
        match link.redis.shared_connection().await {
            Ok(connection) => {
                if told {
                    tracing::info!("Redis is back: rate limits are shared again");
                }
                *link.lock() = State::There(connection);
                return;
            }
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    tell_of_loss(&error);
                }
            }
        }
        pause = PAUSE;
    }
}

/// The bucket's name in Redis.
fn key(bucket: &Bucket) -> String {
    let class = bucket.class.name();
    match bucket.holder {
        Holder::Address(address) => format!("v1:limit:{class}:{address}"),
        Holder::User(user) => format!("v1:limit:{class}:{}", user.simple()),
    }
}
