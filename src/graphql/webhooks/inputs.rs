//! What is asked for of webhooks.

use async_graphql::{Enum, ID, InputObject};

use super::super::keyed::Idempotency;
use crate::webhooks::EventType;

/// What kind of thing happened. docs/events.md shows what each is told with.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(name = "WebhookEventType", remote = "EventType")]
pub(crate) enum WebhookEventType {
    /// An order came to be: `order.placed`.
    OrderPlaced,
    /// An order's total was paid: `order.paid`.
    OrderPaid,
    /// An order moved from one status to another: `order.status_changed`.
    OrderStatusChanged,
    /// An order was cancelled: `order.cancelled`.
    OrderCancelled,
    /// Money went back to a customer: `order.refunded`.
    OrderRefunded,
    /// A parcel left: `order.shipped`.
    OrderShipped,
    /// What can be bought of a variant changed, or for how much: `inventory.changed`. There are many of these.
    InventoryChanged,
    /// Somebody made an account: `user.registered`.
    UserRegistered,
    /// A product came to be or changed, or one of its variants: `product.updated`.
    ProductUpdated,
}

/// Where another system wants to hear of events.
#[derive(InputObject)]
pub(crate) struct WebhookEndpointCreateInput {
    /// Where they are to be sent: an `https://` address of the open internet. In development also `http://` and private
    /// addresses.
    url: String,
    /// What it is for, for staff; at most 500 characters.
    description: Option<String>,
    /// What it wants to hear of; at least one.
    event_types: Vec<WebhookEventType>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

impl WebhookEndpointCreateInput {
    pub(super) fn draft(self) -> crate::webhooks::EndpointDraft {
        crate::webhooks::EndpointDraft {
            url: self.url,
            description: self.description.unwrap_or_default(),
            event_types: self.event_types.into_iter().map(Into::into).collect(),
        }
    }
}

/// What to change of an endpoint. What is left out stays as it is.
#[derive(InputObject)]
pub(crate) struct WebhookEndpointUpdateInput {
    /// Which endpoint.
    pub(super) id: ID,
    /// Where events are to be sent. Another address begins without failures.
    pub(super) url: Option<String>,
    /// What it is for, for staff; at most 500 characters.
    pub(super) description: Option<String>,
    /// What it wants to hear of; at least one.
    pub(super) event_types: Option<Vec<WebhookEventType>>,
    /// Whether events are sent. Of what happens while they are not, it never hears.
    pub(super) enabled: Option<bool>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which endpoint to delete.
#[derive(InputObject)]
pub(crate) struct WebhookEndpointDeleteInput {
    /// Its id.
    pub(super) id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which endpoint gets another secret.
#[derive(InputObject)]
pub(crate) struct WebhookEndpointSecretRotateInput {
    /// Its id.
    pub(super) id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which endpoint to try.
#[derive(InputObject)]
pub(crate) struct WebhookEndpointTestInput {
    /// Its id.
    pub(super) id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which delivery to repeat.
#[derive(InputObject)]
pub(crate) struct WebhookDeliveryReplayInput {
    /// Its id.
    pub(super) id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}
