//! What those who manage accounts may do to others: never more than they may do themselves.

use diesel_async::AsyncPgConnection;

use super::model::User;
use super::permissions::{Permission, Role};
use super::queries;
use crate::error::{Outcome, Refusal};
use crate::ids::UserId;

/// Why an account stays as it is. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ManageRefusal {
    /// There is no such account.
    #[error("There is no account with this id.")]
    NotFound,
    /// It is closed, and has no roles to change.
    #[error("This account is closed.")]
    Closed,
    /// Whoever asks would need a permission that they do not have, or have no longer.
    #[error(
        "You cannot give or take what you may not do yourself: this needs every permission of the roles concerned."
    )]
    BeyondYours,
    /// The shop would have nobody to run it.
    #[error("This is the shop's last administrator: make another one first.")]
    LastAdmin,
}

impl Refusal for ManageRefusal {}

/// An account that is about to be changed, and what its changer may do at this moment.
pub(super) struct Managed {
    pub(super) user: User,
    actor: User,
}

impl Managed {
    /// Locks the account and that of whoever asks, always in the order of their ids. What the latter may do is read from the
    /// row and not from the token: of two who take each other's roles away at once, the second has none any more.
    pub(super) async fn lock(
        conn: &AsyncPgConnection,
        actor: UserId,
        user: UserId,
    ) -> Outcome<Self, ManageRefusal> {
        let locked = queries::lock_users(conn, &[actor, user]).await?;
        let find = |id: UserId| locked.iter().find(|user| user.id == id).cloned();
        let actor = find(actor).filter(User::is_living).ok_or(ManageRefusal::BeyondYours)?;
        let user = find(user).ok_or(ManageRefusal::NotFound)?;
        let managed = Self { user, actor };
        if managed.may(Permission::ManageUsers) {
            Ok(managed)
        } else {
            Err(ManageRefusal::BeyondYours.into())
        }
    }

    /// Whether the changer may do all that these roles allow.
    pub(super) fn covers(&self, roles: &[Role]) -> bool {
        roles.iter().flat_map(|role| role.permissions()).all(|permission| self.may(*permission))
    }

    fn may(&self, permission: Permission) -> bool {
        self.actor.roles().iter().any(|role| role.permissions().contains(&permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_what_they_do_not_have() {
        let by = |roles: &[Role]| Managed { user: User::for_tests(&[]), actor: User::for_tests(roles) };
        assert!(by(&[Role::Admin]).covers(&Role::ALL));
        assert!(by(&[Role::Staff]).covers(&[Role::Staff, Role::Customer]));
        assert!(!by(&[Role::Staff]).covers(&[Role::Admin]));
        assert!(!by(&[Role::Customer]).covers(&[Role::Staff]));
        assert!(by(&[]).covers(&[]));
    }
}
