//! Idempotency keys: a request that is sent twice happens once, and both senders get the first answer.
//!
//! The claim is the first statement of the action's own transaction, so it commits or rolls back with the work. A second
//! request with the same key waits at the key's row until the first is through; then it finds what became of it.

use diesel::prelude::*;
use diesel::sql_types::{Bytea, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::db::Prepare;
use crate::db::schema::idempotency_keys;

/// The longest key a client may choose.
pub const MAX_KEY_LENGTH: usize = 255;

/// A request that carries a key.
#[derive(Debug, Clone)]
pub struct Keyed<'a> {
    /// Who sends it, and what it asks for: keys of different callers never meet.
    pub scope: &'a str,
    /// The client's key.
    pub key: &'a str,
    /// What the request asks for in detail, but for the key.
    pub fingerprint: [u8; 32],
}

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim<T> {
    /// The key is new: do the work.
    First,
    /// The work was done before, with this result.
    Replay(T),
    /// The key was used for another request.
    Reused,
}

/// A digest of a request's contents; the same contents give the same digest.
#[must_use]
pub fn fingerprint(contents: &impl Serialize) -> [u8; 32] {
    // Structs of strings and numbers always serialise.
    let json = serde_json::to_vec(contents).unwrap_or_default();
    crate::secrets::sha256(&json)
}

/// Claims the key, storing `result` as what a repetition will get: it lies in the table as it is, so no secret may be in
/// it. Keys are free again after 24 hours.
pub async fn claim<T: Serialize + DeserializeOwned>(
    mut conn: &AsyncPgConnection,
    request: &Keyed<'_>,
    result: &T,
) -> QueryResult<Claim<T>> {
    let result = serde_json::to_value(result)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let claimed = diesel::sql_query(
        "INSERT INTO idempotency_keys AS k (scope, key, fingerprint, result) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (scope, key) DO UPDATE \
             SET fingerprint = excluded.fingerprint, result = excluded.result, created_at = now() \
             WHERE k.created_at < now() - interval '24 hours'",
    )
    .bind::<Text, _>(request.scope)
    .bind::<Text, _>(request.key)
    .bind::<Bytea, _>(request.fingerprint.as_slice())
    .bind::<Jsonb, _>(result)
    .prepared()
    .execute(&mut conn)
    .await?;
    if claimed == 1 {
        return Ok(Claim::First);
    }
    let (fingerprint, result): (Vec<u8>, serde_json::Value) = idempotency_keys::table
        .find((request.scope, request.key))
        .select((idempotency_keys::fingerprint, idempotency_keys::result))
        .first(&mut conn)
        .await?;
    if fingerprint != request.fingerprint {
        return Ok(Claim::Reused);
    }
    serde_json::from_value(result)
        .map(Claim::Replay)
        .map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}
