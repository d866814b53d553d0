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

    /// What becomes of the order's stock when it moves from this status to `next`.
    #[must_use]
    pub const fn stock_effect(self, next: Self) -> StockEffect {
        match (self, next) {
            (_, Self::Shipped) => StockEffect::Ship,
            (Self::Pending | Self::Paid | Self::Processing, Self::Cancelled | Self::Refunded) => {
                StockEffect::Release
            }
            _ => StockEffect::None,
        }
    }
}

/// What a step of an order does to the stock it reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockEffect {
    /// Nothing.
    None,
    /// The reserved pieces can be sold again.
    Release,
    /// The reserved pieces have left the shop.
    Ship,
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
        fn reserved_stock_is_released_or_shipped_exactly_once(choices in prop::collection::vec(0_usize..10, 10)) {
            let walked = walk(&choices);
            let effects = walked.windows(2).map(|step| step[0].stock_effect(step[1]));
            prop_assert_eq!(effects.filter(|effect| *effect != StockEffect::None).count(), 1, "{:?}", walked);
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
