//! `WebhookDelivery` and its attempts.

use async_graphql::{Context, Description, ID, Object, SimpleObject};

use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::Result;
use super::super::scalars::DateTime;
use super::endpoint::WebhookEndpoint;
use crate::webhooks;

/// An event on its way to an endpoint, or there.
#[derive(Description)]
pub(crate) struct WebhookDelivery(pub webhooks::Delivery);

/// What came of one attempt at a delivery.
#[derive(SimpleObject)]
pub(crate) struct WebhookAttempt {
    /// When it was begun.
    at: DateTime,
    /// The HTTP status of the answer; null when there was none.
    status: Option<i32>,
    /// How long it took, in milliseconds.
    duration_ms: i32,
    /// Why there was no answer; null when there was one.
    error: Option<String>,
}

#[Object(use_type_description)]
impl WebhookDelivery {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where to.
    async fn endpoint(&self, ctx: &Context<'_>) -> Result<Option<WebhookEndpoint>> {
        let endpoint = ctx.loaders().webhook_endpoints.load(self.0.endpoint_id).await?;
        Ok(endpoint.map(WebhookEndpoint))
    }

    /// The event's id: the same for each endpoint and each repetition, and what receivers get as `webhook-id`.
    async fn event_id(&self) -> ID {
        self.0.event_id.to_string().into()
    }

    /// The event's type, such as `order.paid`; `webhook.ping` for a trial.
    #[graphql(name = "type")]
    async fn event_type(&self) -> &str {
        &self.0.event_type
    }

    /// The JSON that is sent, to the byte.
    async fn payload(&self, ctx: &Context<'_>) -> &str {
        ctx.loaders().room.hold(&self.0.body).await
    }

    /// Whether it was sent once more because somebody wanted it.
    async fn replay(&self) -> bool {
        self.0.replay
    }

    /// What came of each attempt, oldest first; of the last fifty.
    #[graphql(directive = cost::apply(1, None, Some(5)))]
    async fn attempts(&self) -> Vec<WebhookAttempt> {
        let shown = |attempt: webhooks::Attempt| WebhookAttempt {
            at: DateTime(attempt.at),
            status: attempt.status.map(i32::from),
            duration_ms: i32::try_from(attempt.duration_ms).unwrap_or(i32::MAX),
            error: attempt.error,
        };
        self.0.attempts().into_iter().map(shown).collect()
    }

    /// When it arrived; null while it has not.
    async fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(DateTime)
    }

    /// When it is tried next, or was begun; null when it is not tried any more. One that waits behind another of the same order,
    /// product or variant is tried once that one is through.
    async fn next_attempt_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        Ok(ctx.loaders().webhook_next_attempts.load(self.0.id).await?.map(DateTime))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}
