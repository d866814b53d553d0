//! What is asked of a provider, and what it tells.

use std::fmt;

use secrecy::SecretString;

use crate::config::CaptureMode;
use crate::ids::{PaymentId, RefundId};
use crate::money::Money;

/// Who moves the money of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Stripe: cards, and whatever else the shop has turned on there.
    Stripe,
    /// People: cash, invoices.
    Manual,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Stripe, Self::Manual];

    /// The name that the database keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
            Self::Manual => "manual",
        }
    }

    /// The provider of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == name)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A payment that is to be made ready.
#[derive(Clone)]
pub struct NewIntent {
    /// Our payment. The provider keeps it and tells it with everything about this payment.
    pub payment: PaymentId,
    /// The order's number, for people who look at the provider's pages.
    pub order_number: String,
    /// How much to take.
    pub amount: Money,
    /// When to take it.
    pub capture: CaptureMode,
    /// Where the provider sends its receipt, if it is to.
    pub receipt_email: Option<String>,
    /// What makes requests one and the same: at most 255 letters of ASCII.
    pub key: String,
}

/// A refund that is to be made.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// The provider's name for the payment.
    pub intent: String,
    /// Our refund. The provider keeps it and tells it with everything about this refund.
    pub refund: RefundId,
    /// How much to give back.
    pub amount: Money,
    /// What makes requests one and the same: at most 255 letters of ASCII.
    pub key: String,
}

/// A payment as its provider sees it.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The provider's name for it.
    pub reference: String,
    /// With what the customer's own program talks to the provider about this payment. Nobody else's business.
    pub client_secret: Option<SecretString>,
    /// How far it has got.
    pub state: IntentState,
    /// What was to be taken.
    pub amount: Money,
    /// Why the customer's last attempt to pay failed.
    pub last_error: Option<Decline>,
    /// Our payment, if it is one of ours: an account with a provider may serve other programs, too.
    pub payment: Option<PaymentId>,
}

/// How far a payment has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentState {
    /// The customer has not paid (yet), or has to prove to be themselves.
    NeedsCustomer,
    /// It is on its way and may still fail; some ways to pay take days.
    Processing,
    /// So much is held for the shop and can be captured.
    Authorized { amount: Money },
    /// So much was taken.
    Captured { amount: Money },
    /// Nothing will be taken.
    Cancelled,
}

/// Why whoever holds the customer's money did not part with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// For programs, such as `insufficient_funds`.
    pub code: String,
    /// For the customer.
    pub message: String,
}

/// A refund as its provider sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundFact {
    /// The provider's name for it.
    pub reference: String,
    /// How much is given back.
    pub amount: Money,
    /// How far it has got.
    pub state: RefundState,
    /// Our refund, if we asked for it: somebody at the provider's pages may have.
    pub refund: Option<RefundId>,
}

/// How far a refund has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// On its way.
    Pending,
    /// Given back, as far as the provider can tell. It may fail still, days later, when the customer's bank refuses it.
    Succeeded,
    /// The money is the shop's again.
    Failed { reason: String },
}

impl fmt::Debug for NewIntent {
    /// Without the customer's address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewIntent")
            .field("payment", &self.payment)
            .field("order_number", &self.order_number)
            .field("amount", &self.amount)
            .field("capture", &self.capture)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_by_their_names() {
        for provider in Provider::ALL {
            assert_eq!(Provider::parse(provider.as_str()), Some(provider));
        }
        assert_eq!(Provider::parse("Stripe"), None);
    }
}
