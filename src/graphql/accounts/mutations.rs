//! Mutations of accounts and sessions.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::cart::{CartMergeReport, merge_into};
use super::super::context::ContextExt;
use super::super::error::Result;
use super::super::user_error::settle;
use super::errors::{AccountErrorCode, AccountUserError};
use super::session::Session;
use super::user::User;
use crate::accounts::{self, RefreshRefusal, RefreshToken, Registration};
use crate::error::Outcome;

/// What a new customer enters.
#[derive(InputObject)]
pub(crate) struct AccountRegisterInput {
    /// The address to sign in with; capitals make no difference.
    email: String,
    /// 8 to 128 characters of any kind.
    password: String,
    /// What to call them; at most 200 characters.
    name: String,
    /// The token of the cart that they filled as a guest: its lines move to their account's cart.
    cart_token: Option<String>,
}

/// What came of a registration.
#[derive(SimpleObject)]
pub(crate) struct AccountRegisterPayload {
    /// The new account; null when there is none.
    user: Option<User>,
    /// Its first session; null when there is no new account.
    session: Option<Session>,
    /// What became of the guest's cart; null when no `cartToken` was given, when nobody was signed in, and when the cart
    /// could not be taken along, which `userErrors` tells.
    cart_merge: Option<CartMergeReport>,
    /// Why there is no new account: all the reasons. With one, only why the cart could not be taken along.
    user_errors: Vec<AccountUserError>,
}

/// What someone signs in with.
#[derive(InputObject)]
pub(crate) struct SessionCreateInput {
    /// The account's address; capitals make no difference.
    email: String,
    /// Its password.
    password: String,
    /// The token of a cart that was filled before signing in: its lines move to the account's cart.
    cart_token: Option<String>,
}

/// What came of signing in.
#[derive(SimpleObject)]
pub(crate) struct SessionCreatePayload {
    /// The new session; null when nobody was signed in.
    session: Option<Session>,
    /// What became of the guest's cart; null when no `cartToken` was given, when nobody was signed in, and when the cart
    /// could not be taken along, which `userErrors` tells.
    cart_merge: Option<CartMergeReport>,
    /// Why nobody was signed in. With a session, only why the cart could not be taken along.
    user_errors: Vec<AccountUserError>,
}

/// Which session to go on with.
#[derive(InputObject)]
pub(crate) struct SessionRefreshInput {
    /// The refresh token that was given last.
    refresh_token: String,
}

/// What came of a refresh.
#[derive(SimpleObject)]
pub(crate) struct SessionRefreshPayload {
    /// The same session with its next pair of tokens; null when there are none.
    session: Option<Session>,
    /// Why there are no new tokens.
    user_errors: Vec<AccountUserError>,
}

/// Which session to end.
#[derive(InputObject)]
pub(crate) struct SessionRevokeInput {
    /// A refresh token of the session; left out, it is the one whose access token signs the request.
    refresh_token: Option<String>,
}

/// What came of ending a session.
#[derive(SimpleObject)]
pub(crate) struct SessionRevokePayload {
    /// Whether a session was ended by this request; false when it had ended already.
    revoked: bool,
    /// Why no session could be looked for.
    user_errors: Vec<AccountUserError>,
}

/// Mutations of accounts and sessions.
#[derive(Default)]
pub(crate) struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Makes an account for a customer and signs them in.
    async fn account_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who they are.")] input: AccountRegisterInput,
    ) -> Result<AccountRegisterPayload> {
        let app = ctx.app();
        let registration =
            Registration { email: input.email, name: input.name, password: input.password.into() };
        let outcome =
            accounts::register(&app.db, &app.passwords, &app.tokens, app.clock.now(), registration).await;
        let (session, mut user_errors) = settle(outcome)?;
        let user = session.as_ref().map(|session| User(session.user.clone()));
        let cart_merge = take_cart_along(ctx, session.as_ref(), input.cart_token, &mut user_errors).await;
        Ok(AccountRegisterPayload { user, session: session.map(Session), cart_merge, user_errors })
    }

    /// Signs in: opens a session for whoever knows the password.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account and its password.")] input: SessionCreateInput,
    ) -> Result<SessionCreatePayload> {
        let app = ctx.app();
        let password = input.password.into();
        let now = app.clock.now();
        let outcome =
            accounts::sign_in(&app.db, &app.passwords, &app.tokens, now, &input.email, password).await;
        let (session, mut user_errors) = settle(outcome)?;
        let cart_merge = take_cart_along(ctx, session.as_ref(), input.cart_token, &mut user_errors).await;
        Ok(SessionCreatePayload { session: session.map(Session), cart_merge, user_errors })
    }

    /// Renews a session: the next pair of tokens for its refresh token, which is spent by that. A refresh token that was
    /// spent before ends the session, for then two parties have it. Send no Authorization header: the access token may
    /// have expired.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: SessionRefreshInput,
    ) -> Result<SessionRefreshPayload> {
        let (session, user_errors) = settle(refresh(ctx, &input.refresh_token).await)?;
        Ok(SessionRefreshPayload { session: session.map(Session), user_errors })
    }

    /// Signs out: ends a session. Its refresh token is good no longer, its access token until it expires. Ending it again
    /// changes nothing.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: SessionRevokeInput,
    ) -> Result<SessionRevokePayload> {
        let app = ctx.app();
        let now = app.clock.now();
        let revoked = match input.refresh_token {
            None => {
                let session = ctx.signed_in()?.session_id;
                accounts::sign_out(&*app.db.get().await?, session, now).await?
            }
            Some(text) => match RefreshToken::parse(&text) {
                Some(token) => accounts::sign_out_by_token(&*app.db.get().await?, &token, now).await?,
                None => {
                    let user_errors = vec![RefreshRefusal::InvalidToken.into()];
                    return Ok(SessionRevokePayload { revoked: false, user_errors });
                }
            },
        };
        Ok(SessionRevokePayload { revoked, user_errors: Vec::new() })
    }
}

/// Moves a guest's cart to the account of a session that was just opened, or tells that it could not.
async fn take_cart_along(
    ctx: &Context<'_>,
    session: Option<&accounts::Session>,
    token: Option<String>,
    user_errors: &mut Vec<AccountUserError>,
) -> Option<CartMergeReport> {
    let (user, token) = (session?.user.id, token?);
    let report = merge_into(ctx, user, &token).await;
    if report.is_none() {
        let message = "You are signed in, but your cart could not be taken along. It is still there: keep its token, and \
                       give it when you sign in again.";
        user_errors.push(AccountUserError::at(AccountErrorCode::CartNotMerged, ["cartToken"], message));
    }
    report
}

async fn refresh(ctx: &Context<'_>, token: &str) -> Outcome<accounts::Session, RefreshRefusal> {
    let app = ctx.app();
    let token = RefreshToken::parse(token).ok_or(RefreshRefusal::InvalidToken)?;
    let mut conn = app.db.get().await?;
    accounts::refresh(&mut conn, app.config.mode, &app.tokens, app.clock.now(), &token).await
}
