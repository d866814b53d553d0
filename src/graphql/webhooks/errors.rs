//! What can be wrong with webhooks.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::webhooks::WebhookRefusal;

/// Why something about webhooks was not done.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub(crate) enum WebhookErrorCode {
    /// There is no such endpoint or delivery.
    NotFound,
    /// The address is none that can be called.
    UrlInvalid,
    /// The address does not begin with `https://`.
    UrlInsecure,
    /// The address is one of this machine or of a private network.
    UrlPrivate,
    /// A text has too many characters.
    TooLong,
    /// A text holds what cannot be stored.
    Invalid,
    /// No types of events are given.
    Required,
    /// There are as many endpoints as there can be.
    TooMany,
    /// Nothing is sent to the endpoint.
    EndpointDisabled,
    /// The delivery is still being tried.
    StillTried,
}

user_error!(
    /// A problem with webhooks.
    WebhookUserError,
    WebhookErrorCode
);

impl From<WebhookRefusal> for WebhookUserError {
    fn from(refusal: WebhookRefusal) -> Self {
        use WebhookErrorCode as Code;
        let (code, field) = match refusal {
            WebhookRefusal::UnknownEndpoint | WebhookRefusal::UnknownDelivery => (Code::NotFound, Some("id")),
            WebhookRefusal::MalformedUrl => (Code::UrlInvalid, Some("url")),
            WebhookRefusal::Insecure => (Code::UrlInsecure, Some("url")),
            WebhookRefusal::PrivateAddress => (Code::UrlPrivate, Some("url")),
            WebhookRefusal::DescriptionTooLong => (Code::TooLong, Some("description")),
            WebhookRefusal::DescriptionUnstorable => (Code::Invalid, Some("description")),
            WebhookRefusal::NoEventTypes => (Code::Required, Some("eventTypes")),
            WebhookRefusal::TooManyEndpoints => (Code::TooMany, None),
            WebhookRefusal::EndpointDisabled => (Code::EndpointDisabled, Some("id")),
            WebhookRefusal::StillTried => (Code::StillTried, Some("id")),
        };
        let message = refusal.to_string();
        match field {
            Some(field) => Self::at(code, [field], message),
            None => Self::new(code, message),
        }
    }
}
