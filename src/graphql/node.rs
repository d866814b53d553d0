//! `node(id:)`: anything that has an id, by that id alone.

use async_graphql::{Context, ID, Interface, Object};
use uuid::Uuid;

use super::accounts::{SavedAddress, User};
use super::cart::{Cart, own_cart};
use super::catalog::{Category, Product, ProductVariant};
use super::context::ContextExt;
use super::cost::{by, cost};
use super::error::{ApiError, Result};
use super::fulfilment::{OrderReturn, Shipment};
use super::live::OrderEvent;
use super::orders::{Order, may_see};
use super::payments::{Payment, Refund};
use super::pricing::{Discount, ShippingMethod, TaxRate};
use super::reviews::Review;
use super::webhooks::{WebhookDelivery, WebhookEndpoint};
use crate::accounts::Permission;
use crate::ids::{AnyId, OrderId, ProductId};
use crate::reviews;

/// A thing with an id that is good in `node(id:)`.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id, unique among all things of the shop."))]
#[expect(clippy::large_enum_variant, reason = "few nodes are in an answer")]
pub(crate) enum Node {
    /// A cart: only your account's.
    Cart(Cart),
    /// A category.
    Category(Category),
    /// A discount: for those who manage them.
    Discount(Discount),
    /// An order: your own, or any for staff.
    Order(Order),
    /// Something that happened to an order.
    OrderEvent(OrderEvent),
    /// What came back of an order: of your own, or of any for staff.
    OrderReturn(OrderReturn),
    /// A payment: of your own orders, or any for staff.
    Payment(Payment),
    /// A product.
    Product(Product),
    /// A variant.
    ProductVariant(ProductVariant),
    /// A refund: of your own orders, or any for staff.
    Refund(Refund),
    /// A review.
    Review(Review),
    /// An address: only of your account's book.
    SavedAddress(SavedAddress),
    /// A shipping method.
    ShippingMethod(ShippingMethod),
    /// A tax rate: for those who manage them.
    TaxRate(TaxRate),
    /// What left the shop of an order: of your own, or of any for staff.
    Shipment(Shipment),
    /// An account.
    User(User),
    /// A delivery to an endpoint: for those who manage webhooks.
    WebhookDelivery(WebhookDelivery),
    /// An endpoint: for those who manage webhooks.
    WebhookEndpoint(WebhookEndpoint),
}

/// The most ids `nodes` takes.
const MAX_NODES: usize = 100;

/// Anything by its id.
#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this id; null when there is none, or none for you.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The id of something that is a `Node`. Ids of other things, and texts that are no ids, are \
                    `BAD_USER_INPUT`."
        )]
        id: ID,
    ) -> Result<Option<Node>> {
        find(ctx, parse_any(&id)?).await
    }

    /// The things with these ids, in the same order; null for each that is not there, or not for you.
    #[graphql(directive = cost::apply(1, by(&["ids"]), Some(10)))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most 100 ids of things that are `Node`s; with another, nothing is answered but `BAD_USER_INPUT`."
        )]
        ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            return Err(ApiError::bad_input(format!(
                "'ids' takes at most {MAX_NODES} ids, not {}.",
                ids.len()
            )));
        }
        let ids: Vec<AnyId> = ids.iter().map(parse_any).collect::<Result<_>>()?;
        futures_util::future::try_join_all(ids.into_iter().map(|id| find(ctx, id))).await
    }
}

fn parse_any(id: &ID) -> Result<AnyId> {
    Ok(id.as_str().parse()?)
}

/// What a thing belongs to, which decides who sees it; for a thing that is not there something that is not there either: it is
/// looked for all the same, so that a hidden thing and none at all take the same time.
fn owner_of<T, I>(thing: Option<&T>, owner: impl Fn(&T) -> I, id: impl Fn(Uuid) -> I) -> I {
    thing.map_or_else(|| id(Uuid::nil()), owner)
}

async fn find(ctx: &Context<'_>, id: AnyId) -> Result<Option<Node>> {
    let loaders = ctx.loaders();
    Ok(match id {
        AnyId::ProductId(id) => {
            let product = loaders.products.load(id).await?;
            product
                .filter(|product| super::catalog::visible(ctx, product))
                .map(|product| Product(product).into())
        }
        AnyId::VariantId(id) => {
            let variant = loaders.variants.load(id).await?;
            let product = owner_of(variant.as_ref(), |variant| variant.product_id, ProductId);
            let product = loaders.products.load(product).await?;
            let visible = product.is_some_and(|product| super::catalog::visible(ctx, &product));
            variant.filter(|_| visible).map(|variant| ProductVariant(variant).into())
        }
        AnyId::CategoryId(id) => loaders.categories.load(id).await?.map(|category| Category(category).into()),
        AnyId::CartId(id) => own_cart(ctx, id).await?.map(Node::from),
        AnyId::OrderId(id) => {
            let order = loaders.orders.load(id).await?;
            order.filter(|order| may_see(ctx, order, None)).map(|order| Order(order).into())
        }
        AnyId::OrderEventId(id) => {
            let event = loaders.order_events.load(id).await?;
            let order = owner_of(event.as_ref(), |event| event.order_id, OrderId);
            let order = loaders.orders.load(order).await?;
            let visible = order.is_some_and(|order| may_see(ctx, &order, None));
            event.filter(|_| visible).map(|event| OrderEvent(event).into())
        }
        AnyId::PaymentId(id) => {
            let payment = loaders.payments.load(id).await?;
            let order = owner_of(payment.as_ref(), |payment| payment.order_id, OrderId);
            let order = loaders.orders.load(order).await?;
            let visible = order.is_some_and(|order| may_see(ctx, &order, None));
            payment.filter(|_| visible).map(|payment| Payment(payment).into())
        }
        AnyId::RefundId(id) => {
            let refund = loaders.refunds.load(id).await?;
            let order = owner_of(refund.as_ref(), |refund| refund.order_id, OrderId);
            let order = loaders.orders.load(order).await?;
            let visible = order.is_some_and(|order| may_see(ctx, &order, None));
            refund.filter(|_| visible).map(|refund| Refund(refund).into())
        }
        AnyId::ShipmentId(id) => {
            let shipment = loaders.shipments.load(id).await?;
            let order = owner_of(shipment.as_ref(), |shipment| shipment.order_id, OrderId);
            let order = loaders.orders.load(order).await?;
            let visible = order.is_some_and(|order| may_see(ctx, &order, None));
            shipment.filter(|_| visible).map(|shipment| Shipment(shipment).into())
        }
        AnyId::ReturnId(id) => {
            let back = loaders.returns.load(id).await?;
            let order = owner_of(back.as_ref(), |back| back.order_id, OrderId);
            let order = loaders.orders.load(order).await?;
            let visible = order.is_some_and(|order| may_see(ctx, &order, None));
            back.filter(|_| visible).map(|back| OrderReturn(back).into())
        }
        AnyId::UserId(id) => {
            let user = loaders.users.load(id).await?;
            user.filter(|user| super::accounts::visible(ctx, user)).map(|user| User(user).into())
        }
        AnyId::ReviewId(id) => {
            let review = loaders.reviews.load(id).await?;
            let product = owner_of(review.as_ref(), |review| review.product_id, ProductId);
            let product = loaders.products.load(product).await?;
            let visible = |review: &reviews::Review| super::reviews::visible(ctx, review, product.as_ref());
            review.filter(visible).map(|review| Review(review).into())
        }
        AnyId::AddressId(id) => {
            let saved = loaders.saved_addresses.load(id).await?;
            let own = saved.filter(|saved| ctx.viewer().user_id() == Some(saved.user_id));
            own.map(|saved| SavedAddress(saved).into())
        }
        AnyId::ShippingMethodId(id) => {
            let method = loaders.shipping_methods.load(id).await?;
            let visible = method.filter(|method| super::pricing::visible(ctx, method));
            visible.map(|method| ShippingMethod(method).into())
        }
        AnyId::TaxRateId(id) => {
            let rate = loaders.tax_rates.load(id).await?;
            rate.filter(|_| ctx.may(Permission::ManagePricing)).map(|rate| TaxRate(rate).into())
        }
        AnyId::DiscountId(id) => {
            let discount = loaders.discounts.load(id).await?;
            let visible = discount.filter(|_| ctx.may(Permission::ManagePricing));
            visible.map(|discount| Discount(discount).into())
        }
        AnyId::WebhookDeliveryId(id) => {
            let delivery = loaders.webhook_deliveries.load(id).await?;
            let visible = ctx.may(Permission::ManageWebhooks);
            delivery.filter(|_| visible).map(|delivery| WebhookDelivery(delivery).into())
        }
        AnyId::WebhookEndpointId(id) => {
            let endpoint = loaders.webhook_endpoints.load(id).await?;
            let visible = ctx.may(Permission::ManageWebhooks);
            endpoint.filter(|_| visible).map(|endpoint| WebhookEndpoint(endpoint).into())
        }
        // Named one by one, so that a new kind of thing has to be decided about.
        AnyId::AccountEventId(_)
        | AnyId::SessionId(_)
        | AnyId::JobId(_)
        | AnyId::OptionId(_)
        | AnyId::ImageId(_)
        | AnyId::CartLineId(_)
        | AnyId::OrderLineId(_)
        | AnyId::PaymentTransactionId(_)
        | AnyId::OutboxId(_) => {
            return Err(ApiError::bad_input(format!(
                "'{id}' is not the id of a node: ask for what it belongs to, by that one's id."
            )));
        }
    })
}
