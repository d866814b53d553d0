//! Shipments: pieces of an order that left the shop together. Their rows, and reads of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::events::Actor;
use super::parcel::Parcel;
use super::pieces::Asked;
use crate::db::schema::{shipment_lines, shipments};
use crate::ids::{OrderId, OrderLineId, ShipmentId, UserId};

/// Pieces of an order that left the shop together.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = shipments, check_for_backend(diesel::pg::Pg))]
pub struct Shipment {
    /// Its id.
    pub id: ShipmentId,
    /// The order.
    pub order_id: OrderId,
    /// Who carries it.
    pub carrier: Option<String>,
    /// What the carrier calls it.
    pub tracking_code: Option<String>,
    /// Where the customer sees how far it is.
    pub tracking_url: Option<String>,
    actor_kind: String,
    actor_id: Option<UserId>,
    /// When it left.
    pub created_at: DateTime<Utc>,
    /// When it arrived; none until then.
    pub delivered_at: Option<DateTime<Utc>>,
}

impl Shipment {
    /// Who sent it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::stored(&self.actor_kind, self.actor_id)
    }
}

/// The pieces of one line in a shipment.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = shipment_lines, check_for_backend(diesel::pg::Pg))]
pub struct ShipmentLine {
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// The line.
    pub order_line_id: OrderLineId,
    /// How many pieces.
    pub quantity: i32,
}

/// Writes a shipment down.
pub(super) async fn insert(
    mut conn: &AsyncPgConnection,
    order: OrderId,
    parcel: &Parcel,
    pieces: &[Asked<'_>],
    actor: Actor,
) -> QueryResult<ShipmentId> {
    let id = ShipmentId::new();
    diesel::insert_into(shipments::table)
        .values((
            shipments::id.eq(id),
            shipments::order_id.eq(order),
            shipments::carrier.eq(&parcel.carrier),
            shipments::tracking_code.eq(&parcel.tracking_code),
            shipments::tracking_url.eq(&parcel.tracking_url),
            shipments::actor_kind.eq(actor.as_str()),
            shipments::actor_id.eq(actor.user_id()),
        ))
        .execute(&mut conn)
        .await?;
    let lines: Vec<_> = pieces
        .iter()
        .map(|asked| {
            (
                shipment_lines::shipment_id.eq(id),
                shipment_lines::order_line_id.eq(asked.line.id),
                shipment_lines::quantity.eq(asked.quantity),
            )
        })
        .collect();
    diesel::insert_into(shipment_lines::table).values(lines).execute(&mut conn).await?;
    Ok(id)
}

/// Notes that all that is on its way has arrived.
pub(super) async fn note_delivered(
    mut conn: &AsyncPgConnection,
    order: OrderId,
    at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(shipments::table)
        .filter(shipments::order_id.eq(order).and(shipments::delivered_at.is_null()))
        .set(shipments::delivered_at.eq(at))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The shipments with these ids.
pub async fn shipments_by_ids(
    mut conn: &AsyncPgConnection,
    ids: &[ShipmentId],
) -> QueryResult<Vec<Shipment>> {
    shipments::table.filter(shipments::id.eq_any(ids)).select(Shipment::as_select()).load(&mut conn).await
}

/// The shipments of these orders, oldest first.
pub async fn shipments_by_orders(
    mut conn: &AsyncPgConnection,
    ids: &[OrderId],
) -> QueryResult<Vec<Shipment>> {
    shipments::table
        .filter(shipments::order_id.eq_any(ids))
        .order((shipments::order_id, shipments::id))
        .select(Shipment::as_select())
        .load(&mut conn)
        .await
}

/// Which pieces are in these shipments.
pub async fn lines_by_shipments(
    mut conn: &AsyncPgConnection,
    ids: &[ShipmentId],
) -> QueryResult<Vec<ShipmentLine>> {
    shipment_lines::table
        .filter(shipment_lines::shipment_id.eq_any(ids))
        .order((shipment_lines::shipment_id, shipment_lines::order_line_id))
        .select(ShipmentLine::as_select())
        .load(&mut conn)
        .await
}
