//! What was done to accounts, by whom: `account_events`, which is only ever appended to.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::permissions::Role;
use crate::db::newest_per_key;
use crate::db::schema::account_events;
use crate::ids::{AccountEventId, UserId};
use crate::pagination::PageRequest;

/// The order of an account's events, for cursors.
pub const NEWEST_EVENTS: &str = "account-events";

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountEventKind {
    /// It was given another password by its owner.
    PasswordChanged,
    /// It may be something else now.
    RolesChanged {
        /// What it was.
        from: Vec<Role>,
        /// What it is.
        to: Vec<Role>,
    },
    /// It was closed.
    Deactivated,
    /// What it told of its owner was erased.
    Erased,
}

impl AccountEventKind {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::PasswordChanged => "PASSWORD_CHANGED",
            Self::RolesChanged { .. } => "ROLES_CHANGED",
            Self::Deactivated => "DEACTIVATED",
            Self::Erased => "ERASED",
        }
    }
}

/// Something that was done to an account.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = account_events, check_for_backend(diesel::pg::Pg))]
pub struct AccountEvent {
    /// Its id.
    pub id: AccountEventId,
    /// Which account.
    pub user_id: UserId,
    /// Who did it; none for whoever runs the machine.
    pub actor_id: Option<UserId>,
    kind: String,
    from_roles: Option<Vec<String>>,
    to_roles: Option<Vec<String>>,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

impl AccountEvent {
    /// What was done. The table's CHECKs admit nothing else.
    #[must_use]
    pub fn kind(&self) -> AccountEventKind {
        let roles = |names: &Option<Vec<String>>| Role::parse_all(names.as_deref().unwrap_or_default());
        match self.kind.as_str() {
            "ROLES_CHANGED" => {
                AccountEventKind::RolesChanged { from: roles(&self.from_roles), to: roles(&self.to_roles) }
            }
            "DEACTIVATED" => AccountEventKind::Deactivated,
            "ERASED" => AccountEventKind::Erased,
            _ => AccountEventKind::PasswordChanged,
        }
    }
}

/// Notes what was done, in the transaction that does it.
pub(super) async fn append(
    mut conn: &AsyncPgConnection,
    user: UserId,
    actor: Option<UserId>,
    kind: AccountEventKind,
) -> QueryResult<()> {
    let names = |roles: &[Role]| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>();
    let (from, to) = match &kind {
        AccountEventKind::RolesChanged { from, to } => (Some(names(from)), Some(names(to))),
        _ => (None, None),
    };
    diesel::insert_into(account_events::table)
        .values((
            account_events::id.eq(AccountEventId::new()),
            account_events::user_id.eq(user),
            account_events::actor_id.eq(actor),
            account_events::kind.eq(kind.as_str()),
            account_events::from_roles.eq(from),
            account_events::to_roles.eq(to),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The rows of one page of what was done to each of these accounts, newest first, in one statement.
pub async fn event_rows_by_users(
    conn: &AsyncPgConnection,
    users: &[UserId],
    page: &PageRequest,
) -> QueryResult<Vec<AccountEvent>> {
    let of_key = account_events::table.filter(account_events::user_id.eq(sql::<SqlUuid>("wanted.key")));
    newest_per_key!(conn, of_key, account_events, AccountEvent, UserId, users, page)
}

/// How much was done to an account.
pub async fn count_events_of(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    account_events::table.filter(account_events::user_id.eq(user)).select(count_star()).first(&mut conn).await
}
