//! A new endpoint, with a secret of its own.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::endpoint::Endpoint;
use super::event_type::EventType;
use super::refusal::{MAX_ENDPOINTS, WebhookRefusal};
use super::secret::Secret;
use super::target::{TargetRules, check_description, check_event_types};
use crate::db::schema::webhook_endpoints;
use crate::error::{ActionError, Outcome};
use crate::ids::WebhookEndpointId;
use crate::seal::Sealer;

/// An endpoint to be.
#[derive(Debug, Clone)]
pub struct EndpointDraft {
    /// Where events are to be sent.
    pub url: String,
    /// What it is for, for staff.
    pub description: String,
    /// What it wants to hear of.
    pub event_types: Vec<EventType>,
}

#[derive(Insertable)]
#[diesel(table_name = webhook_endpoints)]
struct NewEndpoint {
    id: WebhookEndpointId,
    url: String,
    description: String,
    event_types: Vec<&'static str>,
    secret: Vec<u8>,
}

/// Makes an endpoint, which hears of what happens from now on. The secret is shown this once.
pub async fn create_endpoint(
    conn: &mut AsyncPgConnection,
    rules: TargetRules,
    sealer: &Sealer,
    draft: &EndpointDraft,
) -> Outcome<(Endpoint, Secret), WebhookRefusal> {
    let mut wrong = Vec::new();
    let url = rules.check_url(&draft.url).map_err(|refusal| wrong.push(refusal)).ok();
    let description = check_description(&draft.description).map_err(|refusal| wrong.push(refusal)).ok();
    let event_types = check_event_types(&draft.event_types).map_err(|refusal| wrong.push(refusal)).ok();
    let (Some(url), Some(description), Some(event_types)) = (url, description, event_types) else {
        return Err(ActionError::Refused(wrong));
    };
    let secret = Secret::random();
    let sealed = secret.sealed(sealer);
    let endpoint =
        NewEndpoint { id: WebhookEndpointId::new(), url, description, event_types, secret: sealed };
    let endpoint = insert(conn, endpoint).await?;
    Ok((endpoint, secret))
}

async fn insert(conn: &mut AsyncPgConnection, endpoint: NewEndpoint) -> Outcome<Endpoint, WebhookRefusal> {
    conn.transaction(async |conn| {
        // Two at a time may make one too many: the bound is against a slip, not against those who manage webhooks.
        let there: i64 = webhook_endpoints::table.select(count_star()).first(conn).await?;
        if there >= MAX_ENDPOINTS {
            return Err(ActionError::refuse(WebhookRefusal::TooManyEndpoints));
        }
        let inserted = diesel::insert_into(webhook_endpoints::table).values(endpoint);
        Ok(inserted.returning(Endpoint::as_returning()).get_result(conn).await?)
    })
    .await
}
