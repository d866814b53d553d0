//! Orders: what was bought, and what became of it.

pub mod state;
