//! Work that no request waits for.

pub mod outbox;
pub mod relay;
