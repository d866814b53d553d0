//! The life of a payment. Pure, and the only place that knows.
//!
//! ```text
//! PENDING → AUTHORIZED → CAPTURED
//!    └──────────┴──→ CANCELLED (→ CAPTURED)
//! ```
//!
//! Providers tell what they know twice, late and in any order. A payment only ever goes on, so that whatever is told again
//! or too late changes nothing. Money that has come in is the last word: it is what the customer's bank says.

/// How far a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentStatus {
    /// The customer has yet to pay.
    Pending,
    /// The customer's bank holds the money for the shop.
    Authorized,
    /// The money is the shop's.
    Captured,
    /// Nothing will come of it.
    Cancelled,
}

impl PaymentStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Authorized, Self::Captured, Self::Cancelled];

    /// The status as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Authorized => "AUTHORIZED",
            Self::Captured => "CAPTURED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The status of that name, if there is one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether something may still come of it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Authorized)
    }

    /// The status after what was told; none when that is nothing new.
    #[must_use]
    pub fn after(self, told: &Told) -> Option<Self> {
        match (self, told) {
            (Self::Captured, _) => None,
            (_, Told::Captured { amount }) if *amount > 0 => Some(Self::Captured),
            (Self::Pending, Told::Authorized) => Some(Self::Authorized),
            (Self::Pending | Self::Authorized, Told::Cancelled) => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// What a provider told of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It waits for the customer, or for a bank.
    Waiting,
    /// An attempt of the customer's failed; they may try again.
    Failed {
        /// The provider's code, such as `card_declined`.
        code: String,
        /// The same for people.
        message: String,
    },
    /// The customer's bank holds the money.
    Authorized,
    /// The money was taken, so much of it.
    Captured {
        /// In minor units.
        amount: i64,
    },
    /// Nothing will come of it.
    Cancelled,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told() -> impl Strategy<Value = Told> {
        prop_oneof![
            Just(Told::Waiting),
            Just(Told::Failed { code: String::new(), message: String::new() }),
            Just(Told::Authorized),
            Just(Told::Captured { amount: 100 }),
            Just(Told::Cancelled),
        ]
    }

    fn told_in_turn(all: &[Told]) -> PaymentStatus {
        all.iter().fold(PaymentStatus::Pending, |status, told| status.after(told).unwrap_or(status))
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for status in PaymentStatus::ALL {
            assert_eq!(PaymentStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(PaymentStatus::parse("captured"), None);
    }

    proptest! {
        #[test]
        fn money_that_came_in_is_the_last_word_in_whatever_order_it_is_told(
            mut all in prop::collection::vec(told(), 0..8), turn in 0_usize..8,
        ) {
            let captured = all.iter().any(|told| matches!(told, Told::Captured { .. }));
            prop_assert_eq!(told_in_turn(&all) == PaymentStatus::Captured, captured);
            if !all.is_empty() {
                let turn = turn % all.len();
                all.rotate_left(turn);
            }
            prop_assert_eq!(told_in_turn(&all) == PaymentStatus::Captured, captured);
        }

        #[test]
        fn what_is_told_twice_changes_nothing(all in prop::collection::vec(told(), 0..8)) {
            let doubled: Vec<Told> = all.iter().flat_map(|told| [told.clone(), told.clone()]).collect();
            prop_assert_eq!(told_in_turn(&all), told_in_turn(&doubled));
        }
    }
}
