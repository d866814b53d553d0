//! Work that no request waits for.

mod outbox;
pub mod relay;
