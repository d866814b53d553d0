//! Carts: what somebody means to buy.
//!
//! A customer has one cart, found by the account; a guest's is found by an unguessable token. A cart reserves nothing and
//! freezes no price: reading it shows today's prices, and [`warnings`] say what changed since the shopper looked. Stock
//! is promised only when an order is placed.
//!
//! Every verb locks the cart's row before it reads the lines, so that whatever happens to one cart happens one after the
//! other and a plan made from the lines read still holds when it is written.

mod add_lines;
pub mod clear;
mod create;
pub mod lock;
mod merge;
mod model;
pub mod queries;
mod refusal;
mod remove_lines;
mod selector;
mod set_discounts;
mod set_shipping;
mod store;
pub mod totals;
mod update_lines;
pub mod warnings;

pub use self::add_lines::{LineRequest, VariantKey, add_lines};
pub use self::create::create;
pub use self::merge::{DropReason, DroppedLine, MergeReport, merge};
pub use self::model::{Cart, CartContents, CartLine, Offer, Opened};
pub use self::refusal::CartRefusal;
pub use self::remove_lines::remove_lines;
pub use self::selector::CartSelector;
pub use self::set_discounts::set_discounts;
pub use self::set_shipping::{ShippingWish, set_shipping};
pub use self::update_lines::{LineUpdate, update_lines};

/// The most lines a cart can have, and the most that one call can name. A cart is shown and ordered whole, so its size
/// bounds every statement about it.
pub const MAX_LINES: usize = 100;

/// The most codes in a cart: one that takes something off the goods, and one off shipping.
pub const MAX_CODES: usize = 2;

/// The most pieces of one variant in a cart; `cart_lines_quantity_range` says the same.
pub const MAX_QUANTITY: i32 = 1000;
