//! The caller: whoever sends a request, and from where.

use std::net::{IpAddr, Ipv6Addr};

use secrecy::SecretString;

use crate::accounts::Viewer;

/// Whoever sends a request, and from where.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who they are.
    pub viewer: Viewer,
    /// The address they send from.
    pub address: IpAddr,
    /// What cookies are to the request.
    pub cookies: Cookies,
}

/// What a browser's session cookies are to a request.
#[derive(Debug, Clone, Default)]
pub enum Cookies {
    /// The answer has no headers of its own, so that none can be set.
    #[default]
    Unavailable,
    /// The request comes from a page that may not use them, or from no page at all.
    Foreign,
    /// They may be used and set.
    Open {
        /// The refresh token that was sent in one.
        refresh: Option<SecretString>,
        /// Whether any was sent.
        sent: bool,
    },
}

/// What stands for one client where clients are counted by address: an IPv4 address, or a /64 of IPv6, of which a customer of an
/// internet provider has at least one to choose addresses from.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}
