//! Clearing out what nobody will ask for again.
//!
//! Every copy of the server does it now and then, a bounded number of rows at a time; rows that another copy is clearing
//! are skipped.

use std::time::Duration;

use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use rand::RngExt;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How often, on average; copies drift apart by chance.
const EVERY: Duration = Duration::from_mins(30);
/// How many statements a round makes at most, of [`CHORES`] each.
const ROUNDS: usize = 20;

/// What goes: guests' carts that were left 90 days ago, idempotency keys a day after they ran out, sessions a month after
/// they ended (their refresh tokens go with them). A thousand rows at a time.
const CHORES: [&str; 3] = [
    "DELETE FROM carts WHERE id IN (SELECT id FROM carts \
         WHERE user_id IS NULL AND updated_at < now() - interval '90 days' LIMIT 1000 FOR UPDATE SKIP LOCKED)",
    "DELETE FROM idempotency_keys WHERE (scope, key) IN (SELECT scope, key FROM idempotency_keys \
         WHERE created_at < now() - interval '2 days' LIMIT 1000 FOR UPDATE SKIP LOCKED)",
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions \
         WHERE expires_at < now() - interval '30 days' LIMIT 1000 FOR UPDATE SKIP LOCKED)",
];

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
    for chore in CHORES {
        for _ in 0..ROUNDS {
            let rows = clear(&*app.upkeep.get().await?, chore).await?;
            cleared += rows;
            if rows == 0 {
                break;
            }
        }
    }
    Ok(cleared)
}

async fn clear(mut conn: &AsyncPgConnection, chore: &str) -> QueryResult<usize> {
    sql_query(chore).execute(&mut conn).await
}
