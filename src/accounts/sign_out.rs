//! Sign out: end a session, or all of an account's. Doing it again changes nothing.
//!
//! The refresh token of an ended session is good no longer; its access token is recalled.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::end_sessions::{Ending, end_sessions};
use super::queries;
use super::refresh_token::RefreshToken;
use crate::error::{Outcome, Refusal};
use crate::ids::{SessionId, UserId};

/// Who signs out, and of what.
pub enum SignOut {
    /// The session that whoever asks is signed in with.
    One(SessionId),
    /// A session by its id, which must be the account's own.
    Own(UserId, SessionId),
    /// The session of a refresh token, be it spent or not: to have it is right enough.
    Holder(RefreshToken),
    /// Every session of the account.
    All(UserId),
}

/// Why no session was looked for. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignOutRefusal {
    /// There is no such session, or it is somebody else's.
    #[error("There is no session with this id among yours.")]
    NotFound,
    /// The text is no refresh token.
    #[error("This is no refresh token.")]
    InvalidToken,
}

impl Refusal for SignOutRefusal {}

/// Ends what is to end. Whether it was this call that did.
pub async fn sign_out(
    conn: &AsyncPgConnection,
    which: &SignOut,
    now: DateTime<Utc>,
) -> Outcome<bool, SignOutRefusal> {
    let ending = match which {
        SignOut::One(session) => Ending::One(*session),
        SignOut::Own(user, session) => Ending::OneOf(*user, *session),
        SignOut::Holder(token) => Ending::OfToken(token),
        SignOut::All(user) => Ending::AllOf(*user),
    };
    let ended = !end_sessions(conn, ending, now).await?.is_empty();
    match which {
        SignOut::Own(user, session) if !ended && !queries::has_session(conn, *user, *session).await? => {
            Err(SignOutRefusal::NotFound.into())
        }
        _ => Ok(ended),
    }
}
