//! What providers told: each event once, however often and in whatever order it comes.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::work::HandleEvent;
use crate::db::Prepare;
use crate::db::schema::gateway_events;
use crate::gateway::Provider;
use crate::queue;

/// An event as it came, its sender proven.
#[derive(Debug, Clone)]
pub struct Arrived<'a> {
    /// Who sent it.
    pub provider: Provider,
    /// What they call it: the same each time that they send it.
    pub id: &'a str,
    /// What it tells of, in the provider's words.
    pub kind: &'a str,
    /// What it is about, in the provider's words: a payment's name, say.
    pub about: Option<&'a str>,
    /// All of it, sealed: whoever reads the table learns nothing of customers.
    pub payload: Vec<u8>,
}

/// Keeps the event and the job that works it off; both or neither. False when it was here before.
pub async fn receive(conn: &mut AsyncPgConnection, event: Arrived<'_>) -> QueryResult<bool> {
    conn.transaction(async |conn| {
        let new = diesel::insert_into(gateway_events::table)
            .values((
                gateway_events::provider.eq(event.provider.as_str()),
                gateway_events::id.eq(event.id),
                gateway_events::kind.eq(event.kind),
                gateway_events::payload.eq(&event.payload),
            ))
            .on_conflict_do_nothing()
            .prepared()
            .execute(conn)
            .await?;
        if new == 0 {
            return Ok(false);
        }
        let job = HandleEvent {
            provider: event.provider.as_str().to_owned(),
            event: event.id.to_owned(),
            about: event.about.map(str::to_owned),
        };
        queue::enqueue(conn, &job).await?;
        Ok(true)
    })
    .await
}

/// An event that was kept, sealed; none when it is not there any more.
pub async fn find(
    mut conn: &AsyncPgConnection,
    provider: Provider,
    id: &str,
) -> QueryResult<Option<Vec<u8>>> {
    gateway_events::table
        .find((provider.as_str(), id))
        .select(gateway_events::payload)
        .first(&mut conn)
        .await
        .optional()
}

/// Notes that what the event asks for was done.
pub async fn mark_handled(mut conn: &AsyncPgConnection, provider: Provider, id: &str) -> QueryResult<()> {
    diesel::update(gateway_events::table.find((provider.as_str(), id)))
        .set(gateway_events::handled_at.eq(now))
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}
