//! Moving an order along its life: cancelled by its owner, moved on by staff.
//!
//! One transaction: lock the order, check the step, move its stock, append the event. Orders are locked before stock,
//! and stock in variant order, so no two moves can wait for each other.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::events::{self, Actor, Change, NewEvent};
use super::state::{OrderStatus, StockEffect};
use crate::db::schema::{order_lines, orders};
use crate::error::{Outcome, Refusal, Result};
use crate::ids::{OrderId, VariantId};
use crate::inventory::reserve;
use crate::pricing;

/// A step to be taken.
#[derive(Debug, Clone)]
pub struct ChangeStatus {
    /// The order.
    pub order_id: OrderId,
    /// Where it shall be.
    pub to: OrderStatus,
    /// Who wants it.
    pub actor: Actor,
    /// A remark of staff, at most 1000 characters.
    pub note: Option<String>,
}

/// Why an order stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeRefusal {
    /// There is no such order.
    NotFound,
    /// The step does not exist: what could follow instead is [`OrderStatus::next`] of `from`.
    WrongTransition { from: OrderStatus, to: OrderStatus },
    /// The order has gone too far to be cancelled by its owner.
    NoLongerPending { status: OrderStatus },
}

impl Refusal for ChangeRefusal {}

/// Takes the step.
pub async fn change_status(
    conn: &mut AsyncPgConnection,
    change: &ChangeStatus,
) -> Outcome<(), ChangeRefusal> {
    conn.transaction(async |conn| {
        let status: Option<String> = orders::table
            .find(change.order_id)
            .select(orders::status)
            .for_no_key_update()
            .first(conn)
            .await
            .optional()?;
        let from = status.as_deref().and_then(OrderStatus::parse).ok_or(ChangeRefusal::NotFound)?;
        let own = matches!(change.actor, Actor::Customer(_) | Actor::Guest);
        if own && from != OrderStatus::Pending {
            return Err(ChangeRefusal::NoLongerPending { status: from }.into());
        }
        if !from.may_become(change.to) {
            return Err(ChangeRefusal::WrongTransition { from, to: change.to }.into());
        }
        move_stock(conn, change.order_id, from.stock_effect(change.to)).await?;
        if change.to == OrderStatus::Cancelled {
            pricing::discount::give_back(conn, change.order_id).await?;
        }
        let step = Change::Status { from, to: change.to };
        let note = change.note.as_deref();
        let event = NewEvent { order_id: change.order_id, change: step, actor: change.actor, note };
        events::append(conn, event).await?;
        Ok(())
    })
    .await
}

async fn move_stock(mut conn: &AsyncPgConnection, order_id: OrderId, effect: StockEffect) -> Result<()> {
    if effect == StockEffect::None {
        return Ok(());
    }
    let lines: Vec<(Option<VariantId>, i32)> = order_lines::table
        .filter(order_lines::order_id.eq(order_id))
        .select((order_lines::variant_id, order_lines::quantity))
        .load(&mut conn)
        .await?;
    let mut quantities: BTreeMap<VariantId, i32> = BTreeMap::new();
    for (variant, quantity) in lines {
        // The stock of a variant that was deleted is gone with it.
        if let Some(variant) = variant {
            *quantities.entry(variant).or_default() += quantity;
        }
    }
    let quantities: Vec<(VariantId, i32)> = quantities.into_iter().collect();
    let moved = match effect {
        StockEffect::None => return Ok(()),
        StockEffect::Release => reserve::release(conn, &quantities).await?,
        StockEffect::Ship => reserve::ship(conn, &quantities).await?,
    };
    if moved.len() == quantities.len() {
        return Ok(());
    }
    // An open order's pieces are reserved, or its books are wrong: better no step than a wrong one.
    Err(anyhow::anyhow!("order {order_id} holds stock that is not reserved").into())
}
