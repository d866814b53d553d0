//! The address of an account: proving it, changing it.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::super::auth::{AnyAccount, auth};
use super::super::super::context::ContextExt;
use super::super::super::cost::cost;
use super::super::super::error::Result;
use super::super::super::keyed::Idempotency;
use super::super::super::user_error::settle;
use super::super::attempts::{attempt, meet, own_account};
use super::super::errors::AccountUserError;
use super::super::user::User;
use crate::accounts::{self, EmailChangeRefusal, MailedToken, VerifyEmailRefusal};
use crate::error::Outcome;

/// The letter that proves an address is to be sent.
#[derive(InputObject, Default)]
pub(crate) struct EmailVerificationRequestInput {
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of asking for the letter that proves an address.
#[derive(SimpleObject)]
pub(crate) struct EmailVerificationRequestPayload {
    /// The account. No letter is sent if its address is verified already.
    user: Option<User>,
    /// Why no letter is sent.
    user_errors: Vec<AccountUserError>,
}

/// The token of a letter.
#[derive(InputObject)]
pub(crate) struct EmailVerifyInput {
    /// What the letter's link ends with.
    token: String,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of a token.
#[derive(SimpleObject)]
pub(crate) struct EmailVerifyPayload {
    /// The e-mail address that is verified now; null when none is.
    email: Option<String>,
    /// The account; null unless it is the viewer's.
    user: Option<User>,
    /// Why nothing was verified.
    user_errors: Vec<AccountUserError>,
}

/// Another e-mail address for the viewer's account.
#[derive(InputObject)]
pub(crate) struct EmailChangeRequestInput {
    /// The new e-mail address; capitals make no difference.
    email: String,
    /// The account's password.
    password: String,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of asking for another e-mail address.
#[derive(SimpleObject)]
pub(crate) struct EmailChangeRequestPayload {
    /// Where a letter is sent. It has the link that changes the address, unless another account has it.
    email: Option<String>,
    /// Why no letter is sent.
    user_errors: Vec<AccountUserError>,
}

/// Mutations of addresses.
#[derive(Default)]
pub(crate) struct EmailMutation;

#[Object]
impl EmailMutation {
    /// Has the letter that proves the address of the viewer's account sent once more; at most three an hour.
    #[graphql(guard = "AnyAccount", directive = auth::apply(vec![]))]
    async fn email_verification_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "input", desc = "What every mutation takes.", default)]
        _input: EmailVerificationRequestInput,
    ) -> Result<EmailVerificationRequestPayload> {
        let (app, viewer) = (ctx.app(), ctx.signed_in()?);
        let outcome = {
            let conn = ctx.conn().await?;
            accounts::request_verification(&conn, app.clock.now(), viewer.user_id).await
        };
        ctx.wake_worker().await;
        let (user, user_errors) = settle(outcome)?;
        Ok(EmailVerificationRequestPayload { user: user.map(User), user_errors })
    }

    /// Verifies an address by the token that was sent to it: that of a new account, or another one for which the account's
    /// owner has asked, which becomes the account's by it. Whoever has the token may do it, signed in or not; a second time
    /// changes nothing. Guest orders of the address are the account's from then on.
    async fn email_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: EmailVerifyInput,
    ) -> Result<EmailVerifyPayload> {
        let (user, user_errors) = settle(verify(ctx, &input.token).await)?;
        ctx.wake_worker().await;
        let email = user.as_ref().map(|user| user.email.clone());
        let user = user.filter(|user| ctx.viewer().user_id() == Some(user.id));
        if let Some(user) = &user {
            // By another name from now on.
            meet(ctx, &user.email).await;
        }
        let user = user.map(User);
        Ok(EmailVerifyPayload { email, user, user_errors })
    }

    /// Asks for another e-mail address for the viewer's account: a letter with a link goes there, at most three an hour, and
    /// the account keeps its address until the link's token comes back by `emailVerify`. The answer does not tell whether
    /// another account has it.
    #[graphql(
        guard = "AnyAccount",
        directive = auth::apply(vec![]),
        directive = cost::apply(50, None, None)
    )]
    async fn email_change_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address, and the account's password.")] input: EmailChangeRequestInput,
    ) -> Result<EmailChangeRequestPayload> {
        let (app, viewer) = (ctx.app(), ctx.signed_in()?);
        let password = input.password.into();
        let work =
            accounts::request_email_change(ctx.db(), &app.passwords, viewer.user_id, &input.email, password);
        let is_wrong = |refusal: &EmailChangeRefusal| matches!(refusal, EmailChangeRefusal::Confirm(_));
        let (email, user_errors) = attempt(ctx, &own_account(ctx).await?, is_wrong, work).await?;
        ctx.wake_worker().await;
        Ok(EmailChangeRequestPayload { email: email.map(|email| email.to_string()), user_errors })
    }
}

async fn verify(ctx: &Context<'_>, token: &str) -> Outcome<accounts::User, VerifyEmailRefusal> {
    let app = ctx.app();
    let token = MailedToken::parse(token).ok_or(VerifyEmailRefusal::TokenInvalid)?;
    let mut conn = ctx.conn().await?;
    accounts::verify_email(&mut conn, app.clock.now(), &token).await
}
