//! Taking the money of a payment: what a bank holds, by a job; what came in by hand, at once.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::by_hand::pay_by_hand;
use super::events::Actor;
use super::lock::lock;
use super::state::OrderStatus;
use crate::error::{Outcome, Refusal};
use crate::ids::PaymentId;
use crate::money::Money;
use crate::payments::work::CapturePayment as CaptureJob;
use crate::payments::{PaymentStatus, Provider, queries, store};
use crate::queue;

/// What is to be taken.
#[derive(Debug, Clone, Copy)]
pub struct CapturePayment {
    /// Of which payment.
    pub payment: PaymentId,
    /// How much, in minor units; all of it when left out. The rest is the customer's again.
    pub amount: Option<i64>,
    /// Who wants it.
    pub actor: Actor,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Why nothing is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureRefusal {
    /// There is no such payment.
    NotFound,
    /// No bank holds money for it, or the shop has it already.
    NotAuthorized { status: PaymentStatus },
    /// It is to be cancelled, or its order was given up.
    GivenUp,
    /// More than the bank holds, or nothing; of what came in by hand, anything but all of it.
    AmountInvalid { most: Money },
    /// Another amount is being taken.
    UnderWay { amount: Money },
}

impl Refusal for CaptureRefusal {}

/// Decides that the money is taken.
pub async fn capture_payment(
    conn: &mut AsyncPgConnection,
    capture: &CapturePayment,
) -> Outcome<(), CaptureRefusal> {
    conn.transaction(async |conn| {
        let found = queries::payments_by_ids(conn, &[capture.payment]).await?.pop();
        let found = found.ok_or(CaptureRefusal::NotFound)?;
        let order = lock(conn, found.order_id).await?.ok_or(CaptureRefusal::NotFound)?;
        let payment = queries::lock_payment(conn, found.id).await?;
        let (most, by_hand) = (payment.amount(), payment.provider() == Provider::Manual);
        // Less may be due than the bank holds: some pieces were cancelled since.
        let amount = capture.amount.unwrap_or(most.minor.min(order.due().minor).max(1));
        let expected = if by_hand { PaymentStatus::Pending } else { PaymentStatus::Authorized };
        if payment.status() != expected {
            return Err(CaptureRefusal::NotAuthorized { status: payment.status() }.into());
        }
        if payment.cancel_requested_at.is_some() || order.status() != OrderStatus::Pending {
            return Err(CaptureRefusal::GivenUp.into());
        }
        if amount < 1 || amount > most.minor || by_hand && amount != most.minor {
            return Err(CaptureRefusal::AmountInvalid { most }.into());
        }
        if let Some(asked) = payment.capture_requested
            && asked != amount
        {
            // The provider may be at it: it takes once, and what it leaves is the customer's again.
            let amount = Money::new(asked, most.currency);
            return Err(CaptureRefusal::UnderWay { amount }.into());
        }
        if by_hand {
            pay_by_hand(conn, &order, (capture.actor, None), capture.at).await?;
        } else {
            store::request_capture(conn, payment.id, amount).await?;
            queue::enqueue(conn, &CaptureJob::of(&payment)).await?;
        }
        Ok(())
    })
    .await
}
