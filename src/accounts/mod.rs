//! Accounts: who someone is, and what they may do.

mod permissions;

pub use self::permissions::{Permission, Role, SignedIn, Viewer};
