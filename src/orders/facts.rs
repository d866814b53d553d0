//! What an order's books say beside its status: how far it is sent and paid. Pure.

use super::model::{Order, OrderLine};
use super::state::OrderStatus;

/// How far an order is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FulfilmentStatus {
    /// Nothing has left the shop.
    Unfulfilled,
    /// A part has.
    PartiallyFulfilled,
    /// All of it has, but for what was cancelled.
    Fulfilled,
    /// A part of what left the shop came back.
    PartiallyReturned,
    /// All that left the shop came back.
    Returned,
}

/// How far an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderPaymentStatus {
    /// Nothing came in.
    Unpaid,
    /// A bank holds the money for the shop.
    Authorized,
    /// A part of what is owed came in.
    PartiallyPaid,
    /// All that is owed came in.
    Paid,
    /// A part of that goes back or went back.
    PartiallyRefunded,
    /// All that came in goes back or went back.
    Refunded,
}

/// How far the order with these lines is sent.
#[must_use]
pub fn fulfilment(lines: &[OrderLine]) -> FulfilmentStatus {
    let sum = |of: fn(&OrderLine) -> i32| lines.iter().map(|line| i64::from(of(line))).sum::<i64>();
    let (left, shipped, returned) =
        (sum(OrderLine::left), sum(|line| line.shipped), sum(|line| line.returned));
    match (shipped, returned) {
        (0, _) => FulfilmentStatus::Unfulfilled,
        (_, 0) if left > 0 => FulfilmentStatus::PartiallyFulfilled,
        (_, 0) => FulfilmentStatus::Fulfilled,
        (shipped, returned) if returned == shipped && left == 0 => FulfilmentStatus::Returned,
        _ => FulfilmentStatus::PartiallyReturned,
    }
}

/// How far the order is paid; `authorized` says whether a bank holds money for it. What came in beyond the order's price
/// and went back again does not count.
#[must_use]
pub fn payment(order: &Order, authorized: bool) -> OrderPaymentStatus {
    let (paid, kept) = (order.paid().minor, order.kept());
    let beyond = (paid - order.total().minor).max(0);
    let went_back = order.refunded().minor > beyond;
    match order.status() {
        OrderStatus::Pending if kept > 0 => OrderPaymentStatus::PartiallyPaid,
        OrderStatus::Pending if authorized => OrderPaymentStatus::Authorized,
        OrderStatus::Pending => OrderPaymentStatus::Unpaid,
        OrderStatus::Cancelled if paid == 0 => OrderPaymentStatus::Unpaid,
        OrderStatus::Cancelled | OrderStatus::Refunded => OrderPaymentStatus::Refunded,
        _ if went_back && kept == 0 => OrderPaymentStatus::Refunded,
        _ if went_back => OrderPaymentStatus::PartiallyRefunded,
        _ => OrderPaymentStatus::Paid,
    }
}

/// What may follow the order's status, in the order to offer it: an order of which a part was sent is not given up whole.
#[must_use]
pub fn next_statuses(status: OrderStatus, lines: &[OrderLine]) -> Vec<OrderStatus> {
    let sent = lines.iter().any(|line| line.shipped > 0);
    status.next().iter().copied().filter(|next| !(sent && *next == OrderStatus::Cancelled)).collect()
}
