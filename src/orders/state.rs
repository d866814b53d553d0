//! The life of an order: which status may follow which. Pure, and the only place that knows.
//!
//! ```text
//! PENDING → PAID → PROCESSING → SHIPPED → DELIVERED
//!    │        │         │
//!    └────────┴─────────┴──→ CANCELLED        PAID and everything behind it → REFUNDED
//! ```

/// Where an order is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Placed; its stock is reserved, its payment is awaited.
    Pending,
    /// Paid in full.
    Paid,
    /// Being picked and packed.
    Processing,
    /// On its way; its stock has left the shop.
    Shipped,
    /// With the customer.
    Delivered,
    /// Given up before it was shipped; its stock is free again.
    Cancelled,
    /// Paid back.
    Refunded,
}

impl OrderStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Paid,
        Self::Processing,
        Self::Shipped,
        Self::Delivered,
        Self::Cancelled,
        Self::Refunded,
    ];

    /// The status as the database and the API write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Paid => "PAID",
            Self::Processing => "PROCESSING",
            Self::Shipped => "SHIPPED",
            Self::Delivered => "DELIVERED",
            Self::Cancelled => "CANCELLED",
            Self::Refunded => "REFUNDED",
        }
    }

    /// The status of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// What may follow, in the order to offer it.
    #[must_use]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Paid, Self::Cancelled],
            Self::Paid => &[Self::Processing, Self::Cancelled, Self::Refunded],
            Self::Processing => &[Self::Shipped, Self::Cancelled, Self::Refunded],
            Self::Shipped => &[Self::Delivered, Self::Refunded],
            Self::Delivered => &[Self::Refunded],
            Self::Cancelled | Self::Refunded => &[],
        }
    }

    /// Whether `next` may follow.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Whether pieces of such an order are still to leave the shop: it holds stock for them.
    #[must_use]
    pub const fn holds_stock(self) -> bool {
        matches!(self, Self::Pending | Self::Paid | Self::Processing)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn walk(choices: &[usize]) -> Vec<OrderStatus> {
        let mut walked = vec![OrderStatus::Pending];
        for choice in choices {
            let next = walked[walked.len() - 1].next();
            if next.is_empty() {
                break;
            }
            walked.push(next[choice % next.len()]);
        }
        walked
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for status in OrderStatus::ALL {
            assert_eq!(OrderStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(OrderStatus::parse("pending"), None);
    }

    proptest! {
        #[test]
        fn every_life_ends_and_passes_no_status_twice(choices in prop::collection::vec(0_usize..10, 10)) {
            let walked = walk(&choices);
            let last = walked[walked.len() - 1];
            prop_assert!(last.next().is_empty(), "{walked:?}");
            for (place, status) in walked.iter().enumerate() {
                prop_assert!(!walked[place + 1..].contains(status), "{walked:?}");
            }
        }

        #[test]
        fn stock_is_held_from_the_beginning_and_let_go_once(choices in prop::collection::vec(0_usize..10, 10)) {
            let walked = walk(&choices);
            prop_assert!(walked[0].holds_stock());
            let changes = walked.windows(2).filter(|step| step[0].holds_stock() != step[1].holds_stock());
            prop_assert_eq!(changes.count(), 1, "{:?}", walked);
        }

        #[test]
        fn nothing_is_cancelled_once_shipped_nor_refunded_before_paid(choices in prop::collection::vec(0_usize..10, 10)) {
            let walked = walk(&choices);
            if walked.contains(&OrderStatus::Cancelled) {
                prop_assert!(!walked.contains(&OrderStatus::Shipped), "{walked:?}");
            }
            if walked.contains(&OrderStatus::Refunded) {
                prop_assert!(walked.contains(&OrderStatus::Paid), "{walked:?}");
            }
        }
    }
}
