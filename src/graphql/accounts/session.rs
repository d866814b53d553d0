//! `Session`.

use async_graphql::{Description, ID, Object};
use secrecy::ExposeSecret;

use super::super::scalars::DateTime;
use super::user::User;
use crate::accounts;

/// One log-in with the tokens that are good for it now. Keep the refresh token where scripts of others cannot read it.
#[derive(Description)]
pub(crate) struct Session(pub accounts::Session);

#[Object(use_type_description)]
impl Session {
    /// Its id, the same after every refresh.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Signs requests: send `Authorization: Bearer <accessToken>`.
    async fn access_token(&self) -> &str {
        self.0.access_token.expose_secret()
    }

    /// Gets the next pair of tokens from `sessionRefresh`, once: using it a second time ends the session.
    async fn refresh_token(&self) -> &str {
        self.0.refresh_token.expose_secret()
    }

    /// When the access token ends.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// When the session ends unless it is refreshed before.
    async fn refresh_expires_at(&self) -> DateTime {
        DateTime(self.0.refresh_expires_at)
    }

    /// Whose session it is.
    async fn user(&self) -> User {
        User(self.0.user.clone())
    }
}
