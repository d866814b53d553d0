//! Update account: what somebody changes about themselves.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::{NameError, User, parse_name};
use crate::db::schema::users;
use crate::error::{Error, Outcome, Refusal};
use crate::ids::UserId;

/// Why an account stays as it is. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpdateAccountRefusal {
    /// Nothing to call them.
    #[error("Check the name: {0}.")]
    Name(#[from] NameError),
}

impl Refusal for UpdateAccountRefusal {}

/// Changes what to call somebody; without a name nothing.
pub async fn update_account(
    mut conn: &AsyncPgConnection,
    id: UserId,
    name: Option<&str>,
) -> Outcome<User, UpdateAccountRefusal> {
    let name = name.map(parse_name).transpose().map_err(UpdateAccountRefusal::Name)?;
    let living = users::table.find(id).filter(users::deleted_at.is_null());
    let user: Option<User> = match name {
        None => living.select(User::as_select()).first(&mut conn).await.optional()?,
        Some(name) => diesel::update(living)
            .set(users::name.eq(name))
            .returning(User::as_returning())
            .get_result(&mut conn)
            .await
            .optional()?,
    };
    Ok(user.ok_or(Error::AccountGone)?)
}
