//! A change of an endpoint: only what is given changes.

use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::endpoint::{DisabledReason, Endpoint};
use super::event_type::EventType;
use super::queries::endpoints_by_ids;
use super::refusal::WebhookRefusal;
use super::target::{TargetRules, check_description, check_event_types};
use crate::error::{ActionError, Outcome};
use crate::ids::WebhookEndpointId;

/// What to change of an endpoint.
#[derive(Debug, Clone)]
pub struct EndpointChange {
    /// Which one.
    pub id: WebhookEndpointId,
    /// Where events are to be sent.
    pub url: Option<String>,
    /// What it is for, for staff.
    pub description: Option<String>,
    /// What it wants to hear of.
    pub event_types: Option<Vec<EventType>>,
    /// Whether events are sent. One that was disabled hears of what happens once it is enabled again.
    pub enabled: Option<bool>,
}

/// Changes an endpoint. With another address, or enabled again, it begins without failures.
pub async fn update_endpoint(
    mut conn: &AsyncPgConnection,
    rules: TargetRules,
    change: &EndpointChange,
) -> Outcome<Endpoint, WebhookRefusal> {
    let mut wrong = Vec::new();
    let url = change.url.as_deref().map(|url| rules.check_url(url)).transpose();
    let url = url.map_err(|refusal| wrong.push(refusal)).ok().flatten();
    let description = change.description.as_deref().map(check_description).transpose();
    let description = description.map_err(|refusal| wrong.push(refusal)).ok().flatten();
    let event_types = change.event_types.as_deref().map(check_event_types).transpose();
    let event_types = event_types.map_err(|refusal| wrong.push(refusal)).ok().flatten();
    if !wrong.is_empty() {
        return Err(ActionError::Refused(wrong));
    }
    // One that is disabled stays so for the reason that it has.
    diesel::sql_query(
        "UPDATE webhook_endpoints AS e SET url = coalesce($2, url), description = coalesce($3, description), \
             event_types = coalesce($4, event_types), enabled = wanted.enabled, \
             disabled_at = CASE WHEN NOT wanted.enabled THEN coalesce(disabled_at, now()) END, \
             disabled_reason = CASE WHEN NOT wanted.enabled THEN coalesce(disabled_reason, $6) END, \
             failures = CASE WHEN wanted.anew THEN 0 ELSE failures END, \
             failing_since = CASE WHEN wanted.anew THEN NULL ELSE failing_since END, \
             paused_until = CASE WHEN wanted.anew THEN NULL ELSE paused_until END \
         FROM (SELECT id, coalesce($5, enabled) AS enabled, \
                      coalesce($5, false) AND NOT enabled OR coalesce($2 <> url, false) AS anew \
               FROM webhook_endpoints WHERE id = $1 FOR NO KEY UPDATE) AS wanted \
         WHERE e.id = wanted.id",
    )
    .bind::<Uuid, _>(change.id)
    .bind::<Nullable<Text>, _>(url)
    .bind::<Nullable<Text>, _>(description)
    .bind::<Nullable<Array<Text>>, _>(event_types)
    .bind::<Nullable<Bool>, _>(change.enabled)
    .bind::<Text, _>(DisabledReason::Staff.as_str())
    .execute(&mut conn)
    .await?;
    let changed = endpoints_by_ids(conn, &[change.id]).await?.pop();
    changed.ok_or_else(|| WebhookRefusal::UnknownEndpoint.into())
}
