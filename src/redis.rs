//! Redis: the pool that every use of it shares.

use std::time::Duration;

use anyhow::Context;
use bb8_redis::RedisConnectionManager;
use secrecy::{ExposeSecret, SecretString};

/// Connections held open; each carries many commands at a time, so few are needed.
const POOL_SIZE: u32 = 4;
/// How long a command may wait for a connection. Short: what needs Redis has something to fall back on.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection taken from the pool.
pub type Connection<'a> = bb8::PooledConnection<'a, RedisConnectionManager>;

/// The connection pool.
#[derive(Clone)]
pub struct Redis {
    pool: bb8::Pool<RedisConnectionManager>,
    client: redis::Client,
}

impl Redis {
    /// A pool without connections yet: a Redis that is away at the start is as one that goes away later. Fails when the
    /// address makes no sense.
    pub fn open(url: &SecretString) -> anyhow::Result<Self> {
        let client = redis::Client::open(url.expose_secret()).context("REDIS_URL")?;
        let manager = RedisConnectionManager::new(url.expose_secret()).context("REDIS_URL")?;
        let pool =
            bb8::Pool::builder().max_size(POOL_SIZE).connection_timeout(PATIENCE).build_unchecked(manager);
        Ok(Self { pool, client })
    }

    /// A connection from the pool, known to answer.
    pub async fn get(&self) -> crate::error::Result<Connection<'_>> {
        self.pool.get().await.map_err(|error| match error {
            bb8::RunError::User(error) => error.into(),
            bb8::RunError::TimedOut => anyhow::anyhow!("no Redis connection within {PATIENCE:?}").into(),
        })
    }

    /// A connection of its own for receiving messages: one that listens can do nothing else.
    pub async fn listener(&self) -> crate::error::Result<redis::aio::PubSub> {
        Ok(self.client.get_async_pubsub().await?)
    }
}
