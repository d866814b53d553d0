//! The bus: tells every process of the shop that something changed, so that live views look again.
//!
//! What travels is a [`Topic`], never data: the tables are the truth, and a wake-up that is lost, doubled or late costs a
//! look into them and nothing else. That is why nothing here is buffered. A [`Subscription`] remembers one bit, "look
//! again", and a slow one misses no more than a fast one.
//!
//! Without Redis the bus is this process. With it, the relay publishes to a channel, and one task per process listens
//! there and wakes the process's subscriptions; after each loss of the link they all look again.

mod channel;
mod local;

use tokio_util::sync::CancellationToken;

use self::channel::Channel;
use self::local::Local;
pub use self::local::Subscription;
use crate::error::Result;
use crate::ids::{OrderId, VariantId};
use crate::redis::Redis;

/// What changed, or what somebody wants to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// One order.
    Order(OrderId),
    /// Any order: for the feed over all of them. Nobody publishes it; it comes with each [`Topic::Order`].
    Orders,
    /// The sessions: access tokens were recalled.
    Sessions,
    /// What can be bought of a variant, or for how much.
    Variant(VariantId),
}

/// The bus as this process sees it. Cheap to clone.
#[derive(Clone, Default)]
pub struct Bus {
    local: Local,
    channel: Option<Channel>,
}

impl Bus {
    /// A bus over every process with the same Redis and prefix, of which nothing is heard until [`Bus::listen`] runs;
    /// without Redis it ends at this process.
    #[must_use]
    pub fn new(redis: Option<Redis>) -> Self {
        Self { local: Local::default(), channel: redis.map(Channel::new) }
    }

    /// Hears of these topics from now on. Subscribe first and look into the table then: so nothing falls in between.
    #[must_use]
    pub fn subscribe(&self, topics: impl IntoIterator<Item = Topic>) -> Subscription {
        self.local.subscribe(topics)
    }

    /// Wakes all who listen for these topics, in this process and in others. On an error those of this process are
    /// awake all the same, but others may not be: publish again.
    pub async fn publish(&self, topics: &[Topic]) -> Result<()> {
        let Some(channel) = &self.channel else {
            self.local.wake(topics);
            return Ok(());
        };
        // With Redis in reach, the wake-up comes back over the channel; waking here too would have everybody look twice.
        let published = channel.publish(topics).await;
        if published.is_err() {
            self.local.wake(topics);
        }
        published
    }

    /// Hears what other processes publish, until `shutdown`. Returns at once when there are no others.
    pub async fn listen(&self, shutdown: CancellationToken) {
        if let Some(channel) = &self.channel {
            shutdown.run_until_cancelled(channel.listen(&self.local)).await;
        }
    }
}
