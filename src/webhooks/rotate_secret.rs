//! Another secret for an endpoint. For a day deliveries are signed with both, so that the receiver can change its own in
//! peace.

use diesel::sql_types::{Binary, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::endpoint::Endpoint;
use super::queries::endpoints_by_ids;
use super::refusal::WebhookRefusal;
use super::secret::Secret;
use crate::error::Outcome;
use crate::ids::WebhookEndpointId;
use crate::seal::Sealer;

/// Gives an endpoint another secret, which is shown this once. The one before is good for another day; the one before that
/// is not.
pub async fn rotate_secret(
    mut conn: &AsyncPgConnection,
    sealer: &Sealer,
    id: WebhookEndpointId,
) -> Outcome<(Endpoint, Secret), WebhookRefusal> {
    let secret = Secret::random();
    diesel::sql_query(
        "UPDATE webhook_endpoints SET previous_secret = secret, previous_secret_until = now() + interval '24 hours', \
             secret = $2 WHERE id = $1",
    )
    .bind::<Uuid, _>(id)
    .bind::<Binary, _>(secret.sealed(sealer))
    .execute(&mut conn)
    .await?;
    let rotated = endpoints_by_ids(conn, &[id]).await?.pop().ok_or(WebhookRefusal::UnknownEndpoint)?;
    Ok((rotated, secret))
}
