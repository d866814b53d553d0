//! Queries of orders.

use async_graphql::{Context, ID, Object};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::cost::{by, cost};
use super::super::error::{ApiError, Result};
use super::super::relay::Connection;
use super::inputs::OrderFilter;
use super::order::Order;
use crate::accounts::Permission;
use crate::ids::UserId;
use crate::orders::queries::{self, NEWEST_ORDERS, OrderKey};
use crate::orders::{self, is_of_token};
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};
use crate::secrets;

/// Queries of orders.
#[derive(Default)]
pub struct OrderQuery;

#[Object]
impl OrderQuery {
    /// One order, by exactly one of id and number, or by its token alone. Customers see their own, guests those whose
    /// token they hold, staff all. Null when there is none, or none for you.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its number.")] number: Option<i64>,
        #[graphql(desc = "A guest order's token, from orderPlace.")] token: Option<String>,
    ) -> Result<Option<Order>> {
        let key = match (id, number, &token) {
            (Some(id), None, _) => OrderKey::Id(parse_id(&id)?),
            (None, Some(number), _) => OrderKey::Number(number),
            (None, None, Some(token)) => OrderKey::TokenHash(secrets::sha256(token.as_bytes())),
            _ => {
                return Err(ApiError::bad_input(
                    "Give exactly one of 'id' and 'number', or a guest order's 'token'.",
                ));
            }
        };
        let order = queries::order_by_key(&*ctx.conn().await?, &key).await?;
        Ok(order.filter(|order| may_see(ctx, order, token.as_deref())).map(Order))
    }

    /// The shop's orders, newest first.
    #[graphql(
        guard = "Requires(Permission::ReadOrders)",
        directive = auth::apply(vec![Permission::ReadOrders.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
        #[graphql(desc = "Which orders.")] filter: Option<OrderFilter>,
    ) -> Result<Connection<Order>> {
        let page = PageArguments { first, after, last, before }.validate(NEWEST_ORDERS, KeyKind::Int)?;
        let filter = filter.unwrap_or_default().conditions()?;
        let rows = queries::orders_page(&*ctx.conn().await?, &filter, &page).await?;
        Ok(Connection::new(rows, place, move |db| {
            let filter = filter.clone();
            Box::pin(async move { Ok(queries::count_orders(&*db.get().await?, &filter).await?) })
        }))
    }
}

/// Whether the viewer may see the order: its owner, whoever holds its token, and those who may see all.
pub(in crate::graphql) fn may_see(ctx: &Context<'_>, order: &orders::Order, token: Option<&str>) -> bool {
    let owns = order.user_id.is_some() && order.user_id == ctx.viewer().user_id();
    owns || is_of_token(order, token) || ctx.may(Permission::ReadOrders)
}

/// A page of a customer's orders, newest first, read together with those of other customers in the same answer.
pub(in crate::graphql) async fn orders_of(
    ctx: &Context<'_>,
    user: UserId,
    page: &PageArguments,
) -> Result<Connection<Order>> {
    let page = page.validate(NEWEST_ORDERS, KeyKind::Int)?;
    let rows = ctx.loaders().orders_of.load_all((user, page.clone())).await?;
    Ok(Connection::new(page.cut(rows), place, move |db| {
        Box::pin(async move { Ok(queries::count_orders_of(&*db.get().await?, user).await?) })
    }))
}

/// Orders are sorted by id alone; the cursor's key is only for show.
fn place(order: orders::Order) -> (Cursor, Order) {
    (Cursor::new(NEWEST_ORDERS, SortKey::Int(order.number), order.id.0), Order(order))
}
