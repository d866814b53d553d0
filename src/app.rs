//! What the process owns, and hands to whoever works in it.

use std::ops::Deref;
use std::sync::Arc;

use secrecy::SecretString;

use crate::accounts::{HashingCost, Passwords, Recalls, TokenKeys, development_secret};
use crate::attempts::Attempts;
use crate::bus::{Bus, Topic};
use crate::clock::Clock;
use crate::config::{Config, Tokens};
use crate::courier::Courier;
use crate::db::Db;
use crate::gateway::Gateways;
use crate::limits::Limiter;
use crate::mail::Mail;
use crate::queue::Waker;
use crate::redis::Redis;
use crate::seal::Sealer;

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
    /// How much everybody has asked for of late.
    pub limits: Limiter,
    /// What tells this process's relay that there are events to publish.
    pub relay: Waker,
    /// What tells this process's worker that there are jobs to do.
    pub worker: Waker,
    /// What issues and checks access tokens.
    pub tokens: TokenKeys,
    /// What encrypts secrets that the database keeps.
    pub sealer: Sealer,
    /// Which access tokens are good no longer before they expire.
    pub recalls: Recalls,
    /// What counts the attempts at passwords.
    pub attempts: Attempts,
    /// What hashes and checks passwords.
    pub passwords: Passwords,
    /// What takes letters to people.
    pub mail: Mail,
    /// Who moves money.
    pub gateways: Gateways,
    /// What brings events to other systems.
    pub courier: Courier,
}

impl App {
    /// An application set up as configured, over a database that is up to date: `db` for requests, `upkeep` for what runs
    /// beside them. Fails when a setting cannot be used.
    pub fn open(config: Config, db: Db, upkeep: Db, hashing: HashingCost) -> anyhow::Result<Self> {
        let redis = Redis::open(&config.redis)?;
        let clock = Clock::default();
        Ok(Self(Arc::new(Parts {
            db,
            upkeep,
            bus: Bus::new(redis.clone()),
            attempts: Attempts::new(redis.clone(), clock.clone()),
            limits: Limiter::new(&config.limits, redis.clone()),
            redis,
            relay: Waker::default(),
            worker: Waker::default(),
            tokens: TokenKeys::open(&config.tokens, &config.data_dir)?,
            sealer: Sealer::new(&sealing_secret(&config)?),
            recalls: Recalls::new(config.tokens.access_ttl, clock.clone()),
            gateways: Gateways::open(&config, &clock)?,
            clock,
            passwords: Passwords::new(hashing, config.mode)?,
            mail: Mail::open(&config)?,
            courier: Courier::new(config.webhooks.allow_private),
            config,
        })))
    }

    /// Has every copy of the server learn at once of access tokens that were recalled: because sessions were ended, or
    /// the roles of an account changed. Belongs behind the commit; without it the others learn of it within a minute.
    /// This one knows when the call returns.
    pub async fn spread_recalls(&self) {
        if let Err(error) = self.recalls.look(&self.db).await {
            tracing::warn!(%error, "recalled access tokens are noticed later");
        }
        let app = self.clone();
        // A Redis that is away is not waited for.
        tokio::spawn(async move {
            if let Err(error) = app.bus.publish(&[Topic::Sessions]).await {
                tracing::debug!(%error, "other copies of the server will notice recalled access tokens by themselves");
            }
        });
    }
}

/// What the key is made of that encrypts: the operator's own, or else what signs tokens.
fn sealing_secret(config: &Config) -> anyhow::Result<SecretString> {
    let Tokens { sealing, secret, keys, .. } = &config.tokens;
    match sealing.as_ref().or(secret.as_ref()).or(keys.as_ref()) {
        Some(secret) => Ok(secret.clone()),
        None => development_secret(&config.data_dir),
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
