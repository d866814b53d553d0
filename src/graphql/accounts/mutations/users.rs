//! What those who manage accounts do with others'.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::super::super::auth::{Requires, auth};
use super::super::super::context::{ContextExt, parse_id};
use super::super::super::error::Result;
use super::super::super::keyed::Idempotency;
use super::super::super::user_error::settle;
use super::super::errors::AccountUserError;
use super::super::user::{RoleEnum, User};
use crate::accounts::{self, ManageRefusal, Permission, Role};
use crate::error::Outcome;

/// What an account is to be.
#[derive(InputObject)]
pub(crate) struct UserRolesUpdateInput {
    /// Which account.
    user_id: ID,
    /// All its roles. Every account is a customer's, named or not.
    roles: Vec<RoleEnum>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// An account to be closed.
#[derive(InputObject)]
pub(crate) struct UserDeactivateInput {
    /// Which account.
    user_id: ID,
    /// Whether all that tells who its owner was is to be erased too, as they asked; also of an account that was closed
    /// before. It cannot be taken back.
    #[graphql(default)]
    erase: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// An account that was changed, or why not.
#[derive(SimpleObject)]
pub(crate) struct UserPayload {
    /// The account as it is now; null when nothing was changed.
    user: Option<User>,
    /// Why nothing was changed.
    user_errors: Vec<AccountUserError>,
}

/// Mutations of others' accounts.
#[derive(Default)]
pub(crate) struct UserMutation;

#[Object]
impl UserMutation {
    /// Gives an account these roles and takes all others from it; never more than you have yourself, and never the last
    /// administrator's. Its access tokens have to be renewed, and tell of it then; within a minute.
    #[graphql(
        guard = "Requires(Permission::ManageUsers)",
        directive = auth::apply(vec![Permission::ManageUsers.into()])
    )]
    async fn user_roles_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account, and what it is to be.")] input: UserRolesUpdateInput,
    ) -> Result<UserPayload> {
        let user = parse_id(&input.user_id)?;
        let roles: Vec<Role> = input.roles.into_iter().map(Into::into).collect();
        let actor = ctx.signed_in()?.user_id;
        let updated = {
            let mut conn = ctx.conn().await?;
            accounts::update_roles(&mut conn, actor, user, &roles).await
        };
        answer(ctx, updated).await
    }

    /// Closes an account and ends its sessions. Nobody can sign in to it any more, and its address is free again. Doing it
    /// again changes nothing.
    #[graphql(
        guard = "Requires(Permission::ManageUsers)",
        directive = auth::apply(vec![Permission::ManageUsers.into()])
    )]
    async fn user_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account, and whether to erase it.")] input: UserDeactivateInput,
    ) -> Result<UserPayload> {
        let user = parse_id(&input.user_id)?;
        let (actor, now) = (ctx.signed_in()?.user_id, ctx.app().clock.now());
        let closed = {
            let mut conn = ctx.conn().await?;
            accounts::deactivate_user(&mut conn, now, actor, user, input.erase).await
        };
        answer(ctx, closed).await
    }
}

async fn answer(ctx: &Context<'_>, outcome: Outcome<accounts::User, ManageRefusal>) -> Result<UserPayload> {
    let (user, user_errors) = settle(outcome)?;
    if user.is_some() {
        ctx.spread_recalls().await;
        ctx.loaders().forget_users().await;
    }
    Ok(UserPayload { user: user.map(User), user_errors })
}
