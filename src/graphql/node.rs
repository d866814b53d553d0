//! `node(id:)`: anything that has an id, by that id alone.

use async_graphql::{Context, ID, Interface, Object};

use super::accounts::User;
use super::cart::{Cart, own_cart};
use super::catalog::{Category, Product, ProductVariant};
use super::context::ContextExt;
use super::error::{ApiError, Result};
use super::live::OrderEvent;
use super::orders::{Order, may_see};
use super::reviews::Review;
use crate::ids::AnyId;

/// A thing with an id that is good in `node(id:)`.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its id, unique among all things of the shop."))]
pub(crate) enum Node {
    /// A cart: only your account's.
    Cart(Cart),
    /// A category.
    Category(Category),
    /// An order: your own, or any for staff.
    Order(Order),
    /// Something that happened to an order.
    OrderEvent(OrderEvent),
    /// A product.
    Product(Product),
    /// A variant.
    ProductVariant(ProductVariant),
    /// A review.
    Review(Review),
    /// An account.
    User(User),
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
        #[graphql(desc = "The id of anything.")] id: ID,
    ) -> Result<Option<Node>> {
        find(ctx, parse_any(&id)?).await
    }

    /// The things with these ids, in the same order; null for each that is not there, or not for you.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 ids.")] ids: Vec<ID>,
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

async fn find(ctx: &Context<'_>, id: AnyId) -> Result<Option<Node>> {
    let loaders = ctx.loaders();
    Ok(match id {
        AnyId::ProductId(id) => {
            let product = loaders.products.load(id).await?;
            product
                .filter(|product| super::catalog::visible(ctx, product))
                .map(|product| Product(product).into())
        }
        AnyId::VariantId(id) => match loaders.variants.load(id).await? {
            None => None,
            Some(variant) => {
                let product = loaders.products.load(variant.product_id).await?;
                let visible = product.is_some_and(|product| super::catalog::visible(ctx, &product));
                visible.then(|| ProductVariant(variant).into())
            }
        },
        AnyId::CategoryId(id) => loaders.categories.load(id).await?.map(|category| Category(category).into()),
        AnyId::CartId(id) => own_cart(ctx, id).await?.map(Node::from),
        AnyId::OrderId(id) => {
            let order = loaders.orders.load(id).await?;
            order.filter(|order| may_see(ctx, order, None)).map(|order| Order(order).into())
        }
        AnyId::OrderEventId(id) => match loaders.order_events.load(id).await? {
            None => None,
            Some(event) => {
                let order = loaders.orders.load(event.order_id).await?;
                let visible = order.is_some_and(|order| may_see(ctx, &order, None));
                visible.then(|| OrderEvent(event).into())
            }
        },
        AnyId::UserId(id) => {
            let user = loaders.users.load(id).await?;
            user.filter(|user| super::accounts::visible(ctx, user)).map(|user| User(user).into())
        }
        AnyId::ReviewId(id) => match loaders.reviews.load(id).await? {
            Some(review) if super::reviews::visible(ctx, &review).await? => Some(Review(review).into()),
            _ => None,
        },
        // Named one by one, so that a new kind of thing has to be decided about.
        AnyId::SessionId(_)
        | AnyId::OptionId(_)
        | AnyId::ImageId(_)
        | AnyId::CartLineId(_)
        | AnyId::OrderLineId(_)
        | AnyId::OutboxId(_) => {
            return Err(ApiError::bad_input(format!(
                "'{id}' is not the id of a node: ask for what it belongs to, by that one's id."
            )));
        }
    })
}
