//! Beginning to pay for an order: a payment over what is due, which its provider is told of afterwards.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::give_up::cancel_open;
use super::lock::lock;
use super::model::Order;
use super::state::OrderStatus;
use crate::db::schema::orders;
use crate::error::{Outcome, Refusal};
use crate::ids::OrderId;
use crate::payments::store::{self, NewPayment};
use crate::payments::{CaptureMode, Payment, PaymentStatus, Provider, queries};

/// How long an order lives on at least once its customer has begun to pay.
const TIME_TO_PAY: TimeDelta = TimeDelta::minutes(10);

/// A payment to be begun.
#[derive(Debug, Clone, Copy)]
pub struct StartPayment {
    /// What is paid for.
    pub order_id: OrderId,
    /// How.
    pub provider: Provider,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// For how long an order holds its stock unpaid.
    pub hold: TimeDelta,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Why there is nothing to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartRefusal {
    /// There is no such order.
    NotFound,
    /// It waits for no payment.
    NotPending { status: OrderStatus },
    /// All of it has been paid.
    NothingDue,
}

impl Refusal for StartRefusal {}

/// A payment that the customer can go on with.
#[derive(Debug, Clone)]
pub struct Started {
    /// The payment.
    pub payment: Payment,
    /// What it is for.
    pub order: Order,
}

/// Begins a payment, or finds the one that was begun before: an order has one open payment, over what is due. One in
/// another way or over another amount makes way and is cancelled.
pub async fn start_payment(
    conn: &mut AsyncPgConnection,
    start: &StartPayment,
) -> Outcome<Started, StartRefusal> {
    conn.transaction(async |conn| {
        let order = lock(conn, start.order_id).await?.ok_or(StartRefusal::NotFound)?;
        if order.status() != OrderStatus::Pending {
            return Err(StartRefusal::NotPending { status: order.status() }.into());
        }
        let due = order.due();
        if due.minor == 0 {
            return Err(StartRefusal::NothingDue.into());
        }
        let payments = queries::lock_payments_of(conn, order.id).await?;
        let usable = |payment: &&Payment| {
            // Of what a bank holds already less can be taken.
            let held = payment.status() == PaymentStatus::Authorized && payment.amount().minor >= due.minor;
            payment.provider() == start.provider
                && (payment.amount() == due && payment.capture() == start.capture || held)
        };
        let payment = match queries::open_of(&payments).filter(usable) {
            Some(open) => {
                extend(conn, &order, order.expires_at, start).await?;
                open.clone()
            }
            None => {
                cancel_open(conn, &payments).await?;
                // An order without a time counted on what a bank holds, and that makes way.
                let expires = order.expires_at.unwrap_or(start.at);
                extend(conn, &order, Some(expires), start).await?;
                let new = NewPayment {
                    order_id: order.id,
                    provider: start.provider,
                    amount: due,
                    capture: start.capture,
                };
                store::open(conn, new, start.at).await?
            }
        };
        Ok(Started { payment, order })
    })
    .await
}

/// Gives whoever pays the time for it: but not for ever, or stock could be held by beginning to pay over and over. An
/// invoice has a time of its own.
async fn extend(
    mut conn: &AsyncPgConnection,
    order: &Order,
    expires: Option<DateTime<Utc>>,
    start: &StartPayment,
) -> QueryResult<()> {
    let Some(expires) = expires else { return Ok(()) };
    let wanted = match (start.provider, order.expires_at) {
        (_, None) => start.at + start.hold,
        (Provider::Stripe, _) => (start.at + TIME_TO_PAY).min(order.created_at + start.hold * 2),
        (Provider::Manual, _) => order.created_at + start.hold,
    };
    if wanted > expires {
        diesel::update(orders::table.find(order.id))
            .set(orders::expires_at.eq(wanted))
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}
