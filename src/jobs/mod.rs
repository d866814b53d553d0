//! Work that no request waits for.

pub mod cleanup;
mod outbox;
pub mod relay;
