//! Mutations of an order's pieces.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::cost::cost;
use super::super::error::Result;
use super::super::orders::Order;
use super::super::payments::{Refund, refunds_of};
use super::super::user_error::settle;
use super::errors::{FulfilmentErrorCode, FulfilmentUserError};
use super::inputs::{
    OrderLinesCancelInput, OrderPiecesInput, OrderReturnInput, OrderReturnRefundInput, OrderShipInput,
};
use super::order_return::OrderReturn;
use super::shipment::Shipment;
use crate::accounts::Permission;
use crate::error::ActionError;
use crate::ids::OrderId;
use crate::money::Money;
use crate::orders::cancel_lines::{CancelLines, CancelLinesRefusal, cancel_lines};
use crate::orders::events::Actor;
use crate::orders::parcel::Parcel;
use crate::orders::pieces::Pieces;
use crate::orders::return_lines::{ReturnLines, ReturnRefund, return_lines};
use crate::orders::ship::{Ship, ship};

/// The longest remark.
const MAX_NOTE_LENGTH: usize = 1000;

/// A shipment that was sent, or why not.
#[derive(SimpleObject)]
pub(crate) struct OrderShipPayload {
    /// The shipment; null when nothing was sent.
    shipment: Option<Shipment>,
    /// The order as it is now; null when nothing was sent.
    order: Option<Order>,
    /// What kept the pieces from being sent; none of them was.
    user_errors: Vec<FulfilmentUserError>,
}

/// Pieces that were cancelled, or why not.
#[derive(SimpleObject)]
pub(crate) struct OrderLinesCancelPayload {
    /// The order as it is now; null when nothing was cancelled.
    order: Option<Order>,
    /// The money that goes back for it: one refund for each payment that it is taken from.
    refunds: Vec<Refund>,
    /// What kept the pieces from being cancelled; none of them was.
    user_errors: Vec<FulfilmentUserError>,
}

/// Pieces that came back, or why they were not taken.
#[derive(SimpleObject)]
pub(crate) struct OrderReturnPayload {
    /// The return; null when nothing was taken back.
    #[graphql(name = "return")]
    taken_back: Option<OrderReturn>,
    /// The money that goes back for it: one refund for each payment that it is taken from.
    refunds: Vec<Refund>,
    /// The order as it is now; null when nothing was taken back.
    order: Option<Order>,
    /// What kept the pieces from being taken back; none of them was.
    user_errors: Vec<FulfilmentUserError>,
}

/// Mutations of an order's pieces.
#[derive(Default)]
pub(crate) struct FulfilmentMutation;

#[Object]
impl FulfilmentMutation {
    /// Sends pieces of an order that is PAID or PROCESSING: those named, or all that are left. The order is PROCESSING then, and
    /// SHIPPED once nothing is left of it.
    #[graphql(
        guard = "Requires(Permission::ManageOrders)",
        directive = auth::apply(vec![Permission::ManageOrders.into()]),
        directive = cost::apply(20, None, None)
    )]
    async fn order_ship(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pieces, and how they travel.")] input: OrderShipInput,
    ) -> Result<OrderShipPayload> {
        let refused = |user_errors| OrderShipPayload { shipment: None, order: None, user_errors };
        let mut problems = note_problems(input.note.as_deref());
        // An empty list is somebody who chose nothing, not somebody who wants all.
        if input.lines.as_ref().is_some_and(Vec::is_empty) {
            problems.push(FulfilmentUserError::at(
                FulfilmentErrorCode::LinesMissing,
                ["lines"],
                "Name at least one line of the order, or leave 'lines' out to send all that is left.",
            ));
        }
        let parcel = Parcel {
            carrier: input.carrier,
            tracking_code: input.tracking_code,
            tracking_url: input.tracking_url,
        };
        let parcel = parcel.checked().unwrap_or_else(|wrong| {
            problems.extend(wrong.into_iter().map(|wrong| {
                FulfilmentUserError::at(FulfilmentErrorCode::ParcelInvalid, [wrong.field], wrong.problem)
            }));
            Parcel::default()
        });
        if !problems.is_empty() {
            return Ok(refused(problems));
        }
        let sent = Ship {
            order_id: parse_id(&input.order_id)?,
            pieces: pieces(input.lines.unwrap_or_default())?,
            parcel,
            note: input.note,
            actor: Actor::Staff(ctx.signed_in()?.user_id),
        };
        let shipped = ship(&mut *ctx.conn().await?, &sent).await;
        Ok(match settle(shipped)? {
            (Some(shipment), _) => {
                let order = order(ctx, sent.order_id).await?;
                let shipment = ctx.loaders().shipments.load(shipment).await?.map(Shipment);
                OrderShipPayload { shipment, order, user_errors: Vec::new() }
            }
            (None, user_errors) => refused(user_errors),
        })
    }

    /// Cancels pieces of an order that have not left the shop: they are on sale again. Before the order is paid, less is due by
    /// their price; after that, it goes back, which needs `MANAGE_PAYMENTS` as well. The cost of shipping stays, unless nothing is
    /// left of the order and nothing was sent: then it is CANCELLED.
    #[graphql(
        guard = "Requires(Permission::ManageOrders)",
        directive = auth::apply(vec![Permission::ManageOrders.into()]),
        directive = cost::apply(20, None, None)
    )]
    async fn order_lines_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pieces, and whether their price goes back.")] input: OrderLinesCancelInput,
    ) -> Result<OrderLinesCancelPayload> {
        let refused = |user_errors| OrderLinesCancelPayload { order: None, refunds: Vec::new(), user_errors };
        let problems = note_problems(input.note.as_deref());
        if !problems.is_empty() {
            return Ok(refused(problems));
        }
        let cancel = CancelLines {
            order_id: parse_id(&input.order_id)?,
            pieces: pieces(input.lines)?,
            refund: input.refund,
            may_pay_back: ctx.may(Permission::ManagePayments),
            note: input.note,
            actor: Actor::Staff(ctx.signed_in()?.user_id),
            at: ctx.app().clock.now(),
        };
        let cancelled = cancel_lines(&mut *ctx.conn().await?, &cancel).await;
        if let Err(ActionError::Refused(reasons)) = &cancelled
            && reasons.contains(&CancelLinesRefusal::MayNotPayBack)
        {
            Requires(Permission::ManagePayments).demand(ctx)?;
        }
        Ok(match settle(cancelled)? {
            (Some(decided), _) => {
                let order = order(ctx, cancel.order_id).await?;
                let refunds = refunds_of(ctx, decided).await?;
                OrderLinesCancelPayload { order, refunds, user_errors: Vec::new() }
            }
            (None, user_errors) => refused(user_errors),
        })
    }

    /// Takes pieces of an order back that had left the shop, whatever has become of the order since. The order keeps its status.
    /// To pay something back for them needs `MANAGE_PAYMENTS` as well.
    #[graphql(
        guard = "Requires(Permission::ManageOrders)",
        directive = auth::apply(vec![Permission::ManageOrders.into()]),
        directive = cost::apply(20, None, None)
    )]
    async fn order_return(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pieces, and what goes back for them.")] input: OrderReturnInput,
    ) -> Result<OrderReturnPayload> {
        let refused = |user_errors| OrderReturnPayload {
            taken_back: None,
            refunds: Vec::new(),
            order: None,
            user_errors,
        };
        let problems = note_problems(input.note.as_deref());
        if !problems.is_empty() {
            return Ok(refused(problems));
        }
        if input.refund.is_some() {
            Requires(Permission::ManagePayments).demand(ctx)?;
        }
        let came = input.lines.into_iter().map(|line| {
            let pieces = Pieces { line: parse_id(&line.line_id)?, quantity: line.quantity };
            Ok((pieces, line.restock))
        });
        let back = ReturnLines {
            order_id: parse_id(&input.order_id)?,
            pieces: came.collect::<Result<_>>()?,
            refund: refund_of(ctx, &input.order_id, input.refund).await?,
            note: input.note,
            actor: Actor::Staff(ctx.signed_in()?.user_id),
            at: ctx.app().clock.now(),
        };
        let returned = return_lines(&mut *ctx.conn().await?, &back).await;
        Ok(match settle(returned)? {
            (Some(returned), _) => {
                let order = order(ctx, back.order_id).await?;
                let taken_back = ctx.loaders().returns.load(returned.return_id).await?.map(OrderReturn);
                let refunds = refunds_of(ctx, returned.refunds).await?;
                OrderReturnPayload { taken_back, refunds, order, user_errors: Vec::new() }
            }
            (None, user_errors) => refused(user_errors),
        })
    }
}

/// The order as it is now, after something was done to it, its stock or its money.
pub(super) async fn order(ctx: &Context<'_>, id: OrderId) -> Result<Option<Order>> {
    ctx.loaders().forget_orders().await;
    ctx.loaders().forget_products().await;
    ctx.wake_worker().await;
    Ok(ctx.loaders().orders.load(id).await?.map(Order))
}

fn pieces(lines: Vec<OrderPiecesInput>) -> Result<Vec<Pieces>> {
    let piece =
        |line: OrderPiecesInput| Ok(Pieces { line: parse_id(&line.line_id)?, quantity: line.quantity });
    lines.into_iter().map(piece).collect()
}

pub(super) fn note_problems(note: Option<&str>) -> Vec<FulfilmentUserError> {
    if note.is_none_or(|note| note.chars().count() <= MAX_NOTE_LENGTH) {
        return Vec::new();
    }
    let message = format!("A remark has at most {MAX_NOTE_LENGTH} characters.");
    vec![FulfilmentUserError::at(FulfilmentErrorCode::NoteTooLong, ["note"], message)]
}

async fn refund_of(
    ctx: &Context<'_>,
    order: &ID,
    refund: Option<OrderReturnRefundInput>,
) -> Result<ReturnRefund> {
    Ok(match refund {
        None => ReturnRefund::Nothing,
        Some(OrderReturnRefundInput { amount: None }) => ReturnRefund::Price,
        Some(OrderReturnRefundInput { amount: Some(amount) }) => {
            let order = ctx.loaders().orders.load(parse_id(order)?).await?;
            let currency = order.map_or(ctx.app().config.shop.currency, |order| order.total().currency);
            ReturnRefund::Amount(Money::parse(&amount.0, currency)?.minor)
        }
    })
}
