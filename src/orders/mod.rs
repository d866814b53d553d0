//! Orders: what was bought, and what became of it.
//!
//! An order is placed ([`place`]), paid ([`start_payment`], [`settle_payment`]), sent ([`ship`]), moved on ([`change_status`])
//! and, where it has to be, changed ([`edit`], [`cancel_lines`]), taken back ([`return_lines`]), let lapse ([`expire`]) or paid
//! back ([`refund`], [`settle_refund`]). [`state`] alone knows which status may follow which, [`incoming`] what money does. Every change appends a row to the order's history ([`events`]), which moves
//! the order's amounts with it and is what live subscriptions read.

mod by_hand;
pub mod cancel_lines;
pub mod cancel_payment;
pub mod capture_payment;
pub mod change_status;
pub mod claim;
pub mod edit;
pub mod event_data;
pub mod events;
pub mod expire;
pub mod facts;
pub mod feed;
mod give_up;
pub mod incoming;
mod insert;
pub mod letters;
mod lock;
pub mod model;
pub mod parcel;
mod pay_back;
pub mod pieces;
pub mod place;
pub mod queries;
pub mod refund;
pub mod retry_refund;
pub mod return_lines;
pub mod returns;
mod revive;
pub mod settle_payment;
pub mod settle_refund;
pub mod ship;
pub mod shipments;
pub mod start_payment;
pub mod state;
mod stock;

pub use self::model::{Order, OrderDiscount, OrderLine, is_of_token};
pub use self::state::OrderStatus;
