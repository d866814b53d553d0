//! What somebody does with their own account.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::super::auth::{AnyAccount, auth};
use super::super::super::context::ContextExt;
use super::super::super::cost::cost;
use super::super::super::error::Result;
use super::super::super::keyed::Idempotency;
use super::super::super::user_error::settle;
use super::super::attempts::{attempt, own_account};
use super::super::cookies::clear_if_over;
use super::super::errors::AccountUserError;
use super::super::user::User;
use crate::accounts::{self, ChangePasswordRefusal, DeactivateRefusal, PasswordChange};

/// A password and the one to take its place.
#[derive(InputObject)]
pub(crate) struct PasswordChangeInput {
    /// The password as it is.
    current_password: String,
    /// The password to be: 8 to 128 characters of any kind.
    new_password: String,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of changing a password.
#[derive(SimpleObject)]
pub(crate) struct PasswordChangePayload {
    /// Whose password it is; null when it was not changed.
    user: Option<User>,
    /// Why it was not changed.
    user_errors: Vec<AccountUserError>,
}

/// What is to change; what is left out stays.
#[derive(InputObject)]
pub(crate) struct AccountUpdateInput {
    /// What to call them; at most 200 characters.
    name: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// An account that was changed, or why not.
#[derive(SimpleObject)]
pub(crate) struct AccountUpdatePayload {
    /// The account as it is now; null when nothing was changed.
    user: Option<User>,
    /// Why nothing was changed.
    user_errors: Vec<AccountUserError>,
}

/// The account is to be closed.
#[derive(InputObject)]
pub(crate) struct AccountDeactivateInput {
    /// Its password.
    password: String,
    /// Whether all that tells who its owner was is to be erased too: name, e-mail address, address book, cart. Orders stay
    /// with the addresses they went to, as the law asks of a shop. It cannot be taken back.
    #[graphql(default)]
    erase: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of closing an account.
#[derive(SimpleObject)]
pub(crate) struct AccountDeactivatePayload {
    /// Whether it is closed now. Its sessions have ended, this one included, and its address is free again.
    deactivated: bool,
    /// Why it is not.
    user_errors: Vec<AccountUserError>,
}

/// Mutations of one's own account.
#[derive(Default)]
pub(crate) struct OwnAccountMutation;

#[Object]
impl OwnAccountMutation {
    /// Changes the viewer's password and ends all their sessions but this one. A letter tells them of it.
    #[graphql(
        guard = "AnyAccount",
        directive = auth::apply(vec![]),
        directive = cost::apply(50, None, None)
    )]
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password as it is, and as it is to be.")] input: PasswordChangeInput,
    ) -> Result<PasswordChangePayload> {
        let app = ctx.app();
        let change =
            PasswordChange { current: input.current_password.into(), new: input.new_password.into() };
        let (viewer, now) = (ctx.signed_in()?, app.clock.now());
        let work = accounts::change_password(ctx.db(), &app.passwords, now, viewer, change);
        let is_wrong = |refusal: &ChangePasswordRefusal| matches!(refusal, ChangePasswordRefusal::Confirm(_));
        let (user, user_errors) = attempt(ctx, &own_account(ctx).await?, is_wrong, work).await?;
        if user.is_some() {
            ctx.spread_recalls().await;
            ctx.wake_worker().await;
            ctx.loaders().forget_sessions().await;
            clear_if_over(ctx).await?;
        }
        Ok(PasswordChangePayload { user: user.map(User), user_errors })
    }

    /// Changes what the viewer's account says of them.
    #[graphql(guard = "AnyAccount", directive = auth::apply(vec![]))]
    async fn account_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: AccountUpdateInput,
    ) -> Result<AccountUpdatePayload> {
        let viewer = ctx.signed_in()?.user_id;
        let updated = {
            let conn = ctx.conn().await?;
            accounts::update_account(&conn, viewer, input.name.as_deref()).await
        };
        let (user, user_errors) = settle(updated)?;
        if user.is_some() {
            ctx.loaders().forget_users().await;
        }
        Ok(AccountUpdatePayload { user: user.map(User), user_errors })
    }

    /// Closes the viewer's account. Nobody can sign in to it any more; its reviews stay, without a name. Cookies
    /// of its sessions are taken away.
    #[graphql(
        guard = "AnyAccount",
        directive = auth::apply(vec![]),
        directive = cost::apply(50, None, None)
    )]
    async fn account_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's password, and whether to erase it.")] input: AccountDeactivateInput,
    ) -> Result<AccountDeactivatePayload> {
        let app = ctx.app();
        let (viewer, now) = (ctx.signed_in()?.user_id, app.clock.now());
        let password = input.password.into();
        let work = accounts::deactivate(ctx.db(), &app.passwords, now, viewer, password, input.erase);
        let is_wrong = |refusal: &DeactivateRefusal| matches!(refusal, DeactivateRefusal::Confirm(_));
        let (user, user_errors) = attempt(ctx, &own_account(ctx).await?, is_wrong, work).await?;
        if user.is_some() {
            ctx.spread_recalls().await;
            ctx.loaders().forget_users().await;
            clear_if_over(ctx).await?;
        }
        Ok(AccountDeactivatePayload { deactivated: user.is_some(), user_errors })
    }
}
