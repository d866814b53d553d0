//! `User`.

use async_graphql::{Context, Enum, ID, Object};

use super::super::context::ContextExt;
use super::super::scalars::DateTime;
use crate::accounts::{self, Permission};

/// What an account may be.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(name = "Role", remote = "accounts::Role")]
pub enum RoleEnum {
    /// Shops.
    Customer,
    /// Runs the shop from day to day.
    Staff,
    /// Runs the shop and its accounts.
    Admin,
}

/// An account, as its owner and those who may read accounts see it.
pub struct User(pub accounts::User);

#[Object]
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

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// Whether the viewer may see the account: their own, and any with the permission.
pub(in crate::graphql) fn visible(ctx: &Context<'_>, user: &accounts::User) -> bool {
    (ctx.viewer().user_id() == Some(user.id) && user.is_living()) || ctx.may(Permission::ReadUsers)
}
