//! Having a refund tried once more that its provider could not do.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::lock::lock;
use crate::error::{Outcome, Refusal};
use crate::ids::RefundId;
use crate::payments::work::SendRefund;
use crate::payments::{RefundStatus, queries, store};
use crate::queue;

/// Why a refund is not tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryRefundRefusal {
    /// There is no such refund.
    NotFound,
    /// It is done.
    Done,
}

impl Refusal for RetryRefundRefusal {}

/// Has a job try it again, as a request of its own to the provider where the last one failed for good.
pub async fn retry_refund(
    conn: &mut AsyncPgConnection,
    refund: RefundId,
    at: DateTime<Utc>,
) -> Outcome<(), RetryRefundRefusal> {
    conn.transaction(async |conn| {
        let found = queries::refunds_by_ids(conn, &[refund]).await?.pop();
        let found = found.ok_or(RetryRefundRefusal::NotFound)?;
        lock(conn, found.order_id).await?;
        let refund = queries::lock_refund(conn, found.id).await?;
        match refund.status() {
            RefundStatus::Succeeded => return Err(RetryRefundRefusal::Done.into()),
            RefundStatus::Pending => {}
            RefundStatus::Failed => store::reopen_refund(conn, &refund, at).await?,
        }
        queue::enqueue(conn, &SendRefund { refund: refund.id.0 }).await?;
        Ok(())
    })
    .await
}
