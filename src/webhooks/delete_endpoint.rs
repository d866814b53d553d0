//! An endpoint goes, with what was sent to it.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::refusal::WebhookRefusal;
use crate::db::schema::webhook_endpoints;
use crate::error::Outcome;
use crate::ids::WebhookEndpointId;

/// Deletes an endpoint. What is on its way is not tried again.
pub async fn delete_endpoint(
    mut conn: &AsyncPgConnection,
    id: WebhookEndpointId,
) -> Outcome<(), WebhookRefusal> {
    match diesel::delete(webhook_endpoints::table.find(id)).execute(&mut conn).await? {
        0 => Err(WebhookRefusal::UnknownEndpoint.into()),
        _ => Ok(()),
    }
}
