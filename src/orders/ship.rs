//! Sending pieces of an order: all that is left of it, or a part.
//!
//! One transaction: lock the order, count the pieces at their lines, take them out of the stock, write the shipment, append
//! the events. Two who send the same pieces at once meet at the order's lock, and the second finds them gone.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use super::events::{self, Actor, Change, EventKind, NewEvent};
use super::lock::lock;
use super::model::{Order, OrderLine};
use super::parcel::Parcel;
use super::pieces::{self, Asked, Count, Pieces, PiecesRefusal, all_left, ask};
use super::queries::lines_by_orders;
use super::shipments;
use super::state::OrderStatus;
use super::stock;
use crate::error::{Outcome, Refusal, Result};
use crate::ids::{OrderId, ShipmentId};

/// A shipment to be sent.
#[derive(Debug, Clone)]
pub struct Ship {
    /// Of which order.
    pub order_id: OrderId,
    /// Which pieces; all that are left when none are named.
    pub pieces: Vec<Pieces>,
    /// How they travel.
    pub parcel: Parcel,
    /// A remark of staff, at most 1000 characters.
    pub note: Option<String>,
    /// Who sends them.
    pub actor: Actor,
}

/// Why nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShipRefusal {
    /// There is no such order.
    NotFound,
    /// Nothing of an order in this status leaves the shop: it is not paid, was given up, or all of it has left.
    NotToBeShipped { status: OrderStatus },
    /// Some pieces cannot be sent.
    Pieces(PiecesRefusal),
}

impl Refusal for ShipRefusal {}

impl From<PiecesRefusal> for ShipRefusal {
    fn from(reason: PiecesRefusal) -> Self {
        Self::Pieces(reason)
    }
}

/// Sends them. A paid order goes into processing by it; one of which nothing is left then is shipped.
pub async fn ship(conn: &mut AsyncPgConnection, ship: &Ship) -> Outcome<ShipmentId, ShipRefusal> {
    conn.transaction(async |conn| {
        let order = lock(conn, ship.order_id).await?.ok_or(ShipRefusal::NotFound)?;
        let status = order.status();
        let refused = ShipRefusal::NotToBeShipped { status };
        if !matches!(status, OrderStatus::Paid | OrderStatus::Processing) {
            return Err(refused.into());
        }
        let lines = lines_by_orders(conn, &[order.id]).await?;
        let sent = match ship.pieces.as_slice() {
            [] => all_left(&lines),
            asked => ask(&lines, asked, OrderLine::left)?,
        };
        if status == OrderStatus::Paid {
            let change = Change::Status { from: status, to: OrderStatus::Processing };
            events::append(conn, NewEvent::new(order.id, change, ship.actor)).await?;
        }
        let by = (ship.actor, ship.note.as_deref());
        let shipment = send(conn, &order, &lines, &sent, &ship.parcel, by).await?;
        Ok(shipment.ok_or(refused)?)
    })
    .await
}

/// Sends these pieces of an order that is being processed and locked, and moves it on if they are the last. None when there
/// are no pieces: the order is shipped without a shipment then.
pub(super) async fn send(
    conn: &AsyncPgConnection,
    order: &Order,
    lines: &[OrderLine],
    sent: &[Asked<'_>],
    parcel: &Parcel,
    (actor, note): (Actor, Option<&str>),
) -> Result<Option<ShipmentId>> {
    let mut shipment = None;
    if !sent.is_empty() {
        let counts: Vec<Count> =
            sent.iter().map(|asked| Count { shipped: asked.quantity, ..Count::of(asked.line.id) }).collect();
        pieces::count(conn, &counts).await?;
        shipment = Some(shipments::insert(conn, order.id, parcel, sent, actor).await?);
        stock::send(conn, order.id, sent).await?;
    }
    let left: i32 = lines.iter().map(OrderLine::left).sum();
    let change = if left > sent.iter().map(|asked| asked.quantity).sum::<i32>() {
        Change::Fact(EventKind::ShipmentSent)
    } else {
        Change::Status { from: OrderStatus::Processing, to: OrderStatus::Shipped }
    };
    let data = shipment.map(|id| {
        json!({
            "shipmentId": id.to_string(), "carrier": parcel.carrier, "trackingCode": parcel.tracking_code,
            "trackingUrl": parcel.tracking_url, "lines": pieces::told(sent),
        })
    });
    let event = NewEvent { note, shipment, data, ..NewEvent::new(order.id, change, actor) };
    events::append(conn, event).await?;
    Ok(shipment)
}
