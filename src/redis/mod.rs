//! Redis, which the copies of a server share what they can do without through: wake-ups, limits, counts, documents.

mod link;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bb8_redis::RedisConnectionManager;
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use secrecy::ExposeSecret;

use self::link::Link;
use crate::config;
use crate::error::Error;

/// Connections held open. Each is lent to one task at a time, for a round trip: few are needed.
const POOL_SIZE: u32 = 4;
/// How long a connection may take, one from the pool or one that listens. Short: what needs Redis has something to fall
/// back on.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection taken from the pool.
pub type Connection<'a> = bb8::PooledConnection<'a, RedisConnectionManager>;

/// The Redis of this shop. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Redis {
    pool: bb8::Pool<RedisConnectionManager>,
    link: Arc<Link>,
    client: redis::Client,
    prefix: String,
}

impl Redis {
    /// No connections yet: a Redis that is away at the start is as one that goes away later. Fails when the
    /// address makes no sense; none when no address is configured.
    pub fn open(config: &config::Redis) -> anyhow::Result<Option<Self>> {
        let Some(url) = &config.url else { return Ok(None) };
        let client = redis::Client::open(url.expose_secret()).context("REDIS_URL")?;
        let manager = RedisConnectionManager::new(url.expose_secret()).context("REDIS_URL")?;
        let pool =
            bb8::Pool::builder().max_size(POOL_SIZE).connection_timeout(PATIENCE).build_unchecked(manager);
        Ok(Some(Self {
            pool,
            link: Link::new(client.clone(), format!("{}:v1:probe", config.prefix)),
            client,
            prefix: config.prefix.clone(),
        }))
    }

    /// The name of something of this shop's in Redis.
    #[must_use]
    pub fn name(&self, thing: &str) -> String {
        format!("{}:{thing}", self.prefix)
    }

    /// A connection from the pool, known to answer.
    pub async fn get(&self) -> crate::error::Result<Connection<'_>> {
        self.pool.get().await.map_err(|error| match error {
            bb8::RunError::User(error) => error.into(),
            bb8::RunError::TimedOut => anyhow::anyhow!("no Redis connection within {PATIENCE:?}").into(),
        })
    }

    /// What Redis answers to a call, on a connection that all such calls use side by side: for what has to be quick, and can
    /// do without an answer. None while Redis is away, or slow; nobody waits for one that is known to be.
    pub async fn ask<T, F>(&self, call: impl FnOnce(MultiplexedConnection) -> F) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        self.link.ask(call).await
    }

    /// Takes down that Redis is away, which is logged if it is news.
    pub fn lost(&self, error: &Error) {
        self.link.lost(error);
    }

    /// A connection of its own that receives what is published on a channel: one that listens can do nothing else. Fails
    /// when Redis does not answer in time; one that accepts connections and says nothing would otherwise be waited for.
    pub async fn listener(&self, channel: &str) -> crate::error::Result<redis::aio::PubSub> {
        let subscribed = async {
            let mut listener = self.client.get_async_pubsub().await?;
            listener.subscribe(channel).await?;
            Ok(listener)
        };
        let answered = tokio::time::timeout(PATIENCE, subscribed).await;
        answered.map_err(|_| anyhow::anyhow!("Redis does not answer within {PATIENCE:?}"))?
    }
}
