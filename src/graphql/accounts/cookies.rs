//! Tokens in cookies, for pages in a browser.

use async_graphql::Context;
use async_graphql::parser::types::{OperationType, Selection};
use secrecy::ExposeSecret;

use super::super::context::ContextExt;
use super::super::error::{ApiError, Code, Result};
use super::super::execute::Asked;
use super::super::stream::operation;
use super::session::Session;
use crate::accounts::{self, RefreshToken};
use crate::caller::Cookies;
use crate::config::Mode;
use crate::cookies::{Kind, SessionCookies};

/// Refuses a request for cookies to whom none can be given, before anything is done for it.
pub(in crate::graphql) fn expect_room(ctx: &Context<'_>, wanted: bool) -> Result<()> {
    let config = &ctx.app().config;
    let message = match ctx.cookies() {
        _ if !wanted => return Ok(()),
        Cookies::Open { .. } if config.mode == Mode::Production && !cookies(ctx).are_secure() => {
            "Cookies are given only where the server's PUBLIC_URL is an https:// address: leave out 'cookies'."
        }
        Cookies::Open { .. } => return Ok(()),
        Cookies::Foreign => {
            "Cookies are given only to pages of this shop or of CORS_ORIGINS, which browsers tell by 'Origin' or \
             'Sec-Fetch-Site': leave out 'cookies'."
        }
        Cookies::Unavailable => "Cookies come with an answer over HTTP only: leave out 'cookies'.",
    };
    Err(ApiError::Client(Code::Forbidden, message.to_owned()))
}

/// A session as it is answered: with its tokens in the answer, or in cookies where a script cannot read them. The cookies
/// last as long as the session, that of the access token too: without it a browser would be taken for a guest, and not
/// told that it is time for another.
pub(in crate::graphql) fn answered(
    ctx: &Context<'_>,
    session: Option<accounts::Session>,
    in_cookies: bool,
) -> Option<Session> {
    let session = session?;
    if in_cookies {
        let cookies = cookies(ctx);
        let lasts = ctx.app().config.tokens.refresh_ttl;
        for (kind, token) in [(Kind::Access, &session.access_token), (Kind::Refresh, &session.refresh_token)]
        {
            ctx.set_cookie(cookies.set(kind, token.expose_secret(), lasts));
        }
    }
    Some(Session { session, in_cookies })
}

/// Takes the cookies of a session that is over away from the browser that has sent them, whatever has ended it. Those of
/// another session, which lives on, stay.
pub(in crate::graphql) async fn clear_if_over(ctx: &Context<'_>) -> Result<()> {
    let Cookies::Open { refresh, sent: true } = ctx.cookies() else { return Ok(()) };
    // An access token alone cannot be renewed.
    if let Some(token) = refresh.as_ref().and_then(|token| RefreshToken::parse(token.expose_secret())) {
        let app = ctx.app();
        if accounts::queries::is_of_living_session(&*ctx.conn().await?, &token, app.clock.now()).await? {
            return Ok(());
        }
    }
    for kind in [Kind::Access, Kind::Refresh] {
        ctx.set_cookie(cookies(ctx).clear(kind));
    }
    Ok(())
}

fn cookies(ctx: &Context<'_>) -> SessionCookies {
    SessionCookies::of(&ctx.app().config.shop)
}

/// Whether a mutation opens, renews or ends a session.
pub(in crate::graphql) fn is_about_sessions(mutation: &str) -> bool {
    ["accountRegister", "sessionCreate", "sessionRefresh", "sessionRevoke"].contains(&mutation)
}

impl Asked {
    /// Whether it does nothing but open, renew and end sessions: a browser sends its cookies with that, also when they are
    /// good no longer.
    pub(crate) fn is_about_sessions(&mut self) -> bool {
        operation(&mut self.request).is_some_and(|operation| {
            operation.ty == OperationType::Mutation
                && operation.selection_set.node.items.iter().all(|item| match &item.node {
                    Selection::Field(field) => is_about_sessions(field.node.name.node.as_str()),
                    Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
                })
        })
    }
}
