//! Update roles: what an account may be, decided by somebody who manages accounts.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::events::{AccountEventKind, append};
use super::manage::{ManageRefusal, Managed};
use super::model::User;
use super::permissions::Role;
use crate::db::schema::users;
use crate::error::{Outcome, violated_constraint};
use crate::ids::UserId;

/// Gives an account exactly these roles besides that of a customer, which every account keeps. Giving it those that it has
/// changes nothing. Its access tokens, which tell of the roles that it had, are recalled.
pub async fn update_roles(
    conn: &mut AsyncPgConnection,
    actor: UserId,
    user: UserId,
    roles: &[Role],
) -> Outcome<User, ManageRefusal> {
    conn.transaction(async |conn| {
        let managed = Managed::lock(conn, actor, user).await?;
        if !managed.user.is_living() {
            return Err(ManageRefusal::Closed.into());
        }
        let wanted = |role: &Role| *role == Role::Customer || roles.contains(role);
        let (from, to) = (managed.user.roles(), Role::ALL.into_iter().filter(wanted).collect::<Vec<_>>());
        let changed: Vec<Role> =
            Role::ALL.into_iter().filter(|role| from.contains(role) != to.contains(role)).collect();
        if changed.is_empty() {
            return Ok(managed.user);
        }
        if !managed.covers(&changed) {
            return Err(ManageRefusal::BeyondYours.into());
        }
        write_roles(conn, managed.user, to, Some(actor)).await.map_err(|error| {
            match violated_constraint(&error) {
                Some("users_last_admin") => ManageRefusal::LastAdmin.into(),
                _ => error.into(),
            }
        })
    })
    .await
}

/// Writes the roles of an account that the caller has locked, and who gave them: nobody is whoever runs the machine.
pub(super) async fn write_roles(
    mut conn: &AsyncPgConnection,
    user: User,
    to: Vec<Role>,
    actor: Option<UserId>,
) -> QueryResult<User> {
    let from = user.roles();
    if from == to {
        return Ok(user);
    }
    let names: Vec<&str> = to.iter().map(|role| role.as_str()).collect();
    let user = diesel::update(users::table.find(user.id))
        .set(users::roles.eq(names))
        .returning(User::as_returning())
        .get_result(&mut conn)
        .await?;
    append(conn, user.id, actor, AccountEventKind::RolesChanged { from, to }).await?;
    Ok(user)
}
