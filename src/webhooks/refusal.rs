//! Why something about webhooks is not done. The texts are meant for the client.

use crate::error::Refusal;

/// The longest address.
pub(super) const MAX_URL_LENGTH: usize = 2048;
/// The longest description, in characters.
pub(super) const MAX_DESCRIPTION_LENGTH: usize = 500;
/// The most endpoints that a shop has.
pub(super) const MAX_ENDPOINTS: i64 = 50;

/// Why something about webhooks is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    /// There is no such endpoint.
    #[error("There is no such endpoint.")]
    UnknownEndpoint,
    /// There is no such delivery, or it is too old to be kept.
    #[error("There is no such delivery; they are kept for 30 days.")]
    UnknownDelivery,
    /// Not an address that can be called.
    #[error(
        "Give an address such as https://example.com/webhooks, without name, password or fragment, of at most {MAX_URL_LENGTH} characters."
    )]
    MalformedUrl,
    /// Not encrypted.
    #[error("The address must begin with https://: what is sent concerns customers.")]
    Insecure,
    /// An address of this machine or of a private network.
    #[error(
        "The address must be one of the open internet; whoever runs the server can set WEBHOOK_ALLOW_PRIVATE."
    )]
    PrivateAddress,
    /// A long description.
    #[error("The description has more than {MAX_DESCRIPTION_LENGTH} characters.")]
    DescriptionTooLong,
    /// A description with NUL in it.
    #[error("The description holds the character NUL (U+0000): leave it out.")]
    DescriptionUnstorable,
    /// Nothing to hear of.
    #[error("Name at least one type of events.")]
    NoEventTypes,
    /// Enough endpoints.
    #[error("There are {MAX_ENDPOINTS} endpoints already: delete one that is not used.")]
    TooManyEndpoints,
    /// Nothing is sent to the endpoint.
    #[error("The endpoint is disabled: enable it first.")]
    EndpointDisabled,
    /// It need not be sent again, for it is still being sent.
    #[error("This delivery is still being tried.")]
    StillTried,
}

impl Refusal for WebhookRefusal {}
