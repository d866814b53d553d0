//! Signing in and out.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::super::cart::CartMergeReport;
use super::super::super::context::ContextExt;
use super::super::super::error::Result;
use super::super::super::user_error::settle;
use super::super::errors::AccountUserError;
use super::super::session::Session;
use super::guest_cart::take_along;
use crate::accounts::{self, RefreshRefusal, RefreshToken};
use crate::error::{ActionError, Outcome};

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

/// Mutations of sessions.
#[derive(Default)]
pub(crate) struct SessionMutation;

#[Object]
impl SessionMutation {
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
        let cart_merge = take_along(ctx, session.as_ref(), input.cart_token, &mut user_errors).await;
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

    /// Signs out: ends a session. Its tokens are good no longer; other copies of the server notice within a minute. Ending
    /// it again changes nothing.
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
        if revoked {
            app.spread_recalls().await;
        }
        Ok(SessionRevokePayload { revoked, user_errors: Vec::new() })
    }
}

async fn refresh(ctx: &Context<'_>, token: &str) -> Outcome<accounts::Session, RefreshRefusal> {
    let app = ctx.app();
    let token = RefreshToken::parse(token).ok_or(RefreshRefusal::InvalidToken)?;
    let mut conn = app.db.get().await?;
    let outcome = accounts::refresh(&mut conn, app.config.mode, &app.tokens, app.clock.now(), &token).await;
    drop(conn);
    if matches!(&outcome, Err(ActionError::Refused(reasons)) if reasons.contains(&RefreshRefusal::Reused)) {
        app.spread_recalls().await;
    }
    outcome
}
