//! Reads of payments and refunds, and the locks on them: behind the lock on their order, always.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::{Payment, Refund, RefundLine, Transaction};
use crate::db::Prepare;
use crate::db::schema::{payments, refund_lines, refunds};
use crate::gateway::Provider;
use crate::ids::{OrderId, PaymentId, RefundId};

/// The most entries of a payment's log that are shown.
const LOG_SHOWN: i64 = 100;

/// The payments with these ids.
pub async fn payments_by_ids(mut conn: &AsyncPgConnection, ids: &[PaymentId]) -> QueryResult<Vec<Payment>> {
    payments::table.filter(payments::id.eq_any(ids)).select(Payment::as_select()).load(&mut conn).await
}

/// The payments for these orders, oldest first.
pub async fn payments_by_orders(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<Payment>> {
    payments::table
        .filter(payments::order_id.eq_any(ids))
        .order((payments::order_id, payments::id))
        .select(Payment::as_select())
        .load(&mut conn)
        .await
}

/// The payment that the provider calls so.
pub async fn payment_by_reference(
    mut conn: &AsyncPgConnection,
    provider: Provider,
    reference: &str,
) -> QueryResult<Option<Payment>> {
    payments::table
        .filter(payments::provider.eq(provider.as_str()).and(payments::provider_ref.eq(reference)))
        .select(Payment::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Locks a payment until the transaction ends; its order is locked already.
pub(crate) async fn lock_payment(mut conn: &AsyncPgConnection, id: PaymentId) -> QueryResult<Payment> {
    payments::table.find(id).select(Payment::as_select()).for_no_key_update().first(&mut conn).await
}

/// Locks all payments for an order, newest first; the order is locked already.
pub(crate) async fn lock_payments_of(
    mut conn: &AsyncPgConnection,
    order: OrderId,
) -> QueryResult<Vec<Payment>> {
    payments::table
        .filter(payments::order_id.eq(order))
        .order(payments::id.desc())
        .select(Payment::as_select())
        .for_no_key_update()
        .load(&mut conn)
        .await
}

/// Open payments whose provider is to be asked how they stand by now, the most overdue first.
pub async fn payments_to_check(
    mut conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Payment>> {
    payments::table
        .filter(payments::check_at.le(now))
        .order(payments::check_at)
        .limit(limit)
        .select(Payment::as_select())
        .load(&mut conn)
        .await
}

/// The open payment for an order, which its customer can still pay; none when there is none.
pub(crate) fn open_of(payments: &[Payment]) -> Option<&Payment> {
    payments.iter().find(|payment| payment.status().is_open() && payment.cancel_requested_at.is_none())
}

/// The refunds with these ids.
pub async fn refunds_by_ids(mut conn: &AsyncPgConnection, ids: &[RefundId]) -> QueryResult<Vec<Refund>> {
    refunds::table.filter(refunds::id.eq_any(ids)).select(Refund::as_select()).load(&mut conn).await
}

/// The refunds of these orders, oldest first.
pub async fn refunds_by_orders(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<Refund>> {
    refunds::table
        .filter(refunds::order_id.eq_any(ids))
        .order((refunds::order_id, refunds::id))
        .select(Refund::as_select())
        .load(&mut conn)
        .await
}

/// The refund that the provider calls so, of this payment.
pub(crate) async fn refund_by_reference(
    mut conn: &AsyncPgConnection,
    payment: PaymentId,
    reference: &str,
) -> QueryResult<Option<Refund>> {
    refunds::table
        .filter(refunds::payment_id.eq(payment).and(refunds::provider_ref.eq(reference)))
        .select(Refund::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Locks a refund until the transaction ends; its order is locked already.
pub(crate) async fn lock_refund(mut conn: &AsyncPgConnection, id: RefundId) -> QueryResult<Refund> {
    refunds::table.find(id).select(Refund::as_select()).for_no_key_update().first(&mut conn).await
}

/// Refunds that were decided a while ago and nobody has seen to since.
pub async fn refunds_to_check(
    mut conn: &AsyncPgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> QueryResult<Vec<Refund>> {
    refunds::table
        .filter(refunds::check_at.le(now))
        .order(refunds::check_at)
        .limit(limit)
        .select(Refund::as_select())
        .load(&mut conn)
        .await
}

/// Which pieces these refunds are for.
pub async fn lines_by_refunds(
    mut conn: &AsyncPgConnection,
    ids: &[RefundId],
) -> QueryResult<Vec<RefundLine>> {
    refund_lines::table
        .filter(refund_lines::refund_id.eq_any(ids))
        .order((refund_lines::refund_id, refund_lines::order_line_id))
        .select(RefundLine::as_select())
        .load(&mut conn)
        .await
}

/// The logs of these payments, newest first, each as far as it is shown.
pub async fn transactions_by_payments(
    mut conn: &AsyncPgConnection,
    ids: &[PaymentId],
) -> QueryResult<Vec<Transaction>> {
    sql_query(
        "SELECT entry.id, entry.payment_id, entry.refund_id, entry.kind, entry.outcome, entry.amount, entry.message,
                entry.occurred_at
         FROM unnest($1) AS wanted (id) CROSS JOIN LATERAL
              (SELECT * FROM payment_transactions WHERE payment_id = wanted.id ORDER BY id DESC LIMIT $2) AS entry
         ORDER BY entry.payment_id, entry.id DESC",
    )
    .bind::<Array<Uuid>, _>(ids)
    .bind::<BigInt, _>(LOG_SHOWN)
    .prepared()
    .load(&mut conn)
    .await
}
