//! Writes of payments, refunds and their log. What they mean for an order is not decided here.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::{Outcome, Payment, Refund, RefundReason, RefundStatus, TransactionKind, capture_name};
use super::state::PaymentStatus;
use crate::db::Prepare;
use crate::db::schema::{payment_transactions, payments, refund_lines, refunds};
use crate::gateway::{CaptureMode, Provider};
use crate::ids::{OrderId, OrderLineId, PaymentId, PaymentTransactionId, RefundId, UserId};
use crate::money::Money;

/// The longest text of a provider's that is kept, in characters.
const MAX_TEXT: usize = 500;
/// The longest code of a provider's that is kept, in characters.
const MAX_CODE: usize = 100;
/// How long after it was made a payment's provider is first asked how it stands, and what each time in vain doubles.
const FIRST_CHECK: TimeDelta = TimeDelta::minutes(2);
/// The longest pause between two questions.
const LAST_CHECK: TimeDelta = TimeDelta::hours(6);

/// A payment to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewPayment {
    /// The order it is for.
    pub order_id: OrderId,
    /// Who takes it.
    pub provider: Provider,
    /// What is to be paid.
    pub amount: Money,
    /// When the money is taken.
    pub capture: CaptureMode,
}

/// Makes a payment that waits for the customer.
pub async fn open(
    mut conn: &AsyncPgConnection,
    payment: NewPayment,
    at: DateTime<Utc>,
) -> QueryResult<Payment> {
    let id = PaymentId::new();
    // What is paid by hand has no name elsewhere, and nobody to ask.
    let by_hand = payment.provider == Provider::Manual;
    diesel::insert_into(payments::table)
        .values((
            payments::id.eq(id),
            payments::order_id.eq(payment.order_id),
            payments::provider.eq(payment.provider.as_str()),
            payments::currency.eq(payment.amount.currency.code()),
            payments::amount.eq(payment.amount.minor),
            payments::capture.eq(capture_name(payment.capture)),
            payments::provider_ref.eq(by_hand.then(|| format!("manual_{id}"))),
            payments::check_at.eq((!by_hand).then(|| at + FIRST_CHECK)),
        ))
        .returning(Payment::as_returning())
        .get_result(&mut conn)
        .await
}

/// What changes of a payment when its provider tells how it stands.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// How far it is now.
    pub status: Option<PaymentStatus>,
    /// What was taken, in minor units.
    pub captured: i64,
    /// What the provider calls it.
    pub reference: Option<String>,
    /// Why the customer's last attempt failed: code and text.
    pub failure: Option<(String, String)>,
}

/// Notes how far a payment is. One that is settled is not asked after any more.
pub async fn note_progress(
    mut conn: &AsyncPgConnection,
    payment: &Payment,
    progress: Progress,
) -> QueryResult<()> {
    let status = progress.status.unwrap_or(payment.status());
    let failure = progress.failure.as_ref();
    let code = failure.map(|(code, _)| bounded(code, MAX_CODE)).or_else(|| payment.failure_code.clone());
    let message =
        failure.map(|(_, message)| bounded(message, MAX_TEXT)).or_else(|| payment.failure_message.clone());
    let captured = payment.captured().minor.max(progress.captured);
    diesel::update(payments::table.find(payment.id))
        .set((
            payments::status.eq(status.as_str()),
            // A provider that took more than it was asked to is believed: it is what the customer has paid.
            payments::amount.eq(payment.amount().minor.max(captured)),
            payments::captured.eq(captured),
            payments::provider_ref.eq(payment.provider_ref.clone().or(progress.reference)),
            payments::failure_code.eq(code),
            payments::failure_message.eq(message),
        ))
        .prepared()
        .execute(&mut conn)
        .await?;
    if !status.is_open() {
        diesel::update(payments::table.find(payment.id))
            .set((
                payments::check_at.eq(None::<DateTime<Utc>>),
                payments::capture_requested.eq(None::<i64>),
                payments::cancel_requested_at.eq(None::<DateTime<Utc>>),
            ))
            .prepared()
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}

/// Notes that the provider was asked in vain: it is asked again, later and later.
pub async fn check_later(
    mut conn: &AsyncPgConnection,
    payment: &Payment,
    at: DateTime<Utc>,
) -> QueryResult<()> {
    let doubled = FIRST_CHECK * 2_i32.saturating_pow(payment.checks.clamp(0, 10).unsigned_abs());
    diesel::update(payments::table.find(payment.id))
        .filter(payments::check_at.is_not_null())
        .set((payments::check_at.eq(at + doubled.min(LAST_CHECK)), payments::checks.eq(payments::checks + 1)))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Has the next request to the provider for this payment carry another idempotency key.
pub async fn next_key_round(mut conn: &AsyncPgConnection, payment: PaymentId) -> QueryResult<()> {
    diesel::update(payments::table.find(payment))
        .set(payments::key_round.eq(payments::key_round + 1))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes that these payments are to be given up; they make way for another at once, and nothing is taken of them any more.
pub async fn request_cancel(mut conn: &AsyncPgConnection, ids: &[PaymentId]) -> QueryResult<()> {
    diesel::update(payments::table.filter(payments::id.eq_any(ids)))
        .set((payments::cancel_requested_at.eq(now), payments::capture_requested.eq(None::<i64>)))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes that so much of a payment is to be taken.
pub async fn request_capture(
    mut conn: &AsyncPgConnection,
    payment: PaymentId,
    amount: i64,
) -> QueryResult<()> {
    diesel::update(payments::table.find(payment))
        .set(payments::capture_requested.eq(amount))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes that so much of a payment will not be taken after all.
pub async fn forget_capture(
    mut conn: &AsyncPgConnection,
    payment: PaymentId,
    amount: i64,
) -> QueryResult<()> {
    diesel::update(payments::table.find(payment).filter(payments::capture_requested.eq(amount)))
        .set(payments::capture_requested.eq(None::<i64>))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes what the provider calls the refund by which it let go of what was not taken.
pub async fn note_released(
    mut conn: &AsyncPgConnection,
    payment: PaymentId,
    reference: &str,
) -> QueryResult<()> {
    diesel::update(payments::table.find(payment))
        .set(payments::released_ref.eq(reference))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Money to be paid back.
#[derive(Debug, Clone)]
pub struct NewRefund<'a> {
    /// From which payment.
    pub payment: &'a Payment,
    /// How much, in minor units.
    pub amount: i64,
    /// What for.
    pub reason: RefundReason,
    /// A remark of staff.
    pub note: Option<&'a str>,
    /// What the provider calls it, where it has been done already.
    pub reference: Option<&'a str>,
    /// Who wants it: the kind of actor, and the account behind it.
    pub actor: (&'static str, Option<UserId>),
}

/// How long a refund's job has for it before somebody looks whether it is still there.
const REFUND_CHECK: TimeDelta = TimeDelta::minutes(15);

/// Writes a refund down and takes it off the payment. The table refuses more than was captured.
pub async fn open_refund(
    mut conn: &AsyncPgConnection,
    refund: NewRefund<'_>,
    at: DateTime<Utc>,
) -> QueryResult<RefundId> {
    let id = RefundId::new();
    diesel::update(payments::table.find(refund.payment.id))
        .set(payments::refunded.eq(payments::refunded + refund.amount))
        .prepared()
        .execute(&mut conn)
        .await?;
    let done = refund.reference.is_some();
    let status = if done { RefundStatus::Succeeded } else { RefundStatus::Pending };
    diesel::insert_into(refunds::table)
        .values((
            refunds::id.eq(id),
            refunds::order_id.eq(refund.payment.order_id),
            refunds::payment_id.eq(refund.payment.id),
            refunds::currency.eq(refund.payment.amount().currency.code()),
            refunds::amount.eq(refund.amount),
            refunds::reason.eq(refund.reason.as_str()),
            refunds::note.eq(refund.note),
            refunds::status.eq(status.as_str()),
            refunds::provider_ref.eq(refund.reference),
            refunds::actor_kind.eq(refund.actor.0),
            refunds::actor_id.eq(refund.actor.1),
            refunds::check_at.eq((!done).then(|| at + REFUND_CHECK)),
        ))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(id)
}

/// Notes which pieces a refund is for.
pub async fn add_refund_lines(
    mut conn: &AsyncPgConnection,
    refund: RefundId,
    lines: &[(OrderLineId, i32)],
) -> QueryResult<()> {
    let rows: Vec<_> = lines
        .iter()
        .map(|(line, quantity)| {
            (
                refund_lines::refund_id.eq(refund),
                refund_lines::order_line_id.eq(*line),
                refund_lines::quantity.eq(*quantity),
            )
        })
        .collect();
    diesel::insert_into(refund_lines::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

/// Notes how far a refund is.
pub async fn note_refund(
    mut conn: &AsyncPgConnection,
    refund: RefundId,
    status: RefundStatus,
    reference: Option<&str>,
    failure: Option<&str>,
) -> QueryResult<()> {
    let settled = status != RefundStatus::Pending;
    diesel::update(refunds::table.find(refund))
        .set((
            refunds::status.eq(status.as_str()),
            reference.map(|reference| refunds::provider_ref.eq(reference)),
            refunds::failure.eq(failure.map(|failure| bounded(failure, MAX_TEXT))),
            settled.then(|| refunds::check_at.eq(None::<DateTime<Utc>>)),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Has a refund done that failed: by another request, which the provider has not refused yet.
pub async fn reopen_refund(
    mut conn: &AsyncPgConnection,
    refund: &Refund,
    at: DateTime<Utc>,
) -> QueryResult<()> {
    let failed_refs: Vec<&String> = refund.failed_refs.iter().chain(&refund.provider_ref).collect();
    diesel::update(refunds::table.find(refund.id))
        .set((
            refunds::status.eq(RefundStatus::Pending.as_str()),
            refunds::failed_refs.eq(failed_refs),
            refunds::provider_ref.eq(None::<String>),
            refunds::failure.eq(None::<String>),
            refunds::key_round.eq(refunds::key_round + 1),
            refunds::check_at.eq(at + REFUND_CHECK),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Notes since when the provider may be at the refund without having answered, if it may.
pub async fn note_silence(
    mut conn: &AsyncPgConnection,
    refund: RefundId,
    at: Option<DateTime<Utc>>,
) -> QueryResult<()> {
    diesel::update(refunds::table.find(refund))
        .set(refunds::silent_at.eq(at))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Has the next request to the provider for this refund carry another idempotency key.
pub async fn next_refund_round(mut conn: &AsyncPgConnection, refund: RefundId) -> QueryResult<()> {
    diesel::update(refunds::table.find(refund))
        .set(refunds::key_round.eq(refunds::key_round + 1))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Has a refund looked after again later.
pub async fn check_refund_later(
    mut conn: &AsyncPgConnection,
    refund: RefundId,
    at: DateTime<Utc>,
) -> QueryResult<()> {
    diesel::update(refunds::table.find(refund))
        .set(refunds::check_at.eq(at + REFUND_CHECK))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// An entry for a payment's log.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The payment.
    pub payment: PaymentId,
    /// The refund, where it is about one.
    pub refund: Option<RefundId>,
    /// What was asked for.
    pub kind: TransactionKind,
    /// What came of it.
    pub outcome: Outcome,
    /// How much it was about, in minor units.
    pub amount: Option<i64>,
    /// What else there is to know; neither secrets nor card data.
    pub message: Option<&'a str>,
}

/// Adds to a payment's log.
pub async fn log(mut conn: &AsyncPgConnection, entry: Entry<'_>) -> QueryResult<()> {
    diesel::insert_into(payment_transactions::table)
        .values((
            payment_transactions::id.eq(PaymentTransactionId::new()),
            payment_transactions::payment_id.eq(entry.payment),
            payment_transactions::refund_id.eq(entry.refund),
            payment_transactions::kind.eq(entry.kind.as_str()),
            payment_transactions::outcome.eq(entry.outcome.as_str()),
            payment_transactions::amount.eq(entry.amount),
            payment_transactions::message.eq(entry.message.map(|message| bounded(message, MAX_TEXT))),
        ))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// A text as the tables take it.
fn bounded(text: &str, most: usize) -> String {
    text.chars().filter(|letter| *letter != '\0').take(most).collect()
}
