//! The bus within one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Topic;

type Listeners = HashMap<Topic, Vec<Arc<Notify>>>;

/// Who of this process listens for what.
#[derive(Clone, Default)]
pub(super) struct Local {
    // Never held across an await: every change is a few instructions.
    listeners: Arc<Mutex<Listeners>>,
}

impl Local {
    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn subscribe(&self, topics: impl IntoIterator<Item = Topic>) -> Subscription {
        let notify = Arc::new(Notify::new());
        let topics: Vec<Topic> = topics.into_iter().collect();
        let mut listeners = self.listeners();
        for topic in &topics {
            listeners.entry(*topic).or_default().push(Arc::clone(&notify));
        }
        drop(listeners);
        Subscription { notify, topics, local: self.clone() }
    }

    /// Wakes those who listen for one of these topics.
    pub(super) fn wake(&self, topics: &[Topic]) {
        let listeners = self.listeners();
        for topic in topics {
            let feed = matches!(topic, Topic::Order(_)).then_some(&Topic::Orders);
            for listener in
                [Some(topic), feed].into_iter().flatten().filter_map(|topic| listeners.get(topic)).flatten()
            {
                listener.notify_one();
            }
        }
    }

    /// Wakes everybody: something may have been missed.
    pub(super) fn wake_all(&self) {
        for listener in self.listeners().values().flatten() {
            listener.notify_one();
        }
    }
}

/// Somebody who wants to hear of some topics. Hears no more of them once dropped.
pub struct Subscription {
    // Keeps one permit: however often it is woken before it looks, it looks once.
    notify: Arc<Notify>,
    topics: Vec<Topic>,
    local: Local,
}

impl Subscription {
    /// Waits until there was something since the last call, or since the subscription was made.
    pub async fn changed(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listeners = self.local.listeners();
        for topic in &self.topics {
            if let Some(of_topic) = listeners.get_mut(topic) {
                of_topic.retain(|listener| !Arc::ptr_eq(listener, &self.notify));
                if of_topic.is_empty() {
                    listeners.remove(topic);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::ids::OrderId;

    fn woken(subscription: &Subscription) -> bool {
        subscription.changed().now_or_never().is_some()
    }

    #[test]
    fn a_subscription_hears_of_its_topics_alone() {
        let local = Local::default();
        let (mine, other) = (OrderId::new(), OrderId::new());
        let order = local.subscribe([Topic::Order(mine)]);
        let feed = local.subscribe([Topic::Orders]);
        local.wake(&[Topic::Order(other)]);
        assert!(!woken(&order));
        assert!(woken(&feed), "the feed is over every order");
        local.wake(&[Topic::Order(mine)]);
        assert!(woken(&order));
    }

    #[test]
    fn what_happens_between_two_looks_is_one_wake_up() {
        let local = Local::default();
        let id = OrderId::new();
        let subscription = local.subscribe([Topic::Order(id)]);
        local.wake(&[Topic::Order(id), Topic::Order(id)]);
        local.wake_all();
        assert!(woken(&subscription));
        assert!(!woken(&subscription));
    }

    #[test]
    fn nothing_is_left_of_a_dropped_subscription() {
        let local = Local::default();
        let id = OrderId::new();
        let (first, second) = (local.subscribe([Topic::Order(id)]), local.subscribe([Topic::Order(id)]));
        drop(first);
        local.wake(&[Topic::Order(id)]);
        assert!(woken(&second), "the other one still hears");
        drop(second);
        assert!(local.listeners().is_empty());
    }
}
