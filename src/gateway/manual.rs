//! Money that people hand over: cash on delivery, invoices. The books are the shop's own, so that there is nobody to ask.

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use super::{
    Answer, Gateway, GatewayError, Intent, IntentState, NewIntent, NewRefund, RefundFact, RefundState,
};
use crate::ids::PaymentId;
use crate::money::Money;

/// What the name of a payment begins with, before our own id of it.
const PREFIX: &str = "manual_";

/// Cash and invoices: whatever staff say has happened.
///
/// It remembers nothing. What has become of a payment and what was given back is in the database and nowhere else, so
/// [`Gateway::retrieve`] and [`Gateway::refunds_of`] know of nothing.
pub struct Manual;

impl Manual {
    fn answer(reference: &str, state: IntentState, amount: Money) -> Answer<Intent> {
        let payment = reference.strip_prefix(PREFIX).and_then(|id| id.parse::<PaymentId>().ok());
        if payment.is_none() {
            return Err(GatewayError::NotFound);
        }
        let reference = reference.to_owned();
        Ok(Intent { reference, client_secret: None, state, amount, last_error: None, payment })
    }
}

impl Gateway for Manual {
    fn create<'a>(&'a self, new: &'a NewIntent) -> BoxFuture<'a, Answer<Intent>> {
        let reference = format!("{PREFIX}{}", new.payment);
        ready(Self::answer(&reference, IntentState::NeedsCustomer, new.amount)).boxed()
    }

    fn retrieve<'a>(&'a self, _reference: &'a str) -> BoxFuture<'a, Answer<Intent>> {
        ready(Err(GatewayError::NotFound)).boxed()
    }

    fn capture<'a>(
        &'a self,
        reference: &'a str,
        amount: Money,
        _key: &'a str,
    ) -> BoxFuture<'a, Answer<Intent>> {
        ready(Self::answer(reference, IntentState::Captured { amount }, amount)).boxed()
    }

    fn cancel<'a>(&'a self, _reference: &'a str, _key: &'a str) -> BoxFuture<'a, Answer<()>> {
        ready(Ok(())).boxed()
    }

    fn refund<'a>(&'a self, new: &'a NewRefund) -> BoxFuture<'a, Answer<RefundFact>> {
        let fact = RefundFact {
            reference: format!("{PREFIX}{}", new.refund),
            amount: new.amount,
            state: RefundState::Succeeded,
            refund: Some(new.refund),
        };
        ready(Ok(fact)).boxed()
    }

    fn refunds_of<'a>(&'a self, _reference: &'a str) -> BoxFuture<'a, Answer<Vec<RefundFact>>> {
        ready(Ok(Vec::new())).boxed()
    }
}
