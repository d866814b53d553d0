//! Webhooks: what happens in the shop, told to other systems over HTTP.
//!
//! An *endpoint* is an address that staff entered, with the types of events that it wants. Each event it wants is a
//! *delivery*: the body to be sent, and what came of each attempt. This domain knows both and how a delivery is signed; the
//! relay of `jobs` makes deliveries of the outbox's events, and a job there brings each to its endpoint. `docs/events.md`
//! is the receivers' side.

mod create_endpoint;
mod delete_endpoint;
mod delivery;
mod endpoint;
mod envelope;
mod event_type;
mod fan_out;
mod prepare;
pub mod queries;
mod record;
mod refusal;
mod replay;
mod rotate_secret;
mod secret;
mod send_test;
mod target;
mod update_endpoint;

pub use self::create_endpoint::{EndpointDraft, create_endpoint};
pub use self::delete_endpoint::delete_endpoint;
pub(crate) use self::delivery::Deliver;
pub use self::delivery::{Attempt, Delivery};
pub use self::endpoint::{DisabledReason, Endpoint};
pub use self::envelope::Event;
pub use self::event_type::{EventType, PING};
pub(crate) use self::fan_out::fan_out;
pub(crate) use self::prepare::{Prepared, prepare};
pub(crate) use self::record::{Recorded, record};
pub use self::refusal::WebhookRefusal;
pub use self::replay::replay;
pub use self::rotate_secret::rotate_secret;
pub use self::secret::Secret;
pub use self::send_test::send_test;
pub use self::target::TargetRules;
pub use self::update_endpoint::{EndpointChange, update_endpoint};
