//! A new password for those who forgot theirs.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::super::context::ContextExt;
use super::super::super::cost::cost;
use super::super::super::error::Result;
use super::super::super::keyed::Idempotency;
use super::super::super::user_error::settle;
use super::super::attempts::vouch;
use super::super::cookies::clear_if_over;
use super::super::errors::AccountUserError;
use crate::accounts::{self, MailedToken, ResetPasswordRefusal};
use crate::error::Outcome;

/// Whose password was forgotten.
#[derive(InputObject)]
pub(crate) struct PasswordResetRequestInput {
    /// The account's address; capitals make no difference.
    email: String,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of asking for a new password.
#[derive(SimpleObject)]
pub(crate) struct PasswordResetRequestPayload {
    /// Whether a letter is sent if there is an account with the address; whether there is one is not told.
    requested: bool,
    /// Why nothing was looked for.
    user_errors: Vec<AccountUserError>,
}

/// A new password.
#[derive(InputObject)]
pub(crate) struct PasswordResetInput {
    /// What the letter's link ends with.
    token: String,
    /// 8 to 128 characters of any kind.
    password: String,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of a new password.
#[derive(SimpleObject)]
pub(crate) struct PasswordResetPayload {
    /// The address to sign in with; null when the password stays as it is.
    email: Option<String>,
    /// Why the password stays.
    user_errors: Vec<AccountUserError>,
}

/// Mutations of forgotten passwords.
#[derive(Default)]
pub(crate) struct PasswordResetMutation;

#[Object]
impl PasswordResetMutation {
    /// Has a letter with the link for a new password sent to an account's address; at most three an hour. The answer is the
    /// same whether there is such an account or not.
    #[graphql(directive = cost::apply(50, None, None))]
    async fn password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] input: PasswordResetRequestInput,
    ) -> Result<PasswordResetRequestPayload> {
        let outcome = {
            let conn = ctx.conn().await?;
            accounts::request_password_reset(&conn, &input.email).await
        };
        ctx.wake_worker().await;
        let (requested, user_errors) = settle(outcome)?;
        Ok(PasswordResetRequestPayload { requested: requested.is_some(), user_errors })
    }

    /// Sets a new password by the token that was sent to the account's address, once, and ends every session of the account.
    /// Nobody is signed in by it. The address is verified by it.
    #[graphql(directive = cost::apply(50, None, None))]
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token, and the new password.")] input: PasswordResetInput,
    ) -> Result<PasswordResetPayload> {
        let (user, user_errors) = settle(reset(ctx, input).await)?;
        if let Some(user) = &user {
            ctx.wake_worker().await;
            vouch(ctx, &user.email).await;
            ctx.spread_recalls().await;
            clear_if_over(ctx).await?;
        }
        Ok(PasswordResetPayload { email: user.map(|user| user.email), user_errors })
    }
}

async fn reset(
    ctx: &Context<'_>,
    input: PasswordResetInput,
) -> Outcome<accounts::User, ResetPasswordRefusal> {
    let app = ctx.app();
    let token = MailedToken::parse(&input.token).ok_or(ResetPasswordRefusal::TokenInvalid)?;
    let password = input.password.into();
    accounts::reset_password(ctx.db(), &app.passwords, app.clock.now(), &token, password).await
}
