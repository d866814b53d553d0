//! `orderStatus`

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, StreamExt};

use super::super::context::{ContextExt, parse_id};
use super::super::error::{ApiError, Result};
use super::super::orders::may_see;
use super::event::OrderEvent;
use super::follow::{PAGE, Read, follow};
use crate::app::App;
use crate::bus::Topic;
use crate::error;
use crate::ids::OrderId;
use crate::orders::events;
use crate::orders::queries::{self, OrderKey};

/// Watching one order.
#[derive(Default)]
pub(crate) struct StatusSubscription;

#[Subscription]
impl StatusSubscription {
    /// The events of one order: first the one that brought it where it is, then each later one as it happens, in order
    /// and each once. A client that was cut off passes the last `sequence` it has seen as `after` and misses nothing.
    /// For the order's owner, those who hold a guest order's token, and staff.
    async fn order_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order.")] order_id: ID,
        #[graphql(
            desc = "Send every event behind this sequence number instead; 0 for the order's whole history."
        )]
        after: Option<i32>,
        #[graphql(desc = "A guest order's token, from orderPlace.")] token: Option<String>,
    ) -> Result<impl Stream<Item = Result<OrderEvent>> + use<>> {
        let id: OrderId = parse_id(&order_id)?;
        if let Some(after) = after.filter(|after| *after < 0) {
            return Err(ApiError::bad_input(format!("'after' must be 0 or a sequence number, not {after}.")));
        }
        let app = ctx.app().clone();
        let order = queries::order_by_key(&*app.db.get().await?, &OrderKey::Id(id)).await?;
        if !order.is_some_and(|order| may_see(ctx, &order, token.as_deref())) {
            return Err(ApiError::not_found(format!("There is no order {id}, or it is not yours.")));
        }
        let read = move |app, after| read(app, id, after);
        Ok(follow(app, vec![Topic::Order(id)], after, read).map(|event| event.map(OrderEvent)))
    }
}

/// The events behind a sequence number; behind none, the latest alone.
async fn read(
    app: App,
    id: OrderId,
    after: Option<i32>,
) -> error::Result<Read<events::OrderEvent, Option<i32>>> {
    let conn = app.db.get().await?;
    let items = match after {
        Some(after) => events::events_after(&conn, id, after, PAGE).await?,
        None => events::latest(&conn, id).await?.into_iter().collect(),
    };
    let more = i64::try_from(items.len()).is_ok_and(|read| read == PAGE);
    let position = items.last().map(|event| event.sequence).or(after);
    Ok(Read { items, position, more })
}
