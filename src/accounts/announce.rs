//! Telling other systems that somebody made an account.

use diesel::QueryResult;
use diesel::sql_types::Uuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::Prepare;
use crate::ids::{OutboxId, UserId};

/// Somebody registered. To be run in the transaction that makes the account. Who it is stays in the account: those who hear of
/// it ask for that, if they may.
pub(super) async fn registered(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload) \
         VALUES ($1, 'user', $2, 'user.registered', jsonb_build_object('userId', $2))",
    )
    .bind::<Uuid, _>(OutboxId::new())
    .bind::<Uuid, _>(user)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
