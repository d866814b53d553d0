//! The list of accounts, for those who may read them. Newest first means by id: ids are made in the order of registering.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::User;
use super::permissions::Role;
use crate::db::schema::users;
use crate::ids::{UserId, ids_around};
use crate::pagination::{Page, PageRequest};

/// The order of lists of accounts, for cursors.
pub const NEWEST_USERS: &str = "users";
/// The longest text that can be searched for, in characters.
pub const MAX_SEARCH_LENGTH: usize = 100;

/// Whether an account is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// Its owner can sign in.
    Active,
    /// It was closed.
    Deactivated,
}

/// Which accounts are wanted. Conditions add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// With this text in the address or the name; accents and capitals make no difference.
    pub search: Option<String>,
    /// With this role.
    pub role: Option<Role>,
    /// In this state.
    pub status: Option<AccountStatus>,
    /// Made at or after this moment.
    pub created_from: Option<DateTime<Utc>>,
    /// Made before this moment.
    pub created_before: Option<DateTime<Utc>>,
}

macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.into_boxed::<Pg>();
        let filter: &UserFilter = $filter;
        if let Some(search) = &filter.search {
            // The text as it was typed, wherever it stands: its own wildcards mean themselves.
            let pattern = sql::<Bool>("search_text LIKE '%' || replace(replace(replace(fold_text(")
                .bind::<Text, _>(search.trim().to_owned())
                .sql("), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'");
            query = query.filter(pattern);
        }
        if let Some(role) = filter.role {
            query = query.filter(users::roles.contains(vec![role.as_str()]));
            if role != Role::Customer {
                // What the index of those who work here leaves out.
                query = query.filter(sql::<Bool>("roles <> '{customer}'"));
            }
        }
        query = match filter.status {
            Some(AccountStatus::Active) => query.filter(users::deleted_at.is_null()),
            Some(AccountStatus::Deactivated) => query.filter(users::deleted_at.is_not_null()),
            None => query,
        };
        if let Some(from) = filter.created_from {
            let (first, _) = ids_around(from);
            query = query.filter(users::created_at.ge(from).and(users::id.ge(UserId(first))));
        }
        if let Some(before) = filter.created_before {
            let (_, beyond) = ids_around(before);
            query = query.filter(users::created_at.lt(before).and(users::id.lt(UserId(beyond))));
        }
        query
    }};
}

/// One page of the accounts, newest first.
pub async fn users_page(
    mut conn: &AsyncPgConnection,
    filter: &UserFilter,
    page: &PageRequest,
) -> QueryResult<Page<User>> {
    let mut query = filtered!(users::table.select(User::as_select()), filter).limit(page.fetch());
    query = match (&page.cursor, page.backward) {
        (Some(cursor), true) => query.filter(users::id.gt(cursor.id)),
        (Some(cursor), false) => query.filter(users::id.lt(cursor.id)),
        (None, _) => query,
    };
    query = if page.backward { query.order(users::id.asc()) } else { query.order(users::id.desc()) };
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many accounts fit the filter.
pub async fn count_users(mut conn: &AsyncPgConnection, filter: &UserFilter) -> QueryResult<i64> {
    filtered!(users::table.select(count_star()), filter).first(&mut conn).await
}
