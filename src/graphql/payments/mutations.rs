//! Mutations of payments and refunds.

use async_graphql::{Context, Object, SimpleObject};
use secrecy::ExposeSecret;

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::cost::cost;
use super::super::error::Result;
use super::super::orders::{Order, may_see};
use super::super::user_error::settle;
use super::errors::{PaymentErrorCode, PaymentUserError, order_not_found};
use super::inputs::{
    OrderRefundInput, PaymentCancelInput, PaymentCaptureInput, PaymentCreateInput, RefundRetryInput,
};
use super::payment::Payment;
use super::refund::Refund;
use crate::accounts::{Permission, Viewer};
use crate::error::Outcome;
use crate::ids::{OrderId, PaymentId, RefundId};
use crate::money::Money;
use crate::orders::cancel_payment::cancel_payment;
use crate::orders::capture_payment::{CapturePayment, capture_payment};
use crate::orders::events::Actor;
use crate::orders::pieces::Pieces;
use crate::orders::refund::{RefundOrder, refund_order};
use crate::orders::retry_refund::retry_refund;
use crate::payments::queries::{payments_by_ids, refunds_by_ids};
use crate::till::{self, Payer};
use crate::{orders, payments};

/// The longest remark on a refund.
const MAX_NOTE_LENGTH: usize = 1000;

/// A payment that the customer can go on with, or why there is none.
#[derive(SimpleObject)]
pub(crate) struct PaymentCreatePayload {
    /// The payment; null when there is none.
    payment: Option<Payment>,
    /// What Stripe.js takes to have the customer pay (`stripe.confirmPayment`). It lets whoever has it pay, and see how the
    /// payment stands: hand it to nobody else. Null where nothing is paid online.
    client_secret: Option<String>,
    /// The key that Stripe.js is loaded with; it is no secret.
    publishable_key: Option<String>,
    /// The order; null when there is no payment.
    order: Option<Order>,
    /// What kept the payment from being begun.
    user_errors: Vec<PaymentUserError>,
}

/// A payment that something was decided about, or why not.
#[derive(SimpleObject)]
pub(crate) struct PaymentPayload {
    /// The payment as it is now; null when nothing was decided.
    payment: Option<Payment>,
    /// What kept it from happening.
    user_errors: Vec<PaymentUserError>,
}

/// Money that goes back, or why it does not.
#[derive(SimpleObject)]
pub(crate) struct OrderRefundPayload {
    /// The refunds that were decided: one for each payment that they are taken from. Empty when there is none.
    refunds: Vec<Refund>,
    /// The order; null when nothing goes back.
    order: Option<Order>,
    /// What kept the money from going back; nothing of it did.
    user_errors: Vec<PaymentUserError>,
}

/// A refund that is tried again, or why not.
#[derive(SimpleObject)]
pub(crate) struct RefundRetryPayload {
    /// The refund; null when it is not tried again.
    refund: Option<Refund>,
    /// What kept it from being tried again.
    user_errors: Vec<PaymentUserError>,
}

/// Mutations of payments and refunds.
#[derive(Default)]
pub(crate) struct PaymentMutation;

#[Object]
impl PaymentMutation {
    /// Begins to pay for an order that is PENDING, or finds the payment that was begun before: an order has one open payment,
    /// over what is due. For its owner, those who hold a guest order's token, and those with `MANAGE_PAYMENTS`. That it was
    /// paid is told by the order's status, which `orderStatus` watches.
    #[graphql(directive = cost::apply(20, None, None))]
    async fn payment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to pay for, and how.")] input: PaymentCreateInput,
    ) -> Result<PaymentCreatePayload> {
        let refused = |user_errors| PaymentCreatePayload {
            payment: None,
            client_secret: None,
            publishable_key: None,
            order: None,
            user_errors,
        };
        let id: OrderId = parse_id(&input.order_id)?;
        let Some(payer) = payer(ctx, id, input.token.as_deref()).await? else {
            return Ok(refused(vec![order_not_found()]));
        };
        let started = till::start_payment(ctx.app(), id, input.provider.map(Into::into), payer).await;
        Ok(match settle(started)? {
            (Some(started), _) => PaymentCreatePayload {
                payment: Some(Payment(started.payment)),
                client_secret: started.client_secret.map(|secret| secret.expose_secret().to_owned()),
                publishable_key: started.publishable_key,
                order: order(ctx, id).await?,
                user_errors: Vec::new(),
            },
            (None, user_errors) => refused(user_errors),
        })
    }

    /// Takes the money of a payment: what a bank holds for the shop, shortly after this answer; what came in by hand, at once.
    #[graphql(
        guard = "Requires(Permission::ManagePayments)",
        directive = auth::apply(vec![Permission::ManagePayments.into()])
    )]
    async fn payment_capture(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payment, and how much of it.")] input: PaymentCaptureInput,
    ) -> Result<PaymentPayload> {
        let payment: PaymentId = parse_id(&input.payment_id)?;
        let amount = match &input.amount {
            None => None,
            Some(decimal) => Some(Money::parse(&decimal.0, currency_of(ctx, payment).await?)?.minor),
        };
        let actor = Actor::Staff(ctx.signed_in()?.user_id);
        let capture = CapturePayment { payment, amount, actor, at: ctx.app().clock.now() };
        let captured = capture_payment(&mut *ctx.conn().await?, &capture).await;
        payload(ctx, payment, captured).await
    }

    /// Gives a payment up that has not come in: its customer can no longer pay by it, and a bank lets go of what it holds.
    #[graphql(
        guard = "Requires(Permission::ManagePayments)",
        directive = auth::apply(vec![Permission::ManagePayments.into()])
    )]
    async fn payment_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payment.")] input: PaymentCancelInput,
    ) -> Result<PaymentPayload> {
        let payment: PaymentId = parse_id(&input.payment_id)?;
        let cancelled = cancel_payment(&mut *ctx.conn().await?, payment).await;
        payload(ctx, payment, cancelled).await
    }

    /// Pays back some of an order's money, or all of it. The order keeps its status: to end it, move it to `REFUNDED`. The money
    /// goes back shortly after this answer; how far it is, each refund tells.
    #[graphql(
        guard = "Requires(Permission::ManagePayments)",
        directive = auth::apply(vec![Permission::ManagePayments.into()]),
        directive = cost::apply(20, None, None)
    )]
    async fn order_refund(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much, and what for.")] input: OrderRefundInput,
    ) -> Result<OrderRefundPayload> {
        let refused = |user_errors| OrderRefundPayload { refunds: Vec::new(), order: None, user_errors };
        if input.note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE_LENGTH) {
            let message = format!("A remark has at most {MAX_NOTE_LENGTH} characters.");
            let error = PaymentUserError::at(PaymentErrorCode::NoteTooLong, ["note"], message);
            return Ok(refused(vec![error]));
        }
        let refund = refund_of(ctx, input).await?;
        let decided = refund_order(&mut *ctx.conn().await?, &refund).await;
        Ok(match settle(decided)? {
            (Some(decided), _) => {
                // Pieces that are put back can be bought.
                ctx.loaders().forget_products().await;
                ctx.wake_worker().await;
                let refunds = refunds_by_ids(&*ctx.conn().await?, &decided.refunds).await?;
                OrderRefundPayload {
                    refunds: refunds.into_iter().map(Refund).collect(),
                    order: order(ctx, refund.order_id).await?,
                    user_errors: Vec::new(),
                }
            }
            (None, user_errors) => refused(user_errors),
        })
    }

    /// Has a refund tried once more that its provider could not do.
    #[graphql(
        guard = "Requires(Permission::ManagePayments)",
        directive = auth::apply(vec![Permission::ManagePayments.into()])
    )]
    async fn refund_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which refund.")] input: RefundRetryInput,
    ) -> Result<RefundRetryPayload> {
        let refund: RefundId = parse_id(&input.refund_id)?;
        let at = ctx.app().clock.now();
        let retried = retry_refund(&mut *ctx.conn().await?, refund, at).await;
        let (retried, user_errors) = settle(retried)?;
        let refund = match retried {
            None => None,
            Some(()) => {
                ctx.wake_worker().await;
                refunds_by_ids(&*ctx.conn().await?, &[refund]).await?.pop().map(Refund)
            }
        };
        Ok(RefundRetryPayload { refund, user_errors })
    }
}

/// In what role the viewer pays for the order; none who may not.
async fn payer(ctx: &Context<'_>, id: OrderId, token: Option<&str>) -> Result<Option<Payer>> {
    let order = ctx.loaders().orders.load(id).await?;
    let Some(order) = order.filter(|order| may_see(ctx, order, token)) else { return Ok(None) };
    let owns = order.user_id.is_some() && order.user_id == ctx.viewer().user_id();
    Ok(match ctx.viewer() {
        Viewer::User(_) if ctx.may(Permission::ManagePayments) => Some(Payer::Staff),
        _ if owns || orders::is_of_token(&order, token) => Some(Payer::Customer),
        // Whoever may only look at the order finds none to pay for.
        _ => None,
    })
}

/// The order as it is now.
async fn order(ctx: &Context<'_>, id: OrderId) -> Result<Option<Order>> {
    ctx.loaders().forget_orders().await;
    Ok(ctx.loaders().orders.load(id).await?.map(Order))
}

/// What the payment is in; the shop's currency for one that is not there, which the verb finds out.
async fn currency_of(ctx: &Context<'_>, id: PaymentId) -> Result<crate::money::Currency> {
    let payment = ctx.loaders().payments.load(id).await?;
    Ok(payment.map_or(ctx.app().config.shop.currency, |payment| payment.amount().currency))
}

async fn refund_of(ctx: &Context<'_>, input: OrderRefundInput) -> Result<RefundOrder> {
    let order_id: OrderId = parse_id(&input.order_id)?;
    let amount = match &input.amount {
        None => None,
        Some(decimal) => {
            let order = ctx.loaders().orders.load(order_id).await?;
            let currency = order.map_or(ctx.app().config.shop.currency, |order| order.total().currency);
            Some(Money::parse(&decimal.0, currency)?.minor)
        }
    };
    let pieces = input
        .lines
        .into_iter()
        .map(|line| Ok((Pieces { line: parse_id(&line.line_id)?, quantity: line.quantity }, line.restock)));
    Ok(RefundOrder {
        order_id,
        amount,
        pieces: pieces.collect::<Result<_>>()?,
        note: input.note,
        actor: Actor::Staff(ctx.signed_in()?.user_id),
        at: ctx.app().clock.now(),
    })
}

/// The answer to what was decided about a payment.
async fn payload<R>(ctx: &Context<'_>, id: PaymentId, decided: Outcome<(), R>) -> Result<PaymentPayload>
where
    PaymentUserError: From<R>,
{
    let (decided, user_errors) = settle(decided)?;
    let payment: Option<payments::Payment> = match decided {
        None => None,
        Some(()) => {
            ctx.wake_worker().await;
            payments_by_ids(&*ctx.conn().await?, &[id]).await?.pop()
        }
    };
    Ok(PaymentPayload { payment: payment.map(Payment), user_errors })
}
