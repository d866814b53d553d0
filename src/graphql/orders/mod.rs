//! Orders in the schema.

use async_graphql::{Context, Enum, ID, Object};

use super::context::ContextExt;
use crate::accounts::Permission;
use crate::{orders, secrets};

/// Where an order is in its life.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "orders::OrderStatus")]
pub enum OrderStatus {
    /// Placed; its stock is reserved, its payment is awaited.
    Pending,
    /// Paid in full.
    Paid,
    /// Being picked and packed.
    Processing,
    /// On its way; its stock has left the shop.
    Shipped,
    /// With the customer.
    Delivered,
    /// Given up before it was shipped; its stock is free again.
    Cancelled,
    /// Paid back.
    Refunded,
}

/// What was bought, by whom, and where it is in its life.
pub struct Order(pub orders::Order);

#[Object]
impl Order {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its number, for people.
    async fn number(&self) -> i64 {
        self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> OrderStatus {
        self.0.status().into()
    }
}

/// Whether the viewer may see the order: its owner, whoever holds its token, and those who may see all.
pub(in crate::graphql) fn may_see(ctx: &Context<'_>, order: &orders::Order, token: Option<&str>) -> bool {
    let owns = order.user_id.is_some() && order.user_id == ctx.viewer().user_id();
    let holds_token = match (&order.token_hash, token) {
        // Digests of random tokens: comparing them tells nothing about the token.
        (Some(hash), Some(token)) => hash.as_slice() == secrets::sha256(token.as_bytes()),
        _ => false,
    };
    owns || holds_token || ctx.may(Permission::ReadOrders)
}
