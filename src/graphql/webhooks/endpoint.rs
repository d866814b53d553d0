//! `WebhookEndpoint`.

use async_graphql::{Context, Description, Enum, ID, Object};

use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::relay::Connection;
use super::super::scalars::DateTime;
use super::delivery::WebhookDelivery;
use super::inputs::WebhookEventType;
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};
use crate::webhooks::queries::{self, NEWEST_DELIVERIES};
use crate::webhooks::{self, DisabledReason};

/// Why nothing is sent to an endpoint.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(name = "WebhookDisabledReason", remote = "DisabledReason")]
pub(crate) enum WebhookDisabledReason {
    /// Somebody wanted it so.
    Staff,
    /// It answered 410: it wants no more.
    Gone,
    /// It failed for three days, and often.
    Failing,
}

/// Where another system hears of the shop's events, over HTTP and signed as Standard Webhooks has it.
#[derive(Description)]
pub(crate) struct WebhookEndpoint(pub webhooks::Endpoint);

#[Object(use_type_description)]
impl WebhookEndpoint {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Where events are sent.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// What it is for, for staff; may be empty.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// What it wants to hear of.
    async fn event_types(&self) -> Vec<WebhookEventType> {
        self.0.event_types().into_iter().map(Into::into).collect()
    }

    /// Whether events are sent.
    async fn enabled(&self) -> bool {
        self.0.enabled
    }

    /// Why none are; null while they are.
    async fn disabled_reason(&self) -> Option<WebhookDisabledReason> {
        self.0.disabled_reason().map(Into::into)
    }

    /// Since when none are; null while they are.
    async fn disabled_at(&self) -> Option<DateTime> {
        self.0.disabled_at.map(DateTime)
    }

    /// The first failure since anything was delivered; null when the last event arrived.
    async fn failing_since(&self) -> Option<DateTime> {
        self.0.failing_since.map(DateTime)
    }

    /// Until when events are signed with the secret before the last one as well; null when it was never changed.
    async fn previous_secret_until(&self) -> Option<DateTime> {
        self.0.previous_secret_until.map(DateTime)
    }

    /// What was sent, newest first; of the last 30 days.
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), None))]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
    ) -> Result<Connection<WebhookDelivery>> {
        let id = self.0.id;
        let page = PageArguments { first, after, last, before }.validate(NEWEST_DELIVERIES, KeyKind::Int)?;
        let rows = ctx.loaders().webhook_deliveries_of.load_all((id, page.clone())).await?;
        // Sorted by id alone; the cursor's key is only for show.
        let edge = |delivery: webhooks::Delivery| {
            let key = SortKey::Int(delivery.created_at.timestamp());
            (Cursor::new(NEWEST_DELIVERIES, key, delivery.id.0), WebhookDelivery(delivery))
        };
        Ok(Connection::new(page.cut(rows), edge, move |db| {
            Box::pin(async move { Ok(queries::count_deliveries(&*db.get().await?, id).await?) })
        }))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was changed, or anything about it.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
