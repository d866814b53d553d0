//! What the process owns, and hands to whoever works in it.

use std::ops::Deref;
use std::sync::Arc;

use crate::accounts::{Passwords, TokenKeys};
use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::jobs::relay::Waker;

/// The application: cheap to clone, the same everywhere.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of the application.
pub struct Parts {
    /// How it was set up.
    pub config: Config,
    /// PostgreSQL, for requests.
    pub db: Db,
    /// PostgreSQL, for what runs beside requests (relay, cleanup, probes): a busy shop cannot starve it.
    pub upkeep: Db,
    /// What time it is.
    pub clock: Clock,
    /// What tells live views to look again.
    pub bus: Bus,
    /// What tells this process's relay that there are events to publish.
    pub relay: Waker,
    /// What issues and checks access tokens.
    pub tokens: TokenKeys,
    /// What hashes and checks passwords.
    pub passwords: Passwords,
}

impl App {
    /// An application of these parts; `main` and the tests bring their own.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
