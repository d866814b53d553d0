//! Queries of accounts.

use async_graphql::{Context, ID, InputObject, Object};

use super::super::auth::{Requires, auth};
use super::super::context::{ContextExt, parse_id};
use super::super::cost::{by, cost};
use super::super::error::{ApiError, Result};
use super::super::relay::Connection;
use super::super::scalars::DateTime;
use super::user::{AccountStatus, RoleEnum, User};
use crate::accounts::listing::{self, MAX_SEARCH_LENGTH, NEWEST_USERS};
use crate::accounts::{self, Permission};
use crate::pagination::{Cursor, KeyKind, PageArguments, SortKey};

/// Which accounts a list holds. Conditions add up.
#[derive(InputObject, Default)]
pub(crate) struct UserFilter {
    /// With this text anywhere in the e-mail address or the name; capitals and accents make no difference. At most 100
    /// characters.
    search: Option<String>,
    /// With this role, whatever others.
    role: Option<RoleEnum>,
    /// Used, or closed; both when left out.
    status: Option<AccountStatus>,
    /// Made at or after this moment.
    created_from: Option<DateTime>,
    /// Made before this moment.
    created_before: Option<DateTime>,
}

impl UserFilter {
    fn conditions(self) -> Result<listing::UserFilter> {
        let search = self.search.filter(|search| !search.trim().is_empty());
        if search.as_ref().is_some_and(|search| search.chars().nth(MAX_SEARCH_LENGTH).is_some()) {
            let message = format!("'search' takes at most {MAX_SEARCH_LENGTH} characters.");
            return Err(ApiError::bad_input(message));
        }
        Ok(listing::UserFilter {
            search,
            role: self.role.map(Into::into),
            status: self.status.map(Into::into),
            created_from: self.created_from.map(|moment| moment.0),
            created_before: self.created_before.map(|moment| moment.0),
        })
    }
}

/// Queries of accounts.
#[derive(Default)]
pub(crate) struct AccountQuery;

#[Object]
impl AccountQuery {
    /// Whoever sends the request; null for guests.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Some(id) = ctx.viewer().user_id() else {
            return Ok(None);
        };
        let user = ctx.loaders().users.load(id).await?;
        Ok(user.filter(accounts::User::is_living).map(User))
    }

    /// One account, closed ones included; null when there is none.
    #[graphql(
        guard = "Requires(Permission::ReadUsers)",
        directive = auth::apply(vec![Permission::ReadUsers.into()])
    )]
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<User>> {
        Ok(ctx.loaders().users.load(parse_id(&id)?).await?.map(User))
    }

    /// The shop's accounts, newest first.
    #[graphql(
        guard = "Requires(Permission::ReadUsers)",
        directive = auth::apply(vec![Permission::ReadUsers.into()]),
        directive = cost::apply(1, by(&["first", "last"]), None)
    )]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "How many items, from the end or before `before`; 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "The cursor of the item behind the page.")] before: Option<String>,
        #[graphql(desc = "Which accounts.")] filter: Option<UserFilter>,
    ) -> Result<Connection<User>> {
        let page = PageArguments { first, after, last, before }.validate(NEWEST_USERS, KeyKind::Int)?;
        let filter = filter.unwrap_or_default().conditions()?;
        let rows = listing::users_page(&*ctx.conn().await?, &filter, &page).await?;
        // Sorted by id alone; the cursor's key is only for show.
        let edge = |user: accounts::User| {
            let key = SortKey::Int(user.created_at.timestamp());
            (Cursor::new(NEWEST_USERS, key, user.id.0), User(user))
        };
        Ok(Connection::new(rows, edge, move |db| {
            let filter = filter.clone();
            Box::pin(async move { Ok(listing::count_users(&*db.get().await?, &filter).await?) })
        }))
    }
}
