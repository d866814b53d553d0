//! `Session`.

use async_graphql::{Description, ID, Object};
use secrecy::{ExposeSecret, SecretString};

use super::super::scalars::DateTime;
use super::user::User;
use crate::accounts;

/// One log-in with the tokens that are good for it now. Keep the refresh token where scripts of others cannot read it.
#[derive(Description)]
pub(crate) struct Session {
    pub(crate) session: accounts::Session,
    /// Whether its tokens are in cookies, and so not in the answer.
    pub(crate) in_cookies: bool,
}

#[Object(use_type_description)]
impl Session {
    /// Its id, the same after every refresh.
    async fn id(&self) -> ID {
        self.session.id.to_string().into()
    }

    /// Signs requests: send `Authorization: Bearer <accessToken>`. Null when it is in a cookie.
    async fn access_token(&self) -> Option<&str> {
        self.shown(&self.session.access_token)
    }

    /// Gets the next pair of tokens from `sessionRefresh`, once: using it a second time ends the session. Null when
    /// it is in a cookie.
    async fn refresh_token(&self) -> Option<&str> {
        self.shown(&self.session.refresh_token)
    }

    /// When the access token ends; the session goes on with another until `refreshExpiresAt`.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.session.expires_at)
    }

    /// When the session ends unless it is refreshed before: the `expiresAt` of `LivingSession`.
    async fn refresh_expires_at(&self) -> DateTime {
        DateTime(self.session.refresh_expires_at)
    }

    /// Whose session it is.
    async fn user(&self) -> User {
        User(self.session.user.clone())
    }
}

impl Session {
    /// A token, unless scripts are not to read it.
    fn shown<'a>(&self, token: &'a SecretString) -> Option<&'a str> {
        (!self.in_cookies).then(|| token.expose_secret())
    }
}
