//! Queries of accounts.

use async_graphql::{Context, Object};

use super::super::context::ContextExt;
use super::super::error::Result;
use super::user::User;
use crate::accounts;

/// Queries of accounts.
#[derive(Default)]
pub(crate) struct AccountQuery;

#[Object]
impl AccountQuery {
    /// Whoever sends the request; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = ctx.viewer().user_id() else {
            return Ok(None);
        };
        let user = ctx.loaders().users.load(id).await?;
        Ok(user.filter(accounts::User::is_living).map(User))
    }
}
