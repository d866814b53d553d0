//! Deactivate user: somebody who manages accounts closes one of them.

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::close::{Closed, close};
use super::manage::{ManageRefusal, Managed};
use super::model::User;
use crate::error::Outcome;
use crate::ids::UserId;

/// Closes an account, and erases it if its owner asked for that; also one that was closed before. Doing it again changes
/// nothing.
pub async fn deactivate_user(
    conn: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    actor: UserId,
    user: UserId,
    erase: bool,
) -> Outcome<User, ManageRefusal> {
    conn.transaction(async |conn| {
        let managed = Managed::lock(conn, actor, user).await?;
        if !managed.covers(&managed.user.roles()) {
            return Err(ManageRefusal::BeyondYours.into());
        }
        match close(conn, managed.user, erase, actor, now).await? {
            Closed::Done(user) => Ok(user),
            Closed::LastAdmin => Err(ManageRefusal::LastAdmin.into()),
        }
    })
    .await
}
