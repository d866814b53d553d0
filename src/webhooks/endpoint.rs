//! The row of an endpoint as the application reads it. Its secrets are not among what is read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::event_type::EventType;
use crate::db::schema::webhook_endpoints;
use crate::ids::WebhookEndpointId;

/// Where another system wants to hear of events.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = webhook_endpoints, check_for_backend(diesel::pg::Pg))]
pub struct Endpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// Where events are sent.
    pub url: String,
    /// What it is for, for staff.
    pub description: String,
    event_types: Vec<String>,
    /// Whether events are sent.
    pub enabled: bool,
    disabled_reason: Option<String>,
    /// Since when none are.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The first failure since anything was delivered.
    pub failing_since: Option<DateTime<Utc>>,
    /// Until when deliveries are signed with the secret before as well.
    pub previous_secret_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed, or anything about it.
    pub updated_at: DateTime<Utc>,
}

/// Why nothing is sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisabledReason {
    /// Somebody wanted it so.
    Staff,
    /// It answered 410: it wants no more.
    Gone,
    /// It has failed for days.
    Failing,
}

impl DisabledReason {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "STAFF",
            Self::Gone => "GONE",
            Self::Failing => "FAILING",
        }
    }
}

impl Endpoint {
    /// What it wants to hear of; types that only a later release knows are left out.
    #[must_use]
    pub fn event_types(&self) -> Vec<EventType> {
        self.event_types.iter().filter_map(|name| EventType::parse(name)).collect()
    }

    /// Why it is sent nothing; none while it is sent something.
    #[must_use]
    pub fn disabled_reason(&self) -> Option<DisabledReason> {
        let reasons = [DisabledReason::Staff, DisabledReason::Gone, DisabledReason::Failing];
        let reason = self.disabled_reason.as_deref()?;
        reasons.into_iter().find(|known| known.as_str() == reason)
    }
}
