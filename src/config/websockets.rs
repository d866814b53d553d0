//! How many websockets clients may have, and how long these wait for them.

use std::time::Duration;

use super::ConfigError;
use super::vars::Vars;

/// How many websockets clients may have, and how long these wait for them.
#[derive(Debug, Clone)]
pub struct Websockets {
    /// `MAX_WEBSOCKETS_PER_ADDRESS`: open at a time; more are refused. An IPv6 address counts by its first 64 bits.
    pub max_per_address: usize,
    /// `WEBSOCKET_INIT_TIMEOUT`: for `connection_init`, from the socket's opening.
    pub init_timeout: Duration,
    /// `WEBSOCKET_TIMEOUT`: without a sign of the client, which is pinged, or without its taking a message.
    pub timeout: Duration,
}

impl Websockets {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let seconds = |variable, default| {
            let seconds = vars.ranged(variable, 1, 3600)?.unwrap_or(default);
            Ok(Duration::from_secs(seconds.into()))
        };
        let most = vars.ranged("MAX_WEBSOCKETS_PER_ADDRESS", 1, 1_000_000)?.unwrap_or(100);
        Ok(Self {
            max_per_address: usize::try_from(most).unwrap_or(usize::MAX),
            init_timeout: seconds("WEBSOCKET_INIT_TIMEOUT", 10)?,
            timeout: seconds("WEBSOCKET_TIMEOUT", 60)?,
        })
    }

    /// How often a client is asked whether it is still there: twice before it counts as gone. Proxies often cut connections
    /// that were silent for a minute.
    #[must_use]
    pub fn ping_every(&self) -> Duration {
        self.timeout * 2 / 5
    }
}
