//! `OrderEvent`

use async_graphql::{Context, Description, Enum, ID, Object};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::{ApiError, Result};
use super::super::fulfilment::{OrderEditedField, OrderLinePieces, OrderReturn, Shipment, pieces_of};
use super::super::orders::{Order, OrderStatus};
use super::super::payments::{Payment, Refund, refunds_of};
use super::super::relay::Connection;
use super::super::scalars::{DateTime, Money};
use crate::accounts::Permission;
use crate::ids::OrderId;
use crate::orders::events::{self, Actor, EVENT_ORDER, EventKind};
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};

/// The order of the feed over all orders, for cursors.
pub(super) const FEED_ORDER: &str = "feed";

/// What an event of an order tells of.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "EventKind")]
pub(crate) enum OrderEventType {
    /// The order came to be.
    Placed,
    /// The order moved from one status to another.
    StatusChanged,
    /// The customer's bank holds the money for the shop.
    PaymentAuthorized,
    /// Money came in that did not move the order.
    PaymentReceived,
    /// An attempt of the customer's to pay failed.
    PaymentFailed,
    /// It was decided to pay something back.
    RefundRequested,
    /// Something was paid back.
    RefundSucceeded,
    /// The payment provider could not pay something back.
    RefundFailed,
    /// Pieces were cancelled; the rest of the order goes on.
    LinesCancelled,
    /// Pieces left the shop.
    ShipmentSent,
    /// Pieces came back.
    ReturnReceived,
    /// Staff changed something of the order: its addresses, or a remark.
    Edited,
}

/// What kind of actor made something happen.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub(crate) enum EventActorKind {
    /// The customer whose order it is.
    Customer,
    /// Whoever holds a guest order's token.
    Guest,
    /// Someone who works in the shop.
    Staff,
    /// The shop itself, such as a timer.
    System,
}

/// Who made something happen.
#[derive(Description)]
pub(crate) struct EventActor(Actor);

impl EventActor {
    pub(in crate::graphql) const fn of(actor: Actor) -> Self {
        Self(actor)
    }
}

#[Object(use_type_description)]
impl EventActor {
    /// What kind of actor it was.
    async fn kind(&self) -> EventActorKind {
        match self.0 {
            Actor::Customer(_) => EventActorKind::Customer,
            Actor::Guest => EventActorKind::Guest,
            Actor::Staff(_) => EventActorKind::Staff,
            Actor::System => EventActorKind::System,
        }
    }

    /// The name of their account; null without one.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        match self.0.user_id() {
            None => Ok(None),
            Some(id) => Ok(ctx.loaders().users.load(id).await?.map(|user| user.name)),
        }
    }
}

/// Something that happened to an order. Events never change.
#[derive(Description)]
pub(crate) struct OrderEvent(pub events::OrderEvent);

#[Object(use_type_description)]
impl OrderEvent {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its place among the order's events: 1, 2, 3 and so on, without gaps. Pass the last one seen to `orderStatus` as
    /// `after` to resume.
    async fn sequence(&self) -> i32 {
        self.0.sequence
    }

    /// Its place in the feed over all orders. Pass the last one seen to `orderEvents` as `after` to resume. Null for the
    /// moment until a new event has its place.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn cursor(&self) -> Option<String> {
        let position = self.0.feed_position?;
        Some(Cursor::new(FEED_ORDER, SortKey::Int(position), self.0.id.0).encode())
    }

    /// The order it happened to, as it is now.
    async fn order(&self, ctx: &Context<'_>) -> Result<Order> {
        let order = ctx.loaders().orders.load(self.0.order_id).await?;
        order.map(Order).ok_or_else(|| ApiError::not_found("The order is no longer there."))
    }

    /// What it tells of.
    #[graphql(name = "type")]
    async fn kind(&self) -> OrderEventType {
        self.0.kind().into()
    }

    /// The order's status before; null when there was none.
    async fn from(&self) -> Option<OrderStatus> {
        self.0.from().map(Into::into)
    }

    /// The order's status after; null when it stayed as it was.
    async fn to(&self) -> Option<OrderStatus> {
        self.0.to().map(Into::into)
    }

    /// Who made it happen.
    async fn actor(&self) -> EventActor {
        EventActor(self.0.actor())
    }

    /// The payment that it tells of; null when it tells of none.
    async fn payment(&self, ctx: &Context<'_>) -> Result<Option<Payment>> {
        let Some(id) = self.0.payment() else { return Ok(None) };
        Ok(ctx.loaders().payments.load(id).await?.map(Payment))
    }

    /// The refunds that it tells of; empty when it tells of none.
    #[graphql(directive = cost::apply(1, None, Some(1)))]
    async fn refunds(&self, ctx: &Context<'_>) -> Result<Vec<Refund>> {
        refunds_of(ctx, self.0.refunds()).await
    }

    /// The shipment that it tells of; null when it tells of none.
    async fn shipment(&self, ctx: &Context<'_>) -> Result<Option<Shipment>> {
        let Some(id) = self.0.shipment() else { return Ok(None) };
        Ok(ctx.loaders().shipments.load(id).await?.map(Shipment))
    }

    /// The return that it tells of; null when it tells of none.
    #[graphql(name = "return")]
    async fn taken_back(&self, ctx: &Context<'_>) -> Result<Option<OrderReturn>> {
        let Some(id) = self.0.return_id() else { return Ok(None) };
        Ok(ctx.loaders().returns.load(id).await?.map(OrderReturn))
    }

    /// The pieces that were sent, cancelled or came back with it; empty when none were. At most 100 lines.
    #[graphql(directive = cost::apply(1, None, Some(2)))]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLinePieces>> {
        pieces_of(ctx, self.0.order_id, self.0.pieces()).await
    }

    /// How much money came in or goes back with it; null when none does.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let Some(minor) = self.0.amount() else { return Ok(None) };
        let order = ctx.loaders().orders.load(self.0.order_id).await?;
        Ok(order.map(|order| order.amount(minor).into()))
    }

    /// What staff changed of the order; empty when nothing.
    #[graphql(directive = cost::apply(1, None, Some(3)))]
    async fn edited(&self) -> Vec<OrderEditedField> {
        self.0.edited().into_iter().map(Into::into).collect()
    }

    /// A remark of staff.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it happened.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.occurred_at)
    }
}

/// A page of an order's history, oldest first. Histories are short, so those of all orders of the answer are read whole
/// and together.
pub(in crate::graphql) async fn event_connection(
    ctx: &Context<'_>,
    order: OrderId,
    page: &PageArguments,
) -> Result<Connection<OrderEvent>> {
    let page = page.validate(EVENT_ORDER, KeyKind::Int)?;
    let events = ctx.loaders().events_of.load_all(order).await?;
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let page = page.slice(events, |event| (i64::from(event.sequence), event.id.0));
    let edge = |event: events::OrderEvent| {
        (Cursor::new(EVENT_ORDER, SortKey::Int(event.sequence.into()), event.id.0), OrderEvent(event))
    };
    Ok(Connection::new(page, edge, move |_app| Box::pin(async move { Ok(count) })))
}
