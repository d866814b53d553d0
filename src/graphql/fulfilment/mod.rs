//! What becomes of an order's pieces in the schema: sent, cancelled, taken back; and what staff change of an order.

mod edit;
mod errors;
mod inputs;
mod mutations;
mod order_return;
mod pieces;
mod shipment;
mod status;

pub(super) use self::edit::OrderEditMutation;
pub(super) use self::errors::FulfilmentUserError;
pub(super) use self::mutations::FulfilmentMutation;
pub(super) use self::order_return::OrderReturn;
pub(super) use self::pieces::{OrderLinePieces, pieces_of};
pub(super) use self::shipment::Shipment;
pub(super) use self::status::{FulfilmentStatus, OrderEditedField, OrderPaymentStatus};
