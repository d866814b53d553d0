//! `LivingSession`: a log-in as it stands in the list of an account's own.

use async_graphql::{Context, Description, ID, Object};

use super::super::context::ContextExt;
use super::super::error::Result;
use super::super::relay::Connection;
use super::super::scalars::DateTime;
use crate::accounts::Viewer;
use crate::accounts::own_sessions::{self, NEWEST_SESSIONS};
use crate::ids::UserId;
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};

/// A log-in that has not ended, as its owner finds it in a list: without its tokens.
#[derive(Description)]
pub(crate) struct LivingSession(own_sessions::LivingSession);

#[Object(use_type_description)]
impl LivingSession {
    /// Its id, for `sessionRevoke`.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Whether it is the one that this request was sent in.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        matches!(ctx.viewer(), Viewer::User(user) if user.session_id == self.0.id)
    }

    /// When somebody signed in.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was opened or last refreshed; requests in between are not noted.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.0.last_used_at)
    }

    /// When it ends unless it is refreshed before: the `refreshExpiresAt` of `Session`.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// A page of an account's sessions.
pub(super) async fn sessions_of(
    ctx: &Context<'_>,
    user: UserId,
    page: &PageArguments,
) -> Result<Connection<LivingSession>> {
    let page = page.validate(NEWEST_SESSIONS, KeyKind::Int)?;
    let rows = ctx.loaders().sessions_of.load_all((user, page.clone())).await?;
    // Sorted by id alone; the cursor's key is only for show.
    let edge = |session: own_sessions::LivingSession| {
        let key = SortKey::Int(session.created_at.timestamp());
        (Cursor::new(NEWEST_SESSIONS, key, session.id.0), LivingSession(session))
    };
    let clock = ctx.app().clock.clone();
    Ok(Connection::new(page.cut(rows), edge, move |db| {
        let now = clock.now();
        Box::pin(async move { Ok(own_sessions::count_sessions_of(&*db.get().await?, user, now).await?) })
    }))
}
