//! `Refund`

use async_graphql::{Context, Description, Enum, ID, Object, SimpleObject};
use futures_util::future::try_join_all;

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::Result;
use super::super::scalars::{DateTime, Money};
use super::payment::Payment;
use crate::accounts::Permission;
use crate::ids::RefundId;
use crate::payments;

/// How far a refund is.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "payments::RefundStatus")]
pub(crate) enum RefundStatus {
    /// Decided; the provider has yet to do it.
    Pending,
    /// The provider has done it.
    Succeeded,
    /// The provider cannot do it: staff have to see to it, by `refundRetry` or by hand. The money is still the customer's.
    Failed,
}

/// What for money goes back.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "payments::RefundReason")]
pub(crate) enum RefundReason {
    /// Staff wanted so.
    Requested,
    /// The order was cancelled.
    OrderCancelled,
    /// Pieces of the order were cancelled.
    LinesCancelled,
    /// Pieces came back.
    Returned,
    /// It came in for an order that had been given up, and the stock was gone.
    LatePayment,
    /// More came in than was owed.
    Overpaid,
    /// Somebody did it at the provider.
    External,
}

/// The pieces of one line that money goes back for.
#[derive(SimpleObject)]
pub(crate) struct RefundLine {
    /// The order's line.
    line_id: ID,
    /// How many pieces.
    quantity: i32,
}

/// The refunds with these ids, all read together.
pub(in crate::graphql) async fn refunds_of(ctx: &Context<'_>, ids: Vec<RefundId>) -> Result<Vec<Refund>> {
    let load = |id| ctx.loaders().refunds.load(id);
    let found = try_join_all(ids.into_iter().map(load)).await?;
    Ok(found.into_iter().flatten().map(Refund).collect())
}

/// Money on its way back.
#[derive(Description)]
pub(crate) struct Refund(pub(in crate::graphql) payments::Refund);

#[Object(use_type_description)]
impl Refund {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// How much goes back.
    async fn amount(&self) -> Money {
        self.0.amount().into()
    }

    /// How far it is.
    async fn status(&self) -> RefundStatus {
        self.0.status().into()
    }

    /// What for.
    async fn reason(&self) -> RefundReason {
        self.0.reason().into()
    }

    /// The payment that it is taken from.
    async fn payment(&self, ctx: &Context<'_>) -> Result<Option<Payment>> {
        Ok(ctx.loaders().payments.load(self.0.payment_id).await?.map(Payment))
    }

    /// Which pieces it is for; empty where it is for none in particular. At most 100.
    #[graphql(directive = cost::apply(1, None, Some(25)))]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<RefundLine>> {
        let lines = ctx.loaders().refund_lines_of.load_all(self.0.id).await?;
        let line = |line: payments::RefundLine| RefundLine {
            line_id: line.order_line_id.to_string().into(),
            quantity: line.quantity,
        };
        Ok(lines.into_iter().map(line).collect())
    }

    /// A remark of staff.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Why the provider could not do it.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// What the provider calls it, to find it there.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()])
    )]
    async fn reference(&self) -> Option<&str> {
        self.0.provider_ref.as_deref()
    }

    /// When it was decided.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}
