//! How many connections clients may have, and how long each step on one may take.

use std::time::Duration;

use super::ConfigError;
use super::vars::Vars;

/// How many connections clients may have, and how long each step on one may take.
#[derive(Debug, Clone)]
pub struct Connections {
    /// `MAX_CONNECTIONS`: at a time; whoever comes then waits until another has gone.
    pub max: usize,
    /// `MAX_CONNECTIONS_PER_ADDRESS`: from one address at a time, trusted proxies excepted; more are turned away. An IPv6
    /// address counts by its first 64 bits, which is what one client is given.
    pub max_per_address: usize,
    /// `HEADER_TIMEOUT`: for a request's head, from its first byte, and for the first byte of a connection.
    pub header_timeout: Duration,
    /// `BODY_TIMEOUT`: for a request's body.
    pub body_timeout: Duration,
    /// `REQUEST_TIMEOUT`: for carrying out one request; subscriptions last.
    pub request_timeout: Duration,
    /// `WRITE_TIMEOUT`: without the client having taken anything of what it is sent.
    pub write_timeout: Duration,
    /// `IDLE_TIMEOUT`: between two requests.
    pub idle_timeout: Duration,
}

impl Connections {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let count = |variable, default| {
            let count = vars.ranged(variable, 1, 1_000_000)?.unwrap_or(default);
            Ok(usize::try_from(count).unwrap_or(usize::MAX))
        };
        let seconds = |variable, default| {
            let seconds = vars.ranged(variable, 1, 3600)?.unwrap_or(default);
            Ok(Duration::from_secs(seconds.into()))
        };
        Ok(Self {
            max: count("MAX_CONNECTIONS", 10_000)?,
            max_per_address: count("MAX_CONNECTIONS_PER_ADDRESS", 500)?,
            header_timeout: seconds("HEADER_TIMEOUT", 10)?,
            body_timeout: seconds("BODY_TIMEOUT", 20)?,
            request_timeout: seconds("REQUEST_TIMEOUT", 15)?,
            write_timeout: seconds("WRITE_TIMEOUT", 30)?,
            // Longer than the minute after which load balancers let go of a connection: were the server the first to, it
            // could close one that a request is just being sent on.
            idle_timeout: seconds("IDLE_TIMEOUT", 75)?,
        })
    }
}
