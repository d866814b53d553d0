//! Signing in and out.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use secrecy::ExposeSecret;

use super::super::super::cart::CartMergeReport;
use super::super::super::context::{ContextExt, parse_id};
use super::super::super::cost::cost;
use super::super::super::error::{ApiError, Result};
use super::super::super::keyed::Idempotency;
use super::super::super::user_error::settle;
use super::super::attempts::{account_of, attempt, meet};
use super::super::cookies::{answered, clear_if_over, expect_room};
use super::super::errors::AccountUserError;
use super::super::session::Session;
use super::guest_cart::take_along;
use crate::accounts::{self, Carrier, RefreshRefusal, RefreshToken, SignInRefusal, SignOut, SignOutRefusal};
use crate::caller::Cookies;
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
    /// Whether the tokens are to be in cookies that scripts cannot read, and not in the answer: for pages of this shop or of
    /// its `CORS_ORIGINS`. Requests with cookies need no Authorization header.
    #[graphql(default)]
    cookies: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
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
#[derive(InputObject, Default)]
pub(crate) struct SessionRefreshInput {
    /// The refresh token that was given last; left out, it is the one in the cookie.
    refresh_token: Option<String>,
    /// Whether the tokens are to be in cookies that scripts cannot read, and not in the answer. Where the refresh token came
    /// in a cookie, they always are.
    #[graphql(default)]
    cookies: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of a refresh.
#[derive(SimpleObject)]
pub(crate) struct SessionRefreshPayload {
    /// The same session with its next pair of tokens; null when there are none.
    session: Option<Session>,
    /// Why there are no new tokens.
    user_errors: Vec<AccountUserError>,
}

/// Which session to end: the one that signs the request, unless one of these says otherwise. At most one may be given. Cookies
/// of a session that is over are taken away, and others left.
#[derive(InputObject, Default)]
pub(crate) struct SessionRevokeInput {
    /// A session of the viewer's own, from `viewer { sessions }`.
    session_id: Option<ID>,
    /// A refresh token of the session, spent or not; the only way without an access token or cookies.
    refresh_token: Option<String>,
    /// Every session of the viewer's, this one included.
    #[graphql(default)]
    all: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of ending a session.
#[derive(SimpleObject)]
pub(crate) struct SessionRevokePayload {
    /// Whether this request ended a session; false when there was none to end.
    revoked: bool,
    /// Why no session could be looked for.
    user_errors: Vec<AccountUserError>,
}

/// Mutations of sessions.
#[derive(Default)]
pub(crate) struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs in: opens a session for whoever knows the password. Who fails again and again has to wait longer and longer
    /// between attempts.
    #[graphql(directive = cost::apply(50, None, None))]
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account and its password.")] input: SessionCreateInput,
    ) -> Result<SessionCreatePayload> {
        let app = ctx.app();
        expect_room(ctx, input.cookies)?;
        let password = input.password.into();
        let now = app.clock.now();
        let work = accounts::sign_in(ctx.db(), &app.passwords, &app.tokens, now, &input.email, password);
        let is_wrong = |refusal: &SignInRefusal| *refusal == SignInRefusal::InvalidCredentials;
        let (session, mut user_errors) = attempt(ctx, &account_of(&input.email), is_wrong, work).await?;
        let cart_merge = take_along(ctx, session.as_ref(), input.cart_token, &mut user_errors).await;
        Ok(SessionCreatePayload { session: answered(ctx, session, input.cookies), cart_merge, user_errors })
    }

    /// Renews a session: the next pair of tokens for its refresh token, which is spent by that. A refresh token that was
    /// spent before ends the session, for then two parties have it. Send no Authorization header: the access token may
    /// have expired. A cookie with an access token that has expired does no harm.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.", default)] input: SessionRefreshInput,
    ) -> Result<SessionRefreshPayload> {
        let (token, carrier) = match (&input.refresh_token, ctx.cookies()) {
            (Some(token), _) => (token.as_str(), Carrier::Client),
            (None, Cookies::Open { refresh: Some(token), .. }) => (token.expose_secret(), Carrier::Browser),
            (None, _) => {
                let user_errors = vec![RefreshRefusal::InvalidToken.into()];
                return Ok(SessionRefreshPayload { session: None, user_errors });
            }
        };
        let in_cookies = input.cookies || carrier == Carrier::Browser;
        expect_room(ctx, in_cookies)?;
        let outcome = refresh(ctx, token, carrier).await;
        if let Err(ActionError::Refused(reasons)) = &outcome {
            if reasons.contains(&RefreshRefusal::Reused) {
                ctx.spread_recalls().await;
            }
            // In the other tab the cookies are better ones by now.
            if !reasons.contains(&RefreshRefusal::JustSpent) {
                clear_if_over(ctx).await?;
            }
        }
        let (session, user_errors) = settle(outcome)?;
        if let Some(session) = &session {
            meet(ctx, &session.user.email).await;
        }
        Ok(SessionRefreshPayload { session: answered(ctx, session, in_cookies), user_errors })
    }

    /// Signs out: ends one session, or all of them. It needs an access token, a refresh token or cookies. The session's tokens
    /// are good no longer; other copies of the server notice within a minute. Ending it again changes nothing.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.", default)] input: SessionRevokeInput,
    ) -> Result<SessionRevokePayload> {
        let (revoked, user_errors) = settle(revoke(ctx, input).await?)?;
        clear_if_over(ctx).await?;
        if revoked == Some(true) {
            ctx.spread_recalls().await;
            ctx.loaders().forget_sessions().await;
        }
        Ok(SessionRevokePayload { revoked: revoked.unwrap_or(false), user_errors })
    }
}

async fn revoke(ctx: &Context<'_>, input: SessionRevokeInput) -> Result<Outcome<bool, SignOutRefusal>> {
    let app = ctx.app();
    let now = app.clock.now();
    let which = match (input.session_id, input.refresh_token, input.all) {
        (None, None, false) => match (ctx.signed_in(), ctx.cookies()) {
            (Ok(viewer), _) => SignOut::One(viewer.session_id),
            // The access token in the cookie has expired, which is no reason to stay.
            (Err(_), Cookies::Open { refresh, sent: true }) => {
                match refresh.as_ref().and_then(|token| RefreshToken::parse(token.expose_secret())) {
                    Some(token) => SignOut::Holder(token),
                    None => return Ok(Ok(false)),
                }
            }
            (Err(error), _) => return Err(error),
        },
        (None, None, true) => SignOut::All(ctx.signed_in()?.user_id),
        (Some(id), None, false) => {
            let viewer = ctx.signed_in()?.user_id;
            SignOut::Own(viewer, parse_id(&id)?)
        }
        (None, Some(token), false) => match RefreshToken::parse(&token) {
            Some(token) => SignOut::Holder(token),
            None => return Ok(Err(SignOutRefusal::InvalidToken.into())),
        },
        _ => {
            let message = "Give at most one of 'sessionId', 'refreshToken' and 'all'.";
            return Err(ApiError::bad_input(message));
        }
    };
    let conn = ctx.conn().await?;
    Ok(accounts::sign_out(&conn, &which, now).await)
}

async fn refresh(
    ctx: &Context<'_>,
    token: &str,
    carrier: Carrier,
) -> Outcome<accounts::Session, RefreshRefusal> {
    let app = ctx.app();
    let token = RefreshToken::parse(token).ok_or(RefreshRefusal::InvalidToken)?;
    let mut conn = ctx.conn().await?;
    accounts::refresh(&mut conn, app.config.mode, &app.tokens, app.clock.now(), &token, carrier).await
}
