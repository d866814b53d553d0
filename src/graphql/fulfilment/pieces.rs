//! Pieces of an order's lines.

use async_graphql::{Context, SimpleObject};

use super::super::context::ContextExt;
use super::super::error::Result;
use super::super::orders::OrderLine;
use crate::ids::{OrderId, OrderLineId};
use crate::orders::pieces::Pieces;

/// So many pieces of a line.
#[derive(SimpleObject)]
pub(crate) struct OrderLinePieces {
    /// The order's line.
    line: OrderLine,
    /// How many pieces.
    quantity: i32,
}

/// A line of an order; none when it is not there any more.
pub(super) async fn line_of(
    ctx: &Context<'_>,
    order: OrderId,
    line: OrderLineId,
) -> Result<Option<OrderLine>> {
    let Some(order) = ctx.loaders().orders.load(order).await? else { return Ok(None) };
    let lines = ctx.loaders().order_lines_of.load_all(order.id).await?;
    Ok(lines.into_iter().find(|known| known.id == line).map(|line| OrderLine::of(&order, line)))
}

/// So many pieces of each of these lines of an order.
pub(in crate::graphql) async fn pieces_of(
    ctx: &Context<'_>,
    order: OrderId,
    pieces: Vec<Pieces>,
) -> Result<Vec<OrderLinePieces>> {
    let mut found = Vec::new();
    for Pieces { line, quantity } in pieces {
        found.extend(line_of(ctx, order, line).await?.map(|line| OrderLinePieces { line, quantity }));
    }
    Ok(found)
}
