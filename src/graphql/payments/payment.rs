//! `Payment` and its log.

use async_graphql::{Context, Description, Enum, ID, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::Result;
use super::super::orders::Order;
use super::super::scalars::{DateTime, Money};
use crate::accounts::Permission;
use crate::{gateway, money, payments};

/// Who takes a payment.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "gateway::Provider")]
pub(crate) enum PaymentProvider {
    /// Stripe: cards and whatever else the shop has turned on there.
    Stripe,
    /// The shop itself: cash, a bank transfer, an invoice. Staff say when it came in.
    Manual,
}

/// How far a payment is.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "payments::PaymentStatus")]
pub(crate) enum PaymentStatus {
    /// The customer has yet to pay.
    Pending,
    /// The customer's bank holds the money for the shop, until staff have it captured.
    Authorized,
    /// The money is the shop's.
    Captured,
    /// Nothing will come of it.
    Cancelled,
}

/// What a provider was asked for.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "payments::TransactionKind")]
pub(crate) enum PaymentTransactionKind {
    /// To expect a payment.
    Create,
    /// To have the money held.
    Authorize,
    /// To take it.
    Capture,
    /// To give the payment up.
    Cancel,
    /// To pay back.
    Refund,
    /// An attempt of the customer's to pay.
    Attempt,
}

/// What came of it.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "payments::Outcome")]
pub(crate) enum PaymentTransactionOutcome {
    /// It was done.
    Succeeded,
    /// It was not.
    Failed,
    /// Nobody knows yet: there was no answer. It is asked again.
    Unknown,
}

/// Why the customer's last attempt to pay failed.
#[derive(SimpleObject)]
pub(crate) struct PaymentFailure {
    /// The provider's code, such as `card_declined`.
    code: String,
    /// The same for people.
    message: String,
}

/// An entry of a payment's log.
#[derive(SimpleObject)]
pub(crate) struct PaymentTransaction {
    /// Its id.
    id: ID,
    /// What was asked for.
    kind: PaymentTransactionKind,
    /// What came of it.
    outcome: PaymentTransactionOutcome,
    /// How much it was about.
    amount: Option<Money>,
    /// What else there is to know.
    message: Option<String>,
    /// When it was.
    occurred_at: DateTime,
}

/// One way in which money for an order comes in.
#[derive(Description)]
pub(crate) struct Payment(pub(in crate::graphql) payments::Payment);

#[Object(use_type_description)]
impl Payment {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is for; null for who may not see that.
    async fn order(&self, ctx: &Context<'_>) -> Result<Option<Order>> {
        Ok(ctx.loaders().orders.load(self.0.order_id).await?.map(Order))
    }

    /// Who takes it.
    async fn provider(&self) -> PaymentProvider {
        self.0.provider().into()
    }

    /// How far it is.
    async fn status(&self) -> PaymentStatus {
        self.0.status().into()
    }

    /// What is to be paid.
    async fn amount(&self) -> Money {
        self.0.amount().into()
    }

    /// What was taken.
    async fn captured(&self) -> Money {
        self.0.captured().into()
    }

    /// What goes back or went back of that.
    async fn refunded(&self) -> Money {
        self.0.refunded().into()
    }

    /// Why the customer's last attempt failed; null while none did.
    async fn failure(&self) -> Option<PaymentFailure> {
        let code = self.0.failure_code.clone()?;
        Some(PaymentFailure { code, message: self.0.failure_message.clone().unwrap_or_default() })
    }

    /// What the provider calls it, to find it there: a payment intent of Stripe's, say.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn reference(&self) -> Option<&str> {
        self.0.provider_ref.as_deref()
    }

    /// What was asked of the provider or told by it, newest first; at most the last 100.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()]),
        directive = cost::apply(10, None, Some(20))
    )]
    async fn transactions(&self, ctx: &Context<'_>) -> Result<Vec<PaymentTransaction>> {
        let currency = self.0.amount().currency;
        let log = ctx.loaders().transactions_of.load_all(self.0.id).await?;
        Ok(log
            .into_iter()
            .map(|entry| PaymentTransaction {
                id: entry.id.to_string().into(),
                kind: entry.kind().into(),
                outcome: entry.outcome().into(),
                amount: entry.amount.map(|amount| money::Money::new(amount, currency).into()),
                message: entry.message,
                occurred_at: DateTime(entry.occurred_at),
            })
            .collect())
    }

    /// When it was begun.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
