//! The bus between processes: one Redis channel.

use std::time::Duration;

use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Topic;
use super::local::Local;
use crate::error::Result;
use crate::ids::{OrderId, VariantId};
use crate::redis::Redis;

/// The longest pause between two attempts to restore the link.
const MAX_PAUSE: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How often a silent link is asked whether it is still there, and how long it may take to answer: TCP alone would not
/// notice for minutes.
const PING_EVERY: Duration = Duration::from_secs(15);

/// A channel of Redis, named after the shop and the version of its messages: shops and releases can share a Redis.
#[derive(Clone)]
pub(super) struct Channel {
    redis: Redis,
    name: String,
    ping_every: Duration,
}

/// A topic as it travels. Adding a variant is no new version: who does not know it ignores it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
enum Message {
    Order(Uuid),
    Sessions,
    Variant(Uuid),
}

impl Message {
    fn new(topic: &Topic) -> Option<Self> {
        match topic {
            Topic::Order(id) => Some(Self::Order(id.0)),
            Topic::Sessions => Some(Self::Sessions),
            Topic::Variant(id) => Some(Self::Variant(id.0)),
            Topic::Orders => None,
        }
    }

    fn topic(&self) -> Topic {
        match self {
            Self::Order(id) => Topic::Order(OrderId(*id)),
            Self::Sessions => Topic::Sessions,
            Self::Variant(id) => Topic::Variant(VariantId(*id)),
        }
    }
}

impl Channel {
    pub(super) fn new(redis: Redis) -> Self {
        Self { name: redis.name("v1:events"), redis, ping_every: PING_EVERY }
    }

    pub(super) async fn publish(&self, topics: &[Topic]) -> Result<()> {
        let mut pipeline = redis::pipe();
        for message in topics.iter().filter_map(Message::new) {
            let message = serde_json::to_string(&message).map_err(anyhow::Error::from)?;
            pipeline.publish(&self.name, message).ignore();
        }
        if !pipeline.is_empty() {
            pipeline.query_async::<()>(&mut *self.redis.get().await?).await?;
        }
        Ok(())
    }

    /// Wakes this process's subscriptions as messages come in; restores the link for ever. What was published while it
    /// was down is lost, so each time it is back, everybody looks again, and also with each failed attempt: the longer
    /// Redis is away, the more live views do without it.
    pub(super) async fn listen(&self, local: &Local) {
        let mut pause = FIRST_PAUSE;
        loop {
            let received = self.receive(local, &mut pause).await;
            let error = received.err().unwrap_or_else(|| anyhow::anyhow!("the link to the bus broke").into());
            self.redis.lost(&error);
            local.wake_all();
            // Jitter: the copies of a server that lost Redis together should not all come back together.
            tokio::time::sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
            pause = MAX_PAUSE.min(pause * 2);
        }
    }

    /// Receives until the link breaks.
    async fn receive(&self, local: &Local, pause: &mut Duration) -> Result<()> {
        let listener = self.redis.listener(&self.name).await?;
        tracing::debug!("the bus is heard");
        *pause = FIRST_PAUSE;
        local.wake_all();
        let (mut sink, mut messages) = listener.split();
        loop {
            let message = match tokio::time::timeout(self.ping_every, messages.next()).await {
                Ok(Some(message)) => message,
                Ok(None) => return Ok(()),
                Err(_silent) => {
                    match tokio::time::timeout(self.ping_every, sink.ping::<redis::Value>()).await {
                        Ok(answer) => {
                            answer?;
                            continue;
                        }
                        Err(_dead) => return Ok(()),
                    }
                }
            };
            match serde_json::from_slice::<Message>(message.get_payload_bytes()) {
                Ok(message) => local.wake(&[message.topic()]),
                Err(error) => tracing::debug!(%error, "a message of another version is ignored"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::timeout;

    use super::*;
    use crate::config;

    /// Plays Redis up to a subscription when it is to, and never says a word after that.
    async fn fall_silent(mut link: TcpStream, subscribed: bool) {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = link.read(&mut buffer).await {
            let sent = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let mut answer = "+OK\r\n".repeat(sent.matches("SETINFO").count());
            if sent.contains("SUBSCRIBE") {
                answer.push_str("*3\r\n$9\r\nsubscribe\r\n$14\r\ntest:v1:events\r\n:1\r\n");
            }
            if subscribed {
                link.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn a_redis_that_falls_silent_is_given_up_and_tried_again() {
        for subscribed in [false, true] {
            let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("redis://{}", peer.local_addr().unwrap());
            let config = config::Redis { url: Some(url.into()), prefix: "test".to_owned() };
            let redis = Redis::open(&config).unwrap().unwrap();
            let channel = Channel { ping_every: Duration::from_millis(100), ..Channel::new(redis) };
            let local = Local::default();
            let tried_again = async {
                for _ in 0..2 {
                    tokio::spawn(fall_silent(peer.accept().await.unwrap().0, subscribed));
                }
            };
            tokio::select! {
                () = channel.listen(&local) => unreachable!("it listens for ever"),
                tried = timeout(Duration::from_secs(10), tried_again) => {
                    assert!(tried.is_ok(), "a silent link is kept; after the subscription: {subscribed}");
                }
            }
        }
    }

    /// Copies of different releases share the channel during an upgrade: what travels must not change by accident.
    #[test]
    fn messages_are_written_as_the_other_releases_read_them() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let topic = Topic::Order(OrderId(id));
        let written = serde_json::to_string(&Message::new(&topic)).unwrap();
        assert_eq!(written, r#"{"type":"order","id":"01890a5d-ac96-774b-bcce-b302099a8057"}"#);
        assert_eq!(serde_json::from_str::<Message>(&written).unwrap().topic(), topic);
        let written = serde_json::to_string(&Message::new(&Topic::Sessions)).unwrap();
        assert_eq!(written, r#"{"type":"sessions"}"#);
        assert_eq!(serde_json::from_str::<Message>(&written).unwrap().topic(), Topic::Sessions);
        assert!(serde_json::from_str::<Message>(r#"{"type":"review","id":"x"}"#).is_err());
    }
}
