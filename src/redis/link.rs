//! The connection for what can do without Redis: nobody waits for one that is away, and its loss and its return are told once
//! each, whoever notices.

use std::sync::{Arc, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisResult};
use tokio::sync::watch;
use tokio::time::timeout;

use super::PATIENCE;
use crate::error::{Error, Result};

/// How long somebody waits for an answer. Redis takes a fraction of a millisecond, and a network one or two.
const ANSWERS_WITHIN: Duration = Duration::from_millis(250);
/// How long nobody asks a Redis that was lost; the longest pause, as it stays away.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// A connection that many tasks use side by side, each for a round trip and without asking before whether it is there.
pub(super) struct Link {
    client: redis::Client,
    /// The name of something that is written to find out whether it can be.
    probe: String,
    state: watch::Sender<State>,
}

enum State {
    /// Nobody has asked yet.
    New,
    /// Somebody has, and it is not known yet whether it is there.
    Unknown,
    /// It is being looked for.
    Away,
    There(MultiplexedConnection),
}

impl State {
    fn is_known(&self) -> bool {
        matches!(self, Self::Away | Self::There(_))
    }
}

impl Link {
    /// None yet: it is looked for when it is first asked for.
    pub(super) fn new(client: redis::Client, probe: String) -> Arc<Self> {
        Arc::new(Self { client, probe, state: watch::Sender::new(State::New) })
    }

    /// What Redis answers to this call; none while it is away, and when it fails now.
    pub(super) async fn ask<T, F>(
        self: &Arc<Self>,
        call: impl FnOnce(MultiplexedConnection) -> F,
    ) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let connection = self.connection().await?;
        let error = match timeout(ANSWERS_WITHIN, call(connection)).await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(error)) => error.into(),
            Err(_) => anyhow::anyhow!("Redis does not answer within {ANSWERS_WITHIN:?}").into(),
        };
        self.lost(&error);
        None
    }

    /// The connection. Only whoever comes before the first one is made waits for it.
    async fn connection(self: &Arc<Self>) -> Option<MultiplexedConnection> {
        // Every request comes by here: as a rule they only read, side by side.
        match &*self.state.borrow() {
            State::There(connection) => return Some(connection.clone()),
            State::Away => return None,
            State::New | State::Unknown => {}
        }
        let first = self.state.send_if_modified(|state| {
            let first = matches!(state, State::New);
            if first {
                *state = State::Unknown;
            }
            first
        });
        if first {
            tokio::spawn(look_for(Arc::downgrade(self), Duration::ZERO, false));
        }
        let mut states = self.state.subscribe();
        match &*timeout(ANSWERS_WITHIN, states.wait_for(State::is_known)).await.ok()?.ok()? {
            State::There(connection) => Some(connection.clone()),
            _ => None,
        }
    }

    /// Says that Redis is gone. Of all who find that out, the first one says it.
    pub(super) fn lost(self: &Arc<Self>, error: &Error) {
        let news = self.state.send_if_modified(|state| {
            !matches!(std::mem::replace(state, State::Away), State::Away | State::Unknown)
        });
        if news {
            tell_of_loss(error);
            tokio::spawn(look_for(Arc::downgrade(self), PAUSE, true));
        }
    }

    /// A connection to a Redis that takes what it is told: one that is full, or a replica, answers and is of no use.
    async fn connect(&self) -> Result<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        let mut probe = redis::cmd("SET");
        probe.arg(&self.probe).arg(1).arg("PX").arg(1);
        probe.query_async::<()>(&mut connection).await?;
        Ok(connection)
    }
}

fn tell_of_loss(error: &Error) {
    tracing::warn!(
        %error,
        "Redis is away; until it is back, each copy of the server limits and counts by itself, and live views look into the database"
    );
}

/// Looks for Redis until it is there, or nobody needs it any more.
async fn look_for(link: Weak<Link>, mut pause: Duration, mut told: bool) {
    loop {
        tokio::time::sleep(pause).await;
        let Some(link) = link.upgrade() else { return };
        match link.connect().await {
            Ok(connection) => {
                if told {
                    tracing::info!("Redis is back");
                }
                link.state.send_replace(State::There(connection));
                return;
            }
            Err(error) => {
                if !std::mem::replace(&mut told, true) {
                    link.state.send_replace(State::Away);
                    tell_of_loss(&error);
                }
            }
        }
        pause = LONGEST_PAUSE.min((pause * 2).max(PAUSE));
    }
}
