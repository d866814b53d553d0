//! Moving an order along its life: cancelled by its owner, moved on by staff.
//!
//! One transaction: lock the order, check the step, move its money and stock, append the event. Orders are locked before
//! payments, those before stock, and stock in variant order, so no two moves can wait for each other.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::by_hand::pay_by_hand;
use super::events::{self, Actor, CancelReason, Change, NewEvent};
use super::give_up::give_up;
use super::lock::lock;
use super::parcel::Parcel;
use super::pieces::all_left;
use super::queries::lines_by_orders;
use super::refund::refund_all;
use super::ship::send;
use super::shipments::note_delivered;
use super::state::OrderStatus;
use crate::error::{Outcome, Refusal};
use crate::ids::OrderId;

/// A step to be taken.
#[derive(Debug, Clone)]
pub struct ChangeStatus {
    /// The order.
    pub order_id: OrderId,
    /// Where it shall be.
    pub to: OrderStatus,
    /// Who wants it.
    pub actor: Actor,
    /// Whether they may pay back. The owner of an order need not: what it has is their own.
    pub may_pay_back: bool,
    /// A remark of staff, at most 1000 characters.
    pub note: Option<String>,
    /// Now.
    pub at: DateTime<Utc>,
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
    /// A part of the order has left the shop: what is left of it can be cancelled, but not the order.
    PartlyShipped,
    /// Money would go back, and whoever wants it may not pay back.
    MayNotPayBack,
}

impl Refusal for ChangeRefusal {}

/// Takes the step, with all that it means for stock and money: an order that staff move to `PAID` was paid by hand; one
/// that is cancelled or refunded is paid back whatever it kept; one that is shipped sends all that is left of it.
pub async fn change_status(
    conn: &mut AsyncPgConnection,
    change: &ChangeStatus,
) -> Outcome<(), ChangeRefusal> {
    conn.transaction(async |conn| {
        let order = lock(conn, change.order_id).await?.ok_or(ChangeRefusal::NotFound)?;
        let (from, to) = (order.status(), change.to);
        let own = matches!(change.actor, Actor::Customer(_) | Actor::Guest);
        if own && from != OrderStatus::Pending {
            return Err(ChangeRefusal::NoLongerPending { status: from }.into());
        }
        if !from.may_become(to) {
            return Err(ChangeRefusal::WrongTransition { from, to }.into());
        }
        let pays_back = matches!(to, OrderStatus::Cancelled | OrderStatus::Refunded) && order.kept() > 0;
        if pays_back && !own && !change.may_pay_back {
            return Err(ChangeRefusal::MayNotPayBack.into());
        }
        let (by, at) = ((change.actor, change.note.as_deref()), change.at);
        match to {
            OrderStatus::Paid => pay_by_hand(conn, &order, by, at).await?,
            OrderStatus::Cancelled => {
                let lines = lines_by_orders(conn, &[order.id]).await?;
                if lines.iter().any(|line| line.shipped > 0) {
                    return Err(ChangeRefusal::PartlyShipped.into());
                }
                let reason = if own { CancelReason::Customer } else { CancelReason::Staff };
                give_up(conn, &order, reason, by, at).await?;
            }
            OrderStatus::Refunded => refund_all(conn, &order, by, at).await?,
            OrderStatus::Shipped => {
                let lines = lines_by_orders(conn, &[order.id]).await?;
                send(conn, &order, &lines, &all_left(&lines), &Parcel::default(), by).await?;
            }
            OrderStatus::Pending | OrderStatus::Processing | OrderStatus::Delivered => {
                if to == OrderStatus::Delivered {
                    note_delivered(conn, order.id, at).await?;
                }
                let event = NewEvent {
                    note: by.1,
                    ..NewEvent::new(order.id, Change::Status { from, to }, change.actor)
                };
                events::append(conn, event).await?;
            }
        }
        Ok(())
    })
    .await
}
