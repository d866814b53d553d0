//! What the process owns, and hands to whoever works in it.

use std::ops::Deref;
use std::sync::Arc;

use crate::accounts::{HashingCost, Passwords, TokenKeys, development_secret};
use crate::bus::Bus;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::jobs::relay::Waker;
use crate::redis::Redis;

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
    /// Redis, if there is one.
    pub redis: Option<Redis>,
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
    /// An application set up as configured, over a database that is up to date: `db` for requests, `upkeep` for what runs
    /// beside them. Fails when a setting cannot be used.
    pub fn open(config: Config, db: Db, upkeep: Db, hashing: HashingCost) -> anyhow::Result<Self> {
        let redis = Redis::open(&config.redis)?;
        let secret = match &config.tokens.secret {
            Some(secret) => secret.clone(),
            None => development_secret(&config.data_dir)?,
        };
        Ok(Self(Arc::new(Parts {
            db,
            upkeep,
            clock: Clock::default(),
            bus: Bus::new(redis.clone()),
            redis,
            relay: Waker::default(),
            tokens: TokenKeys::new(&secret, config.tokens.access_ttl, config.tokens.refresh_ttl),
            passwords: Passwords::new(hashing, config.mode)?,
            config,
        })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
