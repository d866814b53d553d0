//! `User`.

use async_graphql::{Context, Description, Enum, ID, Object};

use super::super::auth::Requires;
use super::super::context::ContextExt;
use super::super::error::Result;
use super::super::orders::{Order, orders_of};
use super::super::relay::Connection;
use super::super::scalars::DateTime;
use crate::accounts::{self, Permission};
use crate::pagination::PageArguments;

/// What an account may be.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(name = "Role", remote = "accounts::Role")]
pub(crate) enum RoleEnum {
    /// Shops.
    Customer,
    /// Runs the shop from day to day.
    Staff,
    /// Runs the shop and its accounts.
    Admin,
}

/// An account, as its owner and those who may read accounts see it.
#[derive(Description)]
pub(crate) struct User(pub accounts::User);

#[Object(use_type_description)]
impl User {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The address it signs in with, in lower case.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// What to call them.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the account may be. A change takes effect with the next access token.
    async fn roles(&self) -> Vec<RoleEnum> {
        self.0.roles().into_iter().map(Into::into).collect()
    }

    /// Its orders, newest first.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
    ) -> Result<Connection<Order>> {
        if ctx.viewer().user_id() != Some(self.0.id) {
            Requires(Permission::ReadOrders).demand(ctx)?;
        }
        orders_of(ctx, self.0.id, &PageArguments { first, after, last, before }).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// Whether the viewer may see the account: their own, and any with the permission.
pub(in crate::graphql) fn visible(ctx: &Context<'_>, user: &accounts::User) -> bool {
    (ctx.viewer().user_id() == Some(user.id) && user.is_living()) || ctx.may(Permission::ReadUsers)
}
