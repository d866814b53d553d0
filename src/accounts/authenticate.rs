//! Who sends a request, by its `Authorization` header.

use chrono::{DateTime, Utc};

use super::permissions::Viewer;
use super::recalls::Recalls;
use super::tokens::TokenKeys;

/// Why an `Authorization` header does not say who asks. The text is meant for the client; the code is
/// `UNAUTHENTICATED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Not `Bearer` and a token.
    #[error("The Authorization header must read 'Bearer <accessToken>', with a token from sessionCreate.")]
    Malformed,
    /// Altered, made by someone else, or for someone else.
    #[error(
        "The access token is invalid: this server did not issue it, or it was altered. Sign in with sessionCreate; a request for \
         that carries no Authorization header."
    )]
    Invalid,
    /// It was good once.
    #[error(
        "The access token has expired. Renew the session with sessionRefresh, or end it with sessionRevoke; a request for that \
         carries no Authorization header."
    )]
    Expired,
    /// Its session ended.
    #[error(
        "The session of this access token has ended. Sign in with sessionCreate; a request for that carries no Authorization \
         header."
    )]
    Ended,
    /// It says what was so once: the account's roles have changed.
    #[error(
        "What this account may do has changed since the access token was issued. Renew the session with sessionRefresh; a request \
         for that carries no Authorization header."
    )]
    Stale,
}

/// Who asks: a guest when there is no header, else whoever its token was issued to.
///
/// A header that is there and not good is always an error. Were its sender taken for a guest, a client whose token ran
/// out would see an empty cart instead of a reason to renew the token. Takes the header's value as it came, or the same
/// text from a websocket's `connection_init`.
pub fn authenticate(
    header: Option<&[u8]>,
    keys: &TokenKeys,
    recalls: &Recalls,
    now: DateTime<Utc>,
) -> Result<Viewer, AuthError> {
    let Some(header) = header else {
        return Ok(Viewer::Guest);
    };
    let header = std::str::from_utf8(header).map_err(|_| AuthError::Malformed)?;
    let (scheme, token) = header.trim().split_once(' ').ok_or(AuthError::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthError::Malformed);
    }
    let user = keys.verify(token.trim_start(), now)?;
    recalls.check(&user)?;
    Ok(Viewer::User(user))
}
