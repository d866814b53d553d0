//! `AccountEvent`: what was done to an account.

use async_graphql::{Context, Description, Enum, ID, Object};

use super::super::context::ContextExt;
use super::super::error::Result;
use super::super::relay::Connection;
use super::super::scalars::DateTime;
use super::user::{RoleEnum, User};
use crate::accounts::Role;
use crate::accounts::events::{self, AccountEventKind, NEWEST_EVENTS};
use crate::ids::UserId;
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};

/// What was done to an account.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub(crate) enum AccountEventType {
    /// Its owner gave it another password.
    PasswordChanged,
    /// It was given roles, or some were taken from it.
    RolesChanged,
    /// It was closed.
    Deactivated,
    /// What told who its owner was is gone.
    Erased,
}

/// Something that was done to an account. Events never change.
#[derive(Description)]
pub(crate) struct AccountEvent(events::AccountEvent);

#[Object(use_type_description)]
impl AccountEvent {
    /// Its id.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What was done.
    #[graphql(name = "type")]
    async fn kind(&self) -> AccountEventType {
        match self.0.kind() {
            AccountEventKind::PasswordChanged => AccountEventType::PasswordChanged,
            AccountEventKind::RolesChanged { .. } => AccountEventType::RolesChanged,
            AccountEventKind::Deactivated => AccountEventType::Deactivated,
            AccountEventKind::Erased => AccountEventType::Erased,
        }
    }

    /// Who did it; null for whoever runs the server.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.0.actor_id {
            None => Ok(None),
            Some(id) => Ok(ctx.loaders().users.load(id).await?.map(User)),
        }
    }

    /// The roles before; null unless they changed.
    async fn from_roles(&self) -> Option<Vec<RoleEnum>> {
        match self.0.kind() {
            AccountEventKind::RolesChanged { from, .. } => Some(shown(from)),
            _ => None,
        }
    }

    /// The roles after; null unless they changed.
    async fn to_roles(&self) -> Option<Vec<RoleEnum>> {
        match self.0.kind() {
            AccountEventKind::RolesChanged { to, .. } => Some(shown(to)),
            _ => None,
        }
    }

    /// When it was done.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.occurred_at)
    }
}

fn shown(roles: Vec<Role>) -> Vec<RoleEnum> {
    roles.into_iter().map(Into::into).collect()
}

/// A page of what was done to an account.
pub(super) async fn events_of(
    ctx: &Context<'_>,
    user: UserId,
    page: &PageArguments,
) -> Result<Connection<AccountEvent>> {
    let page = page.validate(NEWEST_EVENTS, KeyKind::Int)?;
    let rows = ctx.loaders().account_events_of.load_all((user, page.clone())).await?;
    // Sorted by id alone; the cursor's key is only for show.
    let edge = |event: events::AccountEvent| {
        let key = SortKey::Int(event.occurred_at.timestamp());
        (Cursor::new(NEWEST_EVENTS, key, event.id.0), AccountEvent(event))
    };
    Ok(Connection::new(page.cut(rows), edge, move |db| {
        Box::pin(async move { Ok(events::count_events_of(&*db.get().await?, user).await?) })
    }))
}
