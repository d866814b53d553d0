//! Orders in the schema.

mod inputs;
mod mutations;
mod order;
mod query;

pub(super) use self::inputs::OrderStatus;
pub(super) use self::mutations::{OrderMutation, OrderUserError};
pub(super) use self::order::{Order, OrderLine};
pub(super) use self::query::{OrderQuery, may_see, orders_of};
