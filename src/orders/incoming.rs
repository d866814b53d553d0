//! What money that has come in does to its order. Pure, and the only place that knows.

use super::events::CancelReason;
use super::state::OrderStatus;

/// An order's books when the money comes in, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Books {
    /// Where the order is.
    pub status: OrderStatus,
    /// Why it was given up, if it was.
    pub cancel_reason: Option<CancelReason>,
    /// What it costs, less what was cancelled of it.
    pub owed: i64,
    /// What came in and does not go back.
    pub kept: i64,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming {
    /// The order is paid; what came in beyond that goes back.
    Pays { excess: i64 },
    /// It is a part of what is owed: the order waits for the rest.
    PaysInPart,
    /// The order had lapsed: it is taken up again if what it was promised is still there, or else all of it goes back.
    ComesLate { excess: i64 },
    /// Nobody owes it: all of it goes back.
    IsNotOwed,
}

/// What so much money does.
#[must_use]
pub fn incoming(books: Books, amount: i64) -> Incoming {
    let beyond = books.kept.saturating_add(amount).saturating_sub(books.owed);
    match books.status {
        OrderStatus::Pending if beyond >= 0 => Incoming::Pays { excess: beyond },
        OrderStatus::Pending => Incoming::PaysInPart,
        OrderStatus::Cancelled if books.cancel_reason == Some(CancelReason::Expired) && beyond >= 0 => {
            Incoming::ComesLate { excess: beyond }
        }
        // What was paid already is not paid twice, and what somebody gave up on purpose is not revived.
        _ => Incoming::IsNotOwed,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_order_never_keeps_more_than_it_costs(
            place in 0_usize..7, reason in 0_usize..4, owed in 0_i64..1000, kept in 0_i64..1000, amount in 1_i64..2000,
        ) {
            let status = OrderStatus::ALL[place];
            let cancel_reason = CancelReason::ALL.get(reason).copied();
            let open = status == OrderStatus::Pending;
            let kept = if status == OrderStatus::Cancelled || status == OrderStatus::Refunded { 0 } else { kept.min(owed) };
            let kept_then = match incoming(Books { status, cancel_reason, owed, kept }, amount) {
                Incoming::Pays { excess } | Incoming::ComesLate { excess } => {
                    let kept = kept + amount - excess;
                    prop_assert_eq!(kept, owed, "a paid order has what it costs");
                    kept
                }
                Incoming::PaysInPart => {
                    prop_assert!(open);
                    kept + amount
                }
                Incoming::IsNotOwed => kept,
            };
            prop_assert!(kept_then <= owed.max(kept));
        }

        #[test]
        fn only_what_lapsed_is_taken_up_again(reason in 0_usize..4, owed in 0_i64..1000, amount in 1_i64..2000) {
            let cancel_reason = CancelReason::ALL.get(reason).copied();
            let books = Books { status: OrderStatus::Cancelled, cancel_reason, owed, kept: 0 };
            let late = matches!(incoming(books, amount), Incoming::ComesLate { .. });
            prop_assert_eq!(late, cancel_reason == Some(CancelReason::Expired) && amount >= owed);
        }
    }
}
