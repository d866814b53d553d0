//! The caller: whoever sends a request, and from where.

use std::net::IpAddr;

use crate::accounts::Viewer;

/// Whoever sends a request, and from where.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who they are.
    pub viewer: Viewer,
    /// The address they send from.
    pub address: IpAddr,
}
