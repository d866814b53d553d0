//! `User`.

use async_graphql::{Context, Description, Enum, ID, Object};

use super::super::auth::{Owner, OwnerOr, Requires, auth, owner};
use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::orders::{Order, orders_of};
use super::super::relay::Connection;
use super::super::scalars::DateTime;
use super::account_event::{AccountEvent, events_of};
use super::living_session::{LivingSession, sessions_of};
use super::saved_address::SavedAddress;
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

/// Whether an account is used.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "accounts::listing::AccountStatus")]
pub(crate) enum AccountStatus {
    /// Its owner can sign in.
    Active,
    /// It was closed.
    Deactivated,
}

/// An account, as its owner, those who may read accounts, and those who may read an order of its see it.
#[derive(Description)]
pub(crate) struct User(pub accounts::User);

#[Object(use_type_description)]
impl User {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The address it signs in with, in lower case; one that nobody has where the account was erased.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Whether its owner has shown that they read what is sent to the address.
    async fn email_verified(&self) -> bool {
        self.0.email_verified_at.is_some()
    }

    /// What to call them; empty where the account was erased.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the account may be. After a change its access tokens have to be renewed, within a minute.
    async fn roles(&self) -> Vec<RoleEnum> {
        self.0.roles().into_iter().map(Into::into).collect()
    }

    /// Its orders, newest first.
    #[graphql(
        guard = "OwnerOr(self.0.id, Permission::ReadOrders)",
        directive = owner::apply(),
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
    ) -> Result<Connection<Order>> {
        orders_of(ctx, self.0.id, &PageArguments { first, after, last, before }).await
    }

    /// Its address book, in the order it was written in; at most 50 addresses.
    #[graphql(guard = "Owner(self.0.id)", directive = owner::apply())]
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<SavedAddress>> {
        let saved = ctx.loaders().addresses_of.load_all(self.0.id).await?;
        Ok(saved.into_iter().map(SavedAddress).collect())
    }

    /// Where its owner is signed in, newest first. A session that was ended is not among them.
    #[graphql(
        guard = "Owner(self.0.id)",
        directive = owner::apply(),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
    ) -> Result<Connection<LivingSession>> {
        sessions_of(ctx, self.0.id, &PageArguments { first, after, last, before }).await
    }

    /// Whether it is used.
    #[graphql(
        guard = "Requires(Permission::ReadUsers)",
        directive = auth::apply(vec![Permission::ReadUsers.into()])
    )]
    async fn status(&self) -> AccountStatus {
        if self.0.is_living() { AccountStatus::Active } else { AccountStatus::Deactivated }
    }

    /// When it was closed; null while it is used.
    #[graphql(
        guard = "Requires(Permission::ReadUsers)",
        directive = auth::apply(vec![Permission::ReadUsers.into()])
    )]
    async fn deactivated_at(&self) -> Option<DateTime> {
        self.0.deleted_at.map(DateTime)
    }

    /// When its name, its address and all else that tells who its owner was were erased; null unless they were.
    #[graphql(
        guard = "Requires(Permission::ReadUsers)",
        directive = auth::apply(vec![Permission::ReadUsers.into()])
    )]
    async fn erased_at(&self) -> Option<DateTime> {
        self.0.erased_at.map(DateTime)
    }

    /// What was done to it, newest first: its password and its roles changed, it was closed.
    #[graphql(
        guard = "Requires(Permission::ManageUsers)",
        directive = auth::apply(vec![Permission::ManageUsers.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
    ) -> Result<Connection<AccountEvent>> {
        events_of(ctx, self.0.id, &PageArguments { first, after, last, before }).await
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
