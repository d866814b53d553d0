//! Queries of webhooks.

use async_graphql::{Context, Object};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::relay::Connection;
use super::endpoint::WebhookEndpoint;
use crate::accounts::Permission;
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};
use crate::webhooks;
use crate::webhooks::queries::{self, NEWEST_ENDPOINTS};

/// Queries of webhooks.
#[derive(Default)]
pub(crate) struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// Where other systems hear of the shop's events, newest first.
    #[graphql(
        guard = "Requires(Permission::ManageWebhooks)",
        directive = auth::apply(vec![Permission::ManageWebhooks.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn webhook_endpoints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
    ) -> Result<Connection<WebhookEndpoint>> {
        let page = PageArguments { first, after, last, before }.validate(NEWEST_ENDPOINTS, KeyKind::Int)?;
        let rows = queries::endpoints_page(&*ctx.conn().await?, &page).await?;
        // Sorted by id alone; the cursor's key is only for show.
        let edge = |endpoint: webhooks::Endpoint| {
            let key = SortKey::Int(endpoint.created_at.timestamp());
            (Cursor::new(NEWEST_ENDPOINTS, key, endpoint.id.0), WebhookEndpoint(endpoint))
        };
        Ok(Connection::new(rows, edge, |db| {
            Box::pin(async move { Ok(queries::count_endpoints(&*db.get().await?).await?) })
        }))
    }
}
