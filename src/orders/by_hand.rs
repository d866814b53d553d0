//! Money that came in by hand: cash, a transfer, an invoice that was settled. Part of the verbs that take it, in their
//! transaction.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::events::{self, Actor, Change, Moved, NewEvent};
use super::give_up::cancel_open;
use super::model::Order;
use super::state::OrderStatus;
use crate::error::Result;
use crate::payments::store::{self, Entry, NewPayment, Progress};
use crate::payments::{CaptureMode, Outcome, Payment, PaymentStatus, Provider, TransactionKind, queries};

/// Pays what is due of an order, which is locked and PENDING. An open payment elsewhere is cancelled; should it come in all
/// the same, it is paid back.
pub(super) async fn pay_by_hand(
    conn: &AsyncPgConnection,
    order: &Order,
    (actor, note): (Actor, Option<&str>),
    at: DateTime<Utc>,
) -> Result<()> {
    let due = order.due();
    let payments = queries::lock_payments_of(conn, order.id).await?;
    let invoice = |payment: &&Payment| payment.provider() == Provider::Manual && payment.amount() == due;
    let invoice = queries::open_of(&payments).filter(invoice).cloned();
    let others: Vec<Payment> = payments
        .into_iter()
        .filter(|payment| invoice.as_ref().is_none_or(|invoice| invoice.id != payment.id))
        .collect();
    cancel_open(conn, &others).await?;
    let mut data = None;
    if due.minor > 0 {
        let payment = match invoice {
            Some(invoice) => invoice,
            None => {
                let provider = Provider::Manual;
                let new =
                    NewPayment { order_id: order.id, provider, amount: due, capture: CaptureMode::Automatic };
                store::open(conn, new, at).await?
            }
        };
        let progress =
            Progress { status: Some(PaymentStatus::Captured), captured: due.minor, ..Progress::default() };
        store::note_progress(conn, &payment, progress).await?;
        let entry = Entry {
            payment: payment.id,
            refund: None,
            kind: TransactionKind::Capture,
            outcome: Outcome::Succeeded,
            amount: Some(due.minor),
            message: note,
        };
        store::log(conn, entry).await?;
        data = Some(json!({ "paymentId": payment.id.to_string(), "amount": due.minor }));
    }
    let change = Change::Status { from: OrderStatus::Pending, to: OrderStatus::Paid };
    let event = NewEvent {
        note,
        moved: Moved { paid: due.minor, ..Moved::default() },
        data,
        ..NewEvent::new(order.id, change, actor)
    };
    events::append(conn, event).await?;
    Ok(())
}
