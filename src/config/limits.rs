//! How much may be asked for in a while.

use super::vars::Vars;
use super::{ConfigError, Mode};

/// How much may be asked for in a while.
#[derive(Debug, Clone)]
pub struct Limits {
    /// `RATE_LIMITS`: none when they are `off`.
    pub rates: Option<Rates>,
}

/// Points of requested cost for each second. A bucket holds ten seconds' worth.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// `RATE_LIMIT_ADDRESS`: everything that comes from an address.
    pub address: u32,
    /// `RATE_LIMIT_GUEST_QUERIES`: queries of all guests at an address.
    pub guest_queries: u32,
    /// `RATE_LIMIT_QUERIES`: queries of an account.
    pub queries: u32,
    /// `RATE_LIMIT_MUTATIONS`: mutations of an account, or of all guests at an address.
    pub mutations: u32,
    /// `RATE_LIMIT_LOG_INS`: attempts to sign in or to register from an address, at 50 points or so each.
    pub log_ins: u32,
}

/// What one core can answer in a second is about 100,000 points: an address may have half of that, room for some hundred
/// shoppers behind one, or for a storefront that asks on behalf of its visitors.
const PRODUCTION: Rates =
    Rates { address: 50_000, guest_queries: 20_000, queries: 5_000, mutations: 2_000, log_ins: 200 };
/// Beyond what a load test on a laptop reaches, with the same code at work.
const DEVELOPMENT_FACTOR: u32 = 10_000;
const MOST: u32 = 1_000_000_000;

impl Limits {
    pub(super) fn read(vars: &Vars<'_>, mode: Mode) -> Result<Self, ConfigError> {
        let factor = match mode {
            Mode::Development => DEVELOPMENT_FACTOR,
            Mode::Production => 1,
        };
        let rate = |variable, usual: u32| {
            Ok::<_, ConfigError>(vars.ranged(variable, 1, MOST)?.unwrap_or(usual * factor))
        };
        let rates = Rates {
            address: rate("RATE_LIMIT_ADDRESS", PRODUCTION.address)?,
            guest_queries: rate("RATE_LIMIT_GUEST_QUERIES", PRODUCTION.guest_queries)?,
            queries: rate("RATE_LIMIT_QUERIES", PRODUCTION.queries)?,
            mutations: rate("RATE_LIMIT_MUTATIONS", PRODUCTION.mutations)?,
            log_ins: rate("RATE_LIMIT_LOG_INS", PRODUCTION.log_ins)?,
        };
        match vars.get("RATE_LIMITS")?.as_deref() {
            None | Some("on") => Ok(Self { rates: Some(rates) }),
            Some("off") => Ok(Self { rates: None }),
            Some(other) => Err(vars.wrong("RATE_LIMITS", format!("'{other}' is neither 'on' nor 'off'"))),
        }
    }
}
