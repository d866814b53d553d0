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
    fulfilment_of([sum(OrderLine::left), sum(|line| line.shipped), sum(|line| line.returned)])
}

fn fulfilment_of([left, shipped, returned]: [i64; 3]) -> FulfilmentStatus {
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
    let amounts = [order.total(), order.paid(), order.refunded()].map(|amount| amount.minor);
    payment_of(order.status(), amounts, authorized)
}

fn payment_of(
    status: OrderStatus,
    [total, paid, refunded]: [i64; 3],
    authorized: bool,
) -> OrderPaymentStatus {
    let kept = paid - refunded;
    let beyond = (paid - total).max(0);
    let went_back = refunded > beyond;
    match status {
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
    next_of(status, lines.iter().any(|line| line.shipped > 0))
}

fn next_of(status: OrderStatus, sent: bool) -> Vec<OrderStatus> {
    status.next().iter().copied().filter(|next| !(sent && *next == OrderStatus::Cancelled)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_tell_how_far_an_order_is_sent() {
        use FulfilmentStatus::{Fulfilled, PartiallyFulfilled, PartiallyReturned, Returned, Unfulfilled};
        for (pieces, expected) in [
            ([2, 0, 0], Unfulfilled),
            // All of it was cancelled.
            ([0, 0, 0], Unfulfilled),
            ([1, 2, 0], PartiallyFulfilled),
            ([0, 2, 0], Fulfilled),
            ([0, 2, 1], PartiallyReturned),
            ([1, 1, 1], PartiallyReturned),
            ([0, 1, 1], Returned),
        ] {
            assert_eq!(fulfilment_of(pieces), expected, "{pieces:?}");
        }
    }

    #[test]
    fn amounts_tell_how_far_an_order_is_paid() {
        use OrderPaymentStatus::{Authorized, PartiallyPaid, PartiallyRefunded, Refunded, Unpaid};
        for (status, amounts, authorized, expected) in [
            (OrderStatus::Pending, [100, 0, 0], false, Unpaid),
            (OrderStatus::Pending, [100, 0, 0], true, Authorized),
            (OrderStatus::Pending, [100, 40, 0], true, PartiallyPaid),
            (OrderStatus::Pending, [100, 40, 40], false, Unpaid),
            (OrderStatus::Paid, [100, 100, 0], false, OrderPaymentStatus::Paid),
            // Nothing had to come in.
            (OrderStatus::Paid, [0, 0, 0], false, OrderPaymentStatus::Paid),
            // It was paid twice, and once went back by itself.
            (OrderStatus::Shipped, [100, 200, 100], false, OrderPaymentStatus::Paid),
            (OrderStatus::Shipped, [100, 200, 130], false, PartiallyRefunded),
            (OrderStatus::Delivered, [100, 100, 100], false, Refunded),
            (OrderStatus::Cancelled, [100, 0, 0], false, Unpaid),
            (OrderStatus::Cancelled, [100, 100, 100], false, Refunded),
            (OrderStatus::Refunded, [100, 100, 100], false, Refunded),
        ] {
            assert_eq!(payment_of(status, amounts, authorized), expected, "{status:?} {amounts:?}");
        }
    }

    #[test]
    fn an_order_of_which_a_part_was_sent_is_not_cancelled() {
        let next = |sent| next_of(OrderStatus::Processing, sent);
        assert_eq!(next(false), OrderStatus::Processing.next());
        assert_eq!(next(true), [OrderStatus::Shipped, OrderStatus::Refunded]);
    }
}
