//! Webhooks in the schema.

mod delivery;
mod endpoint;
mod errors;
mod inputs;
mod mutations;
mod query;

pub(super) use self::delivery::WebhookDelivery;
pub(super) use self::endpoint::WebhookEndpoint;
pub(super) use self::errors::WebhookUserError;
pub(super) use self::mutations::WebhookMutation;
pub(super) use self::query::WebhookQuery;
