//! Orders: what was bought, and what became of it.
//!
//! Placing an order ([`place`]) and moving it on ([`change_status`]) are the two verbs; [`state`] alone knows which
//! status may follow which. Every change appends a row to the order's history, which is what live subscriptions read.

pub mod change_status;
pub mod claim;
pub mod events;
pub mod feed;
pub mod letters;
pub mod model;
pub mod place;
pub mod queries;
pub mod state;

pub use self::model::{Order, OrderLine};
pub use self::state::OrderStatus;
