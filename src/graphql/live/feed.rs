//! `orderEvents`

use async_graphql::{Context, InputObject, Subscription};
use futures_util::{Stream, StreamExt};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::error::Result;
use super::super::orders::OrderStatus;
use super::event::{FEED_ORDER, OrderEvent, OrderEventType};
use super::follow::{PAGE, Read, follow};
use crate::accounts::Permission;
use crate::app::App;
use crate::bus::Topic;
use crate::error;
use crate::orders::events;
use crate::orders::feed::{self, FeedFilter};
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};

/// Which events of orders are sent. Conditions add up.
#[derive(InputObject, Default)]
pub(crate) struct OrderEventFilter {
    /// Events of one of these types.
    types: Option<Vec<OrderEventType>>,
    /// Events that brought an order into one of these statuses.
    to: Option<Vec<OrderStatus>>,
}

impl From<OrderEventFilter> for FeedFilter {
    fn from(filter: OrderEventFilter) -> Self {
        Self {
            kinds: filter.types.into_iter().flatten().map(Into::into).collect(),
            to: filter.to.into_iter().flatten().map(Into::into).collect(),
        }
    }
}

/// Watching all orders.
#[derive(Default)]
pub(crate) struct FeedSubscription;

#[Subscription]
impl FeedSubscription {
    /// The events of all orders from now on, each once and those of one order in order. A client that was cut off passes
    /// the last event's `cursor` as `after` and misses nothing.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn order_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor of the last event seen: everything behind it is sent first.")]
        after: Option<String>,
        #[graphql(desc = "Which events.")] filter: Option<OrderEventFilter>,
    ) -> Result<impl Stream<Item = Result<OrderEvent>> + use<>> {
        let filter: FeedFilter = filter.unwrap_or_default().into();
        let page = PageArguments { after, ..PageArguments::default() }.validate(FEED_ORDER, KeyKind::Int)?;
        let app = ctx.app().clone();
        let position = match page.cursor {
            Some(Cursor { key: SortKey::Int(position), .. }) => position,
            _ => feed::newest_position(&*app.db.get().await?).await?,
        };
        let read = move |app, after| read(app, after, filter.clone());
        Ok(follow(app, vec![Topic::Orders], position, read).map(|event| event.map(OrderEvent)))
    }
}

async fn read(app: App, after: i64, filter: FeedFilter) -> error::Result<Read<events::OrderEvent, i64>> {
    let page = feed::page_after(&*app.db.get().await?, after, &filter, PAGE).await?;
    Ok(Read { items: page.events, position: page.position, more: page.more })
}
