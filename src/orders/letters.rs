//! Letters about orders: which events somebody is written to about, and what such a letter has to know.
//!
//! The event only makes a letter due. What is in it is read when it is sent, so that the queue holds neither names nor
//! addresses, and whoever was erased meanwhile is not written to.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::{Order, OrderLine};
use super::queries::lines_by_orders;
use crate::db::schema::{orders, users};
use crate::ids::OrderId;
use crate::queue::Job;

/// About how many orders of guests an address is written to within an hour: whoever orders need not be whoever has the address,
/// and is not to fill a stranger's mailbox.
const GUEST_ORDERS: i64 = 20;

/// What a letter about an order tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderNews {
    /// It was placed.
    Placed,
    /// It was paid.
    Paid,
    /// A parcel left.
    Shipped,
    /// It was cancelled.
    Cancelled,
    /// Money went back.
    Refunded,
}

/// A letter about an order that is due.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderLetter {
    /// The event that it tells of: a letter that is sent twice has the same name both times.
    pub event: Uuid,
    /// The order.
    pub order: Uuid,
    /// What it tells.
    pub news: OrderNews,
    /// What the event says beside that.
    #[serde(flatten)]
    pub details: Details,
}

/// What an order's event says, as far as a letter tells of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// How much went back, in minor units of the order's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<i64>,
    /// Who carries the parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// What the carrier knows the parcel by.
    #[serde(rename = "trackingCode", skip_serializing_if = "Option::is_none")]
    pub tracking_code: Option<String>,
}

impl OrderLetter {
    /// The letter that an event of the outbox makes due, if it does.
    #[must_use]
    pub fn of(kind: &str, order: Uuid, event: Uuid, payload: &serde_json::Value) -> Option<Self> {
        let news = match kind {
            "order.placed" => OrderNews::Placed,
            "order.paid" => OrderNews::Paid,
            "order.shipped" => OrderNews::Shipped,
            "order.cancelled" => OrderNews::Cancelled,
            "order.refunded" => OrderNews::Refunded,
            _ => return None,
        };
        Some(Self { event, order, news, details: Details::deserialize(payload).unwrap_or_default() })
    }
}

impl Job for OrderLetter {
    const KIND: &'static str = "order_letter";

    /// What happened first is told first.
    fn ordering_key(&self) -> Option<String> {
        Some(format!("order_letter {}", self.order))
    }

    fn subject(&self) -> Option<String> {
        let news = match self.news {
            OrderNews::Placed => "placed",
            OrderNews::Paid => "paid",
            OrderNews::Shipped => "shipped",
            OrderNews::Cancelled => "cancelled",
            OrderNews::Refunded => "refunded",
        };
        Some(format!("{news}: {}", OrderId(self.order)))
    }
}

/// The order that a letter is about, with its lines; none when whoever it belonged to was erased, and when its address was
/// written to about too many orders of guests.
pub async fn contents(
    mut conn: &AsyncPgConnection,
    id: OrderId,
) -> QueryResult<Option<(Order, Vec<OrderLine>)>> {
    let order: Option<Order> = orders::table
        .left_join(users::table)
        .filter(orders::id.eq(id))
        .filter(users::erased_at.is_null())
        .select(Order::as_select())
        .first(&mut conn)
        .await
        .optional()?;
    match order {
        Some(order) if !is_one_too_many(conn, &order).await? => {
            Ok(Some((order, lines_by_orders(conn, &[id]).await?)))
        }
        _ => Ok(None),
    }
}

/// Whether as many orders as there may be were placed with a guest order's address in the hour before it.
async fn is_one_too_many(mut conn: &AsyncPgConnection, order: &Order) -> QueryResult<bool> {
    if order.user_id.is_some() {
        return Ok(false);
    }
    let before: Option<DateTime<Utc>> = orders::table
        .filter(orders::email.eq(&order.email))
        .filter(orders::user_id.is_null())
        .filter(orders::id.lt(order.id))
        .order(orders::id.desc())
        .offset(GUEST_ORDERS - 1)
        .select(orders::created_at)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(before.is_some_and(|before| order.created_at - before < TimeDelta::hours(1)))
}
