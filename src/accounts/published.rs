//! What everybody can read about the accounts of a shop made for trying it: their password and their addresses.
//!
//! A shop that was tried in development may be opened in production on the same data, so the accounts may still be there
//! when it matters.

/// What they all sign in with; no password at all in production.
pub const PASSWORD: &str = "cartograph-demo";

/// Who buys in the demo.
pub const CUSTOMER: &str = "customer@example.com";
/// Who handles the demo's orders.
pub const STAFF: &str = "staff@example.com";
/// Who may do everything in the demo.
pub const ADMIN: &str = "admin@example.com";
/// The three of the demo.
pub const DEMO: [&str; 3] = [CUSTOMER, STAFF, ADMIN];

/// Where the accounts of a seeded shop have their addresses: a domain that will never exist (RFC 2606).
pub const SEED_DOMAIN: &str = "seed.example";

/// Whether an address is one of these accounts'. Nobody can receive mail at any of them.
pub(super) fn is_published(address: &str) -> bool {
    DEMO.contains(&address) || address.split_once('@').is_some_and(|(_, domain)| domain == SEED_DOMAIN)
}
