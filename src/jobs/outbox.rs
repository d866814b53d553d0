//! The outbox: events that must be published, written in the transaction of the change they tell of.
//!
//! A change and its event commit together or not at all. Domains write theirs with the statement that makes the change
//! (`orders::events::append`, `inventory::statement`); what follows here is the relay's side.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::Prepare;
use crate::db::schema::outbox;
use crate::ids::OutboxId;
use crate::webhooks::Event;

/// The aggregate type of what happens to orders.
pub(super) const ORDER: &str = "order";
/// The aggregate type of what happens to variants.
pub(super) const VARIANT: &str = "variant";

/// An event that one relay has to itself for a while.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[diesel(table_name = outbox, check_for_backend(diesel::pg::Pg))]
pub(super) struct Claimed {
    pub(super) id: OutboxId,
    pub(super) position: i64,
    pub(super) aggregate_type: String,
    pub(super) aggregate_id: Uuid,
}

/// Whether there is anything to turn into jobs, and whether there is anything to claim. The cheap question of an idle relay.
pub(super) async fn is_waiting(mut conn: &AsyncPgConnection) -> QueryResult<(bool, bool)> {
    let not_fanned_out = outbox::table.filter(outbox::fanned_out_at.is_null());
    let unpublished = outbox::table
        .filter(outbox::published_at.is_null())
        .filter(outbox::leased_until.is_null().or(outbox::leased_until.lt(diesel::dsl::now)));
    diesel::select((diesel::dsl::exists(not_fanned_out), diesel::dsl::exists(unpublished)))
        .get_result(&mut conn)
        .await
}

/// At most `limit` events that were not turned into jobs yet, oldest first. The caller makes sure that it is the only one until
/// it has committed.
///
/// Events of orders are in the order in which they happened, for each locks its order. Those of variants and products need not
/// be: a change of price may be written before a sale and committed after it. So they tell how things stand now: of two that
/// are sent, the later one is never the older news.
pub(super) async fn not_fanned_out(mut conn: &AsyncPgConnection, limit: i64) -> QueryResult<Vec<Event>> {
    diesel::sql_query(
        "SELECT id, type, aggregate_id, occurred_at,
                payload || coalesce(CASE type
                    WHEN 'inventory.changed' THEN (
                        SELECT jsonb_build_object('onHand', on_hand, 'reserved', reserved, 'available', on_hand - reserved)
                        FROM inventory WHERE variant_id = aggregate_id)
                    WHEN 'product.updated' THEN (
                        SELECT jsonb_build_object('slug', slug, 'status', status) FROM products WHERE id = aggregate_id)
                    END, '{}') AS payload
         FROM outbox WHERE fanned_out_at IS NULL ORDER BY position LIMIT $1",
    )
    .bind::<BigInt, _>(limit)
    .prepared()
    .load(&mut conn)
    .await
}

/// Notes that these events were turned into jobs.
pub(super) async fn mark_fanned_out(mut conn: &AsyncPgConnection, ids: &[OutboxId]) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set(outbox::fanned_out_at.eq(diesel::dsl::now))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Leases at most `limit` unpublished events, oldest first. None is taken of an aggregate that another relay works on, nor
/// of an order before all its events have their place in the feed. The caller makes sure that nobody claims at the same time, until
/// it has committed: otherwise two could take neighbours of one aggregate.
pub(super) async fn claim(
    mut conn: &AsyncPgConnection,
    limit: i64,
    lease: Duration,
) -> QueryResult<Vec<Claimed>> {
    let mut claimed: Vec<Claimed> = diesel::sql_query(
        "UPDATE outbox SET leased_until = clock_timestamp() + make_interval(secs => $2)
         WHERE id IN (
             SELECT id FROM outbox AS waiting
             WHERE published_at IS NULL
               AND (leased_until IS NULL OR leased_until < now())
               AND aggregate_id NOT IN (SELECT aggregate_id FROM outbox
                                        WHERE published_at IS NULL AND leased_until >= now())
               AND NOT EXISTS (SELECT FROM order_events
                               WHERE order_events.order_id = waiting.aggregate_id AND feed_position IS NULL)
             ORDER BY position LIMIT $1)
         RETURNING id, position, aggregate_type, aggregate_id",
    )
    .bind::<BigInt, _>(limit)
    .bind::<Double, _>(lease.as_secs_f64())
    .prepared()
    .load(&mut conn)
    .await?;
    claimed.sort_unstable_by_key(|event| event.position);
    Ok(claimed)
}

/// Notes that these events are published.
pub(super) async fn mark_published(mut conn: &AsyncPgConnection, ids: &[OutboxId]) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set(outbox::published_at.eq(diesel::dsl::now))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Gives these events up before the lease ends, so that any relay may take them at once.
pub(super) async fn release(mut conn: &AsyncPgConnection, ids: &[OutboxId]) -> QueryResult<()> {
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)).filter(outbox::published_at.is_null()))
        .set(outbox::leased_until.eq(None::<DateTime<Utc>>))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// Deletes at most `limit` events that were published and turned into jobs longer ago than `age`, and says how many it found.
pub(super) async fn delete_published(
    mut conn: &AsyncPgConnection,
    age: Duration,
    limit: i64,
) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM outbox WHERE id IN (
             SELECT id FROM outbox WHERE published_at < now() - make_interval(secs => $2)
                 AND fanned_out_at < now() - make_interval(secs => $2)
             ORDER BY published_at LIMIT $1 FOR UPDATE SKIP LOCKED)",
    )
    .bind::<BigInt, _>(limit)
    .bind::<Double, _>(age.as_secs_f64())
    .execute(&mut conn)
    .await
}
