//! Subscriptions: what happens in the shop, as it happens.
//!
//! Each is a table read again and again by [`follow`]: a wake-up from the bus says when to look, the table says what is
//! new. How the answers travel is not decided here.

mod availability;
mod event;
mod feed;
mod follow;
mod status;

use async_graphql::MergedSubscription;

pub(super) use self::event::{EventActor, OrderEvent, event_connection};

/// Everything that can be watched. An event of a subscription is resolved with fresh data.
#[derive(MergedSubscription, Default)]
pub(crate) struct Subscription(
    status::StatusSubscription,
    feed::FeedSubscription,
    availability::AvailabilitySubscription,
);
