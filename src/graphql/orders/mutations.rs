//! Mutations of orders.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::cost::cost;
use super::super::error::Result;
use super::super::user_error::{settle, user_error};
use super::inputs::{OrderCancelInput, OrderPlaceInput, OrderStatusUpdateInput};
use super::order::Order;
use super::query::may_see;
use crate::accounts::{Email, Permission, Viewer};
use crate::address::Address;
use crate::cart::CartSelector;
use crate::error::ActionError;
use crate::idempotency::MAX_KEY_LENGTH;
use crate::ids::OrderId;
use crate::money::Money;
use crate::orders::change_status::{ChangeRefusal, ChangeStatus, change_status};
use crate::orders::events::Actor;
use crate::orders::place::{PlaceOrder, PlaceRefusal, Placed, place};
use crate::orders::{OrderStatus, is_of_token, queries};
use crate::pricing::DiscountProblem;

/// The longest remark on a step.
const MAX_NOTE_LENGTH: usize = 1000;

/// Why an order could not be placed or moved on.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum OrderErrorCode {
    /// A postal address is incomplete or unknown.
    AddressInvalid,
    /// The cart has no lines.
    CartEmpty,
    /// There is no such cart, or it is not yours.
    CartNotFound,
    /// A product of the cart is priced in another currency than the shop's.
    CurrencyMismatch,
    /// The e-mail address is missing or is none.
    EmailInvalid,
    /// The idempotency key was used for another order.
    IdempotencyKeyReused,
    /// The idempotency key is empty or too long.
    IdempotencyKeyInvalid,
    /// There is less in stock than the cart holds.
    InsufficientStock,
    /// The order can no longer be cancelled by its owner.
    NoLongerPending,
    /// There is no such order, or it is not yours.
    NotFound,
    /// A part of the order has left the shop.
    PartlyShipped,
    /// The remark is too long.
    NoteTooLong,
    /// A product of the cart is no longer sold.
    ProductUnavailable,
    /// A discount code of the cart is offered no longer.
    DiscountNotFound,
    /// A discount code's time is yet to come.
    DiscountNotStarted,
    /// A discount code's time is over.
    DiscountExpired,
    /// The goods cost less than a discount code asks for.
    DiscountMinimum,
    /// As many orders have a discount code as can.
    DiscountUsedUp,
    /// As many orders of this customer have a discount code as can.
    DiscountUsedUpByCustomer,
    /// The shipping method does not go to the address, or not with so much weight.
    ShippingMethodUnavailable,
    /// No shipping method goes to the address, or none with so much weight.
    ShippingUnavailable,
    /// The total is not the one expected.
    TotalChanged,
    /// The total is larger than any order can be.
    TotalTooLarge,
    /// The order cannot go from its status to the one asked for.
    WrongTransition,
}

user_error!(
    /// A problem with placing an order or moving it on.
    OrderUserError,
    OrderErrorCode
);

/// An order that was placed, or why not.
#[derive(SimpleObject)]
pub struct OrderPlacePayload {
    /// The order; null when none was placed.
    order: Option<Order>,
    /// What a guest shows to see the order again; keep it. Null for customers.
    token: Option<String>,
    /// What kept the order from being placed; nothing of it happened then.
    user_errors: Vec<OrderUserError>,
}

/// An order that was moved on, or why not.
#[derive(SimpleObject)]
pub struct OrderPayload {
    /// The order as it is now; null when nothing changed.
    order: Option<Order>,
    /// What kept the order where it is.
    user_errors: Vec<OrderUserError>,
}

/// Mutations of orders.
#[derive(Default)]
pub struct OrderMutation;

#[Object]
impl OrderMutation {
    /// Buys a cart: freezes its prices, reserves its stock, empties it. All of it happens or nothing.
    #[graphql(directive = cost::apply(20, None, None))]
    async fn order_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is bought, and where it goes.")] input: OrderPlaceInput,
    ) -> Result<OrderPlacePayload> {
        let refused = |user_errors| Ok(OrderPlacePayload { order: None, token: None, user_errors });
        if ctx.is_reused() {
            let message = "This key was used for another order: make a new one for each order.";
            let code = OrderErrorCode::IdempotencyKeyReused;
            return refused(vec![OrderUserError::at(code, ["idempotencyKey"], message)]);
        }
        let order = match checked(ctx, input).await? {
            Ok(order) => order,
            Err(user_errors) => return refused(user_errors),
        };
        let placed = {
            let mut conn = ctx.conn().await?;
            place(&mut conn, &order).await
        };
        match settle(placed)? {
            (Some(placed), _) => {
                // Its stock is theirs now.
                ctx.loaders().forget_products().await;
                answer(ctx, placed).await
            }
            (None, user_errors) => refused(user_errors),
        }
    }

    /// Cancels an order; its stock is free again. Its owner, or who holds a guest order's token, may while it is PENDING;
    /// others with `MANAGE_ORDERS` as long as `CANCELLED` is one of its `nextStatuses`, and with `MANAGE_PAYMENTS` as well where
    /// it has been paid something, which goes back.
    async fn order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: OrderCancelInput,
    ) -> Result<OrderPayload> {
        let id: OrderId = parse_id(&input.order_id)?;
        let order = queries::orders_by_ids(&*ctx.conn().await?, &[id]).await?.pop();
        let Some(order) = order.filter(|order| may_see(ctx, order, input.token.as_deref())) else {
            return Ok(OrderPayload { order: None, user_errors: vec![ChangeRefusal::NotFound.into()] });
        };
        let actor = match (ctx.viewer(), order.user_id) {
            (Viewer::User(user), owner) if owner == Some(user.user_id) => Actor::Customer(user.user_id),
            (Viewer::User(user), _) if ctx.may(Permission::ManageOrders) => Actor::Staff(user.user_id),
            // Whosever it has become by its address.
            _ if is_of_token(&order, input.token.as_deref()) => Actor::Guest,
            // Whoever may only look at the order finds none to cancel.
            _ => return Ok(OrderPayload { order: None, user_errors: vec![ChangeRefusal::NotFound.into()] }),
        };
        let change = ChangeStatus {
            order_id: id,
            to: OrderStatus::Cancelled,
            actor,
            may_pay_back: ctx.may(Permission::ManagePayments),
            note: None,
            at: ctx.app().clock.now(),
        };
        step(ctx, change).await
    }

    /// Moves an order on to one of its `nextStatuses`. With `CANCELLED` and `REFUNDED` goes back what it has been paid, which
    /// needs `MANAGE_PAYMENTS` as well.
    #[graphql(
        guard = "Requires(Permission::ManageOrders)",
        directive = auth::apply(vec![Permission::ManageOrders.into()])
    )]
    async fn order_status_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and how far it is.")] input: OrderStatusUpdateInput,
    ) -> Result<OrderPayload> {
        if input.note.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE_LENGTH) {
            let message = format!("A remark has at most {MAX_NOTE_LENGTH} characters.");
            let error = OrderUserError::at(OrderErrorCode::NoteTooLong, ["note"], message);
            return Ok(OrderPayload { order: None, user_errors: vec![error] });
        }
        let change = ChangeStatus {
            order_id: parse_id(&input.order_id)?,
            to: input.status.into(),
            actor: Actor::Staff(ctx.signed_in()?.user_id),
            may_pay_back: ctx.may(Permission::ManagePayments),
            note: input.note,
            at: ctx.app().clock.now(),
        };
        step(ctx, change).await
    }
}

async fn step(ctx: &Context<'_>, change: ChangeStatus) -> Result<OrderPayload> {
    let changed = {
        let mut conn = ctx.conn().await?;
        change_status(&mut conn, &change).await
    };
    if let Err(ActionError::Refused(reasons)) = &changed
        && reasons.contains(&ChangeRefusal::MayNotPayBack)
    {
        Requires(Permission::ManagePayments).demand(ctx)?;
    }
    let (changed, user_errors) = settle(changed)?;
    let order = match changed {
        None => None,
        Some(()) => {
            // A cancelled order's stock is free again, a shipped one's has left.
            ctx.loaders().forget_orders().await;
            ctx.loaders().forget_products().await;
            queries::orders_by_ids(&*ctx.conn().await?, &[change.order_id]).await?.pop()
        }
    };
    Ok(OrderPayload { order: order.map(Order), user_errors })
}

async fn answer(ctx: &Context<'_>, placed: Placed) -> Result<OrderPlacePayload> {
    let order = queries::orders_by_ids(&*ctx.conn().await?, &[placed.order_id]).await?.pop();
    Ok(OrderPlacePayload { order: order.map(Order), token: placed.token, user_errors: Vec::new() })
}

/// The order as the domain takes it, or everything that is wrong with the input.
async fn checked(
    ctx: &Context<'_>,
    input: OrderPlaceInput,
) -> Result<std::result::Result<PlaceOrder, Vec<OrderUserError>>> {
    let mut problems = Vec::new();
    let customer = ctx.viewer().user_id();
    let email = match (&input.email, customer) {
        (Some(email), _) => Email::parse(email).ok().map(|email| email.as_str().to_owned()),
        (None, Some(id)) => ctx.loaders().users.load(id).await?.map(|user| user.email),
        (None, None) => None,
    };
    if email.is_none() {
        let message = "Give an e-mail address such as ada@example.com, to write to about the order.";
        problems.push(OrderUserError::at(OrderErrorCode::EmailInvalid, ["email"], message));
    }
    if input.idempotency.is_invalid() {
        let message = format!("An idempotency key has 1 to {MAX_KEY_LENGTH} characters.");
        problems.push(OrderUserError::at(OrderErrorCode::IdempotencyKeyInvalid, ["idempotencyKey"], message));
    }
    let saved = match &input.shipping_address_id {
        None => None,
        Some(id) => Some(saved_address(ctx, id).await?),
    };
    let mut address = |part: &'static str, address: Address| match address.checked() {
        Ok(address) => Some(address),
        Err(wrong) => {
            problems.extend(wrong.into_iter().map(|wrong| {
                OrderUserError::at(OrderErrorCode::AddressInvalid, [part, wrong.field], wrong.problem)
            }));
            None
        }
    };
    let billing_address = input.billing_address.and_then(|billing| address("billingAddress", billing.into()));
    let shipping_address = match (input.shipping_address, saved) {
        (Some(given), None) => address("shippingAddress", given.into()),
        (None, Some(Some(saved))) => Some(saved),
        (None, Some(None)) => {
            let message = "There is no address with this id in your address book.";
            problems.push(OrderUserError::at(OrderErrorCode::AddressInvalid, ["shippingAddressId"], message));
            None
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "Give exactly one of 'shippingAddress' and 'shippingAddressId'.";
            problems.push(OrderUserError::at(OrderErrorCode::AddressInvalid, ["shippingAddress"], message));
            None
        }
    };
    let currency = ctx.app().config.shop.currency;
    let expected_total = match &input.expected_total {
        None => None,
        Some(decimal) => Some(Money::parse(&decimal.0, currency)?.minor),
    };
    let cart_id = input.cart_id.as_ref().map(parse_id).transpose()?;
    let shipping_method = input.shipping_method_id.as_ref().map(parse_id).transpose()?;
    let (Some(email), Some(shipping_address), true) = (email, shipping_address, problems.is_empty()) else {
        return Ok(Err(problems));
    };
    Ok(Ok(PlaceOrder {
        cart: CartSelector { cart_id, token: input.cart_token, user: customer },
        customer,
        email,
        shipping_address,
        billing_address,
        shipping_method,
        expected_total,
        shop: (&ctx.app().config.shop).into(),
        expires_at: ctx.app().clock.now() + ctx.app().config.orders.hold,
    }))
}

/// An address of the viewer's own book; none when it is not there, or not theirs.
async fn saved_address(ctx: &Context<'_>, id: &ID) -> Result<Option<Address>> {
    let saved = ctx.loaders().saved_addresses.load(parse_id(id)?).await?;
    let own = saved.filter(|saved| ctx.viewer().user_id() == Some(saved.user_id));
    Ok(own.map(|saved| saved.address()))
}

impl From<PlaceRefusal> for OrderUserError {
    fn from(reason: PlaceRefusal) -> Self {
        match reason {
            PlaceRefusal::CartNotFound => Self::new(
                OrderErrorCode::CartNotFound,
                "There is no such cart: fill one with cartLinesAdd, and give its token unless you are signed in.",
            ),
            PlaceRefusal::CartEmpty => Self::new(
                OrderErrorCode::CartEmpty,
                "The cart is empty: add something with cartLinesAdd first.",
            ),
            PlaceRefusal::Unavailable { product, variant } => Self::new(
                OrderErrorCode::ProductUnavailable,
                format!("{product} ({variant}) is no longer sold: remove it from the cart."),
            ),
            PlaceRefusal::OtherCurrency { product, variant, price } => Self::new(
                OrderErrorCode::CurrencyMismatch,
                format!("{product} ({variant}) is priced in {:?}: remove it from the cart.", price.currency),
            ),
            PlaceRefusal::InsufficientStock { product, variant, wanted, available } => Self::new(
                OrderErrorCode::InsufficientStock,
                format!("Of {product} ({variant}) only {available} can be bought, not {wanted}."),
            ),
            PlaceRefusal::ShippingUnavailable { country } => Self::new(
                OrderErrorCode::ShippingUnavailable,
                format!("Nothing can be sent to {country}, or nothing as heavy as this."),
            ),
            PlaceRefusal::ShippingMethodUnavailable => Self::at(
                OrderErrorCode::ShippingMethodUnavailable,
                ["shippingMethodId"],
                "The method does not take this order there: choose one of the cart's 'availableShippingMethods'.",
            ),
            PlaceRefusal::Discount { code, problem } => {
                Self::new(discount_code(problem), super::super::cart::in_words(&code, problem))
            }
            PlaceRefusal::TotalChanged { expected, actual } => Self::at(
                OrderErrorCode::TotalChanged,
                ["expectedTotal"],
                format!("The total is now {actual:?}, not {expected:?}: show the cart again."),
            ),
            PlaceRefusal::TotalTooLarge => {
                Self::new(OrderErrorCode::TotalTooLarge, "The total is larger than an order can be.")
            }
        }
    }
}

fn discount_code(problem: DiscountProblem) -> OrderErrorCode {
    match problem {
        DiscountProblem::NotFound => OrderErrorCode::DiscountNotFound,
        DiscountProblem::NotStarted { .. } => OrderErrorCode::DiscountNotStarted,
        DiscountProblem::Expired => OrderErrorCode::DiscountExpired,
        DiscountProblem::Minimum { .. } => OrderErrorCode::DiscountMinimum,
        DiscountProblem::UsedUp => OrderErrorCode::DiscountUsedUp,
        DiscountProblem::UsedUpByCustomer => OrderErrorCode::DiscountUsedUpByCustomer,
    }
}

impl From<ChangeRefusal> for OrderUserError {
    fn from(reason: ChangeRefusal) -> Self {
        match reason {
            ChangeRefusal::NotFound => {
                Self::at(OrderErrorCode::NotFound, ["orderId"], "There is no such order, or it is not yours.")
            }
            ChangeRefusal::WrongTransition { from, to } => {
                let next: Vec<&str> = from.next().iter().map(|status| status.as_str()).collect();
                let next = if next.is_empty() { "nothing".to_owned() } else { next.join(" or ") };
                let message =
                    format!("An order that is {} can become {next}, not {}.", from.as_str(), to.as_str());
                Self::at(OrderErrorCode::WrongTransition, ["status"], message)
            }
            ChangeRefusal::PartlyShipped => Self::at(
                OrderErrorCode::PartlyShipped,
                ["orderId"],
                "A part of the order has left the shop: cancel what is left of it with orderLinesCancel.",
            ),
            // Answered with FORBIDDEN before it comes here.
            ChangeRefusal::MayNotPayBack => Self::at(
                OrderErrorCode::WrongTransition,
                ["status"],
                "Money would go back, which needs the permission MANAGE_PAYMENTS.",
            ),
            ChangeRefusal::NoLongerPending { status } => Self::at(
                OrderErrorCode::NoLongerPending,
                ["orderId"],
                format!("The order is already {}: ask the shop to cancel it.", status.as_str()),
            ),
        }
    }
}
