//! Mutations of webhooks.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::error::Result;
use super::super::user_error::settle;
use super::delivery::WebhookDelivery;
use super::endpoint::WebhookEndpoint;
use super::errors::WebhookUserError;
use super::inputs::{
    WebhookDeliveryReplayInput, WebhookEndpointCreateInput, WebhookEndpointDeleteInput,
    WebhookEndpointSecretRotateInput, WebhookEndpointTestInput, WebhookEndpointUpdateInput,
};
use crate::accounts::Permission;
use crate::error::Outcome;
use crate::ids::WebhookEndpointId;
use crate::webhooks::{self, EndpointChange, Secret, TargetRules, WebhookRefusal};

/// An endpoint with a new secret, or why not.
#[derive(SimpleObject)]
pub(crate) struct WebhookEndpointSecretPayload {
    /// The endpoint as it is now; null when nothing was changed.
    webhook_endpoint: Option<WebhookEndpoint>,
    /// What its receiver checks signatures with, `whsec_` and base64. It is shown this once: keep it. Null when nothing was
    /// changed.
    secret: Option<String>,
    /// Why nothing was changed: all the reasons found.
    user_errors: Vec<WebhookUserError>,
}

/// An endpoint that was changed, or why not.
#[derive(SimpleObject)]
pub(crate) struct WebhookEndpointPayload {
    /// The endpoint as it is now; null when nothing was changed.
    webhook_endpoint: Option<WebhookEndpoint>,
    /// Why nothing was changed: all the reasons found.
    user_errors: Vec<WebhookUserError>,
}

/// What came of deleting an endpoint.
#[derive(SimpleObject)]
pub(crate) struct WebhookEndpointDeletePayload {
    /// The id of the endpoint that is gone; null when it is not.
    deleted_webhook_endpoint_id: Option<ID>,
    /// What kept it from being deleted.
    user_errors: Vec<WebhookUserError>,
}

/// A delivery that was made, or why not.
#[derive(SimpleObject)]
pub(crate) struct WebhookDeliveryPayload {
    /// The delivery, which is on its way: ask for it again to see what came of it. Null when there is none.
    webhook_delivery: Option<WebhookDelivery>,
    /// Why there is none.
    user_errors: Vec<WebhookUserError>,
}

/// Mutations of webhooks.
#[derive(Default)]
pub(crate) struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Has events sent to another system from now on. The answer holds the secret that they are signed with, this once.
    #[graphql(
        guard = "Requires(Permission::ManageWebhooks)",
        directive = auth::apply(vec![Permission::ManageWebhooks.into()])
    )]
    async fn webhook_endpoint_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where events are sent, and which.")] input: WebhookEndpointCreateInput,
    ) -> Result<WebhookEndpointSecretPayload> {
        let draft = input.draft();
        let created = {
            let mut conn = ctx.conn().await?;
            webhooks::create_endpoint(&mut conn, rules(ctx), &ctx.app().sealer, &draft).await
        };
        with_secret(created)
    }

    /// Changes an endpoint, or has it sent events again: only what is given changes.
    #[graphql(
        guard = "Requires(Permission::ManageWebhooks)",
        directive = auth::apply(vec![Permission::ManageWebhooks.into()])
    )]
    async fn webhook_endpoint_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint, and what to change.")] input: WebhookEndpointUpdateInput,
    ) -> Result<WebhookEndpointPayload> {
        let change = EndpointChange {
            id: parse_id(&input.id)?,
            url: input.url,
            description: input.description,
            event_types: input.event_types.map(|types| types.into_iter().map(Into::into).collect()),
            enabled: input.enabled,
        };
        let updated = {
            let conn = ctx.conn().await?;
            webhooks::update_endpoint(&conn, rules(ctx), &change).await
        };
        let (endpoint, user_errors) = settle(updated)?;
        Ok(WebhookEndpointPayload { webhook_endpoint: endpoint.map(WebhookEndpoint), user_errors })
    }

    /// Deletes an endpoint with the log of what it was sent. What is on its way to it is not tried again.
    #[graphql(
        guard = "Requires(Permission::ManageWebhooks)",
        directive = auth::apply(vec![Permission::ManageWebhooks.into()])
    )]
    async fn webhook_endpoint_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointDeleteInput,
    ) -> Result<WebhookEndpointDeletePayload> {
        let id: WebhookEndpointId = parse_id(&input.id)?;
        let deleted = {
            let conn = ctx.conn().await?;
            webhooks::delete_endpoint(&conn, id).await
        };
        let (done, user_errors) = settle(deleted)?;
        Ok(WebhookEndpointDeletePayload { deleted_webhook_endpoint_id: done.map(|()| input.id), user_errors })
    }

    /// Gives an endpoint another secret, which the answer holds this once. For 24 hours events are signed with the one
    /// before as well.
    #[graphql(
        guard = "Requires(Permission::ManageWebhooks)",
        directive = auth::apply(vec![Permission::ManageWebhooks.into()])
    )]
    async fn webhook_endpoint_secret_rotate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointSecretRotateInput,
    ) -> Result<WebhookEndpointSecretPayload> {
        let id = parse_id(&input.id)?;
        let rotated = {
            let conn = ctx.conn().await?;
            webhooks::rotate_secret(&conn, &ctx.app().sealer, id).await
        };
        with_secret(rotated)
    }

    /// Has an endpoint sent a `webhook.ping`, disabled or not.
    #[graphql(
        guard = "Requires(Permission::ManageWebhooks)",
        directive = auth::apply(vec![Permission::ManageWebhooks.into()])
    )]
    async fn webhook_endpoint_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which endpoint.")] input: WebhookEndpointTestInput,
    ) -> Result<WebhookDeliveryPayload> {
        let id = parse_id(&input.id)?;
        let sent = {
            let mut conn = ctx.conn().await?;
            webhooks::send_test(&mut conn, ctx.app().clock.now(), id).await
        };
        on_its_way(ctx, sent).await
    }

    /// Has an event sent to an endpoint once more, whether it arrived or not: a new delivery, with the same event id.
    #[graphql(
        guard = "Requires(Permission::ManageWebhooks)",
        directive = auth::apply(vec![Permission::ManageWebhooks.into()])
    )]
    async fn webhook_delivery_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: WebhookDeliveryReplayInput,
    ) -> Result<WebhookDeliveryPayload> {
        let id = parse_id(&input.id)?;
        let replayed = {
            let mut conn = ctx.conn().await?;
            webhooks::replay(&mut conn, id).await
        };
        on_its_way(ctx, replayed).await
    }
}

fn rules(ctx: &Context<'_>) -> TargetRules {
    let config = &ctx.app().config.webhooks;
    TargetRules { allow_private: config.allow_private, allow_http: config.allow_http }
}

fn with_secret(
    outcome: Outcome<(webhooks::Endpoint, Secret), WebhookRefusal>,
) -> Result<WebhookEndpointSecretPayload> {
    let (done, user_errors) = settle(outcome)?;
    let (endpoint, secret) = done.unzip();
    Ok(WebhookEndpointSecretPayload {
        webhook_endpoint: endpoint.map(WebhookEndpoint),
        secret: secret.map(|secret| secret.shown()),
        user_errors,
    })
}

async fn on_its_way(
    ctx: &Context<'_>,
    outcome: Outcome<webhooks::Delivery, WebhookRefusal>,
) -> Result<WebhookDeliveryPayload> {
    let (delivery, user_errors) = settle(outcome)?;
    ctx.wake_worker().await;
    Ok(WebhookDeliveryPayload { webhook_delivery: delivery.map(WebhookDelivery), user_errors })
}
