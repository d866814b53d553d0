//! Giving a payment up that has not come in: its customer can no longer pay by it, and a bank lets go of what it holds.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::give_up::cancel_open;
use super::lock::lock;
use crate::error::{Outcome, Refusal};
use crate::ids::PaymentId;
use crate::payments::{PaymentStatus, queries};

/// Why a payment is not given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelPaymentRefusal {
    /// There is no such payment.
    NotFound,
    /// It has come in, and can only be paid back; or it was given up before.
    NotOpen { status: PaymentStatus },
}

impl Refusal for CancelPaymentRefusal {}

/// Decides that the payment is given up; a job does it.
pub async fn cancel_payment(
    conn: &mut AsyncPgConnection,
    payment: PaymentId,
) -> Outcome<(), CancelPaymentRefusal> {
    conn.transaction(async |conn| {
        let found = queries::payments_by_ids(conn, &[payment]).await?.pop();
        let found = found.ok_or(CancelPaymentRefusal::NotFound)?;
        lock(conn, found.order_id).await?;
        let payment = queries::lock_payment(conn, found.id).await?;
        if !payment.status().is_open() {
            return Err(CancelPaymentRefusal::NotOpen { status: payment.status() }.into());
        }
        Ok(cancel_open(conn, &[payment]).await?)
    })
    .await
}
