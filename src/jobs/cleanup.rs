//! Clearing out what nobody will ask for again.
//!
//! Every copy of the server does it now and then, a bounded number of rows at a time; rows that another copy is clearing
//! are skipped.

use std::time::Duration;

use diesel::sql_types::Double;
use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use rand::RngExt;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Config;

/// How often, on average; copies drift apart by chance.
const EVERY: Duration = Duration::from_mins(30);
/// How many statements a round makes at most for each of [`chores`].
const ROUNDS: usize = 20;
const DAY: Duration = Duration::from_hours(24);

/// What goes, a thousand rows at a time, when it is as old as that: guests' carts that were left, idempotency keys a day
/// after they ran out, sessions that ended (their refresh tokens go with them), refresh tokens of living sessions that
/// have lapsed, jobs that are done, those given up that nobody looked into, tokens of mails that have expired, what payment
/// providers told, long after it was worked off, and deliveries of webhooks.
fn chores(config: &Config) -> [(Duration, &'static str); 9] {
    [
        (
            90 * DAY,
            "DELETE FROM carts WHERE id IN (SELECT id FROM carts \
                 WHERE user_id IS NULL AND updated_at < now() - make_interval(secs => $1) \
                 LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            2 * DAY,
            "DELETE FROM idempotency_keys WHERE digest IN (SELECT digest FROM idempotency_keys \
                 WHERE created_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            30 * DAY,
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions \
                 WHERE expires_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            config.tokens.refresh_ttl,
            "DELETE FROM refresh_tokens WHERE token_hash IN (SELECT token_hash FROM refresh_tokens \
                 WHERE created_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            DAY,
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs \
                 WHERE finished_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            90 * DAY,
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs \
                 WHERE died_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            DAY,
            "DELETE FROM mailed_tokens WHERE token_hash IN (SELECT token_hash FROM mailed_tokens \
                 WHERE expires_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            90 * DAY,
            "DELETE FROM gateway_events WHERE (provider, id) IN (SELECT provider, id FROM gateway_events \
                 WHERE handled_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
        (
            30 * DAY,
            "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries \
                 WHERE created_at < now() - make_interval(secs => $1) LIMIT 1000 FOR UPDATE SKIP LOCKED)",
        ),
    ]
}

/// Clears out until `shutdown` is cancelled.
pub async fn run(app: App, shutdown: CancellationToken) {
    loop {
        let wait = EVERY.mul_f64(rand::rng().random_range(0.5..1.5));
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        if let Err(error) = round(&app).await {
            tracing::warn!(%error, "old rows could not be cleared out; the next round will");
        }
    }
}

/// One round.
pub async fn round(app: &App) -> crate::error::Result<usize> {
    let mut cleared = 0;
    for (age, chore) in chores(&app.config) {
        for _ in 0..ROUNDS {
            let rows = clear(&*app.upkeep.get().await?, chore, age).await?;
            cleared += rows;
            if rows == 0 {
                break;
            }
        }
    }
    Ok(cleared)
}

async fn clear(mut conn: &AsyncPgConnection, chore: &str, age: Duration) -> QueryResult<usize> {
    sql_query(chore).bind::<Double, _>(age.as_secs_f64()).execute(&mut conn).await
}
