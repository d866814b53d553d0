//! The border to those who move money: payment providers.
//!
//! A [`Gateway`] does what a provider can be asked for; it knows no order and keeps nothing. [`Stripe`] asks another machine,
//! [`Manual`] is cash and invoices. Who asks says with a key which of its requests are one and the same: however often a
//! request with a key arrives there, it happens once.
//!
//! # When an answer fails to come
//!
//! [`GatewayError::Unavailable`] says whether the request may have taken effect all the same. Asking again with the same key
//! is always safe, for a day (that is how long Stripe remembers keys). It is not always of use: Stripe keeps the answer that
//! it gave, *a server error too*, and repeats it to whoever comes with the key again. A key that keeps failing is worn out.
//! So whoever comes back much later, or again and again, first looks and then asks with a new key:
//!
//! * a refund: look for its id in [`Gateway::refunds_of`]; if it is there, it was made. If not, ask with the next key.
//! * a capture or a cancellation: [`Gateway::retrieve`] tells by the state whether it happened.
//! * a new payment: ask with the next key. What the first request may have made nobody can pay, because nobody was given its
//!   `client_secret`.

mod breaker;
mod error;
mod manual;
mod model;
mod retry;
mod stripe;

use futures_util::future::BoxFuture;

pub use self::breaker::Breaker;
pub use self::error::{GatewayError, Word};
pub use self::manual::Manual;
pub use self::model::{
    Decline, Intent, IntentState, NewIntent, NewRefund, Provider, RefundFact, RefundState,
};
pub use self::stripe::{About, GatewayEvent, NoEvent, SignatureError, Stripe};
use crate::clock::Clock;
pub use crate::config::CaptureMode;
use crate::config::Config;
use crate::money::Money;

/// What an answer of a provider is, or why there is none.
pub type Answer<T> = Result<T, GatewayError>;

/// Who moves money. No call is made within a transaction: it takes as long as another machine likes.
pub trait Gateway: Send + Sync {
    /// Makes ready to take an amount from somebody, who agrees to it with the `client_secret`.
    fn create<'a>(&'a self, new: &'a NewIntent) -> BoxFuture<'a, Answer<Intent>>;

    /// How things stand.
    fn retrieve<'a>(&'a self, reference: &'a str) -> BoxFuture<'a, Answer<Intent>>;

    /// Takes what was authorized, or less: what is left is given free.
    fn capture<'a>(
        &'a self,
        reference: &'a str,
        amount: Money,
        key: &'a str,
    ) -> BoxFuture<'a, Answer<Intent>>;

    /// Sees to it that nothing will be taken. Something that was is in the way: [`GatewayError::UnexpectedState`].
    fn cancel<'a>(&'a self, reference: &'a str, key: &'a str) -> BoxFuture<'a, Answer<()>>;

    /// Gives money back, the whole or a part.
    fn refund<'a>(&'a self, new: &'a NewRefund) -> BoxFuture<'a, Answer<RefundFact>>;

    /// What was given back so far, the newest first: also by others than us, such as somebody at the provider's own pages.
    fn refunds_of<'a>(&'a self, reference: &'a str) -> BoxFuture<'a, Answer<Vec<RefundFact>>>;
}

/// The providers that this shop takes money with.
pub struct Gateways {
    /// Cards and what else Stripe offers; none without a key.
    pub stripe: Option<Stripe>,
    /// Cash and invoices.
    pub manual: Manual,
}

impl Gateways {
    /// The providers as configured. Fails when a setting cannot be used; whether a provider answers shows with the first call.
    pub fn open(config: &Config, clock: &Clock) -> anyhow::Result<Self> {
        Ok(Self { stripe: Stripe::open(&config.payments, clock)?, manual: Manual })
    }

    /// The one that stands for this provider; none when the shop has no account with it (any more).
    #[must_use]
    pub fn of(&self, provider: Provider) -> Option<&dyn Gateway> {
        match provider {
            Provider::Stripe => self.stripe.as_ref().map(|stripe| stripe as &dyn Gateway),
            Provider::Manual => Some(&self.manual),
        }
    }
}
