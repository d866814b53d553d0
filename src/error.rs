//! How things go wrong, in three kinds.
//!
//! * [`Error`]: no verb expects it. Most often the fault is ours or the machine's, and its text goes to the log, never to a
//!   client; the few kinds that whoever asked can do something about have variants of their own, and codes in `graphql`.
//! * [`ActionError::Refused`]: a business action was asked for something it may not do. Each verb has its own enum of
//!   refusals, whose variants carry what a client needs to react; `graphql` turns them into `userErrors`.
//! * Start-up problems are `anyhow` errors that end the process with one clear line.

use diesel::result::DatabaseErrorKind;
use diesel_async::pooled_connection::bb8::RunError;

/// A failure that is no business of any one verb.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be had: the pool is exhausted or PostgreSQL is away.
    #[error("no database connection: {0}")]
    Pool(#[from] RunError),
    /// A statement failed for a reason that no constraint of ours explains.
    #[error("database: {0}")]
    Database(diesel::result::Error),
    /// A statement was given text that PostgreSQL cannot hold: with the character NUL in it.
    #[error("text with the character NUL in it cannot be stored")]
    UnstorableText,
    /// What was to be written in somebody's name cannot be: there is no such account, though their token is good.
    #[error("the account of the one signed in is gone")]
    AccountGone,
    /// So many wait for this that one more would wait in vain.
    #[error("too busy: {0}")]
    Busy(&'static str),
    /// Another request with the same idempotency key was quicker, and this one's work has not begun.
    #[error("a request with the same idempotency key was quicker")]
    Anticipated,
    /// Redis did not answer.
    #[error("redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// Anything else that must not happen.
    #[error("{0}")]
    Internal(#[from] anyhow::Error),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        if is_unstorable_text(&error) {
            Self::UnstorableText
        } else if names_nobody(&error) {
            Self::AccountGone
        } else {
            Self::Database(error)
        }
    }
}

/// A failure that is nobody's fault and may be over in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// No connection was free in time: all are in use, or PostgreSQL is away.
    NoConnection,
    /// A connection ended at work, for PostgreSQL stops or has crashed. What was being committed may have been.
    LostConnection,
    /// A statement took too long and PostgreSQL gave it up; what it belonged to did not happen.
    SlowStatement,
    /// No turn came in time at work of which only so much is done at a time.
    NoTurn,
}

impl Error {
    /// What it is that passes, if that is why it failed.
    #[must_use]
    pub fn passing(&self) -> Option<Passing> {
        match self {
            Self::Pool(RunError::TimedOut) => Some(Passing::NoConnection),
            Self::Pool(RunError::User(_)) => Some(Passing::LostConnection),
            Self::Busy(_) => Some(Passing::NoTurn),
            Self::Database(diesel::result::Error::DatabaseError(kind, information)) => {
                passing(kind, information.message())
            }
            _ => None,
        }
    }
}

/// The same for what a statement failed of. Diesel keeps PostgreSQL's codes (57014, 57P01 and their like) to itself. A server
/// that speaks another language than English is not understood: its failures are failures like others.
fn passing(kind: &DatabaseErrorKind, message: &str) -> Option<Passing> {
    match (kind, message) {
        (DatabaseErrorKind::Unknown, "canceling statement due to statement timeout") => {
            Some(Passing::SlowStatement)
        }
        (DatabaseErrorKind::Unknown, message) if message.starts_with("terminating connection ") => {
            Some(Passing::LostConnection)
        }
        (DatabaseErrorKind::ClosedConnection, _)
        | (DatabaseErrorKind::UnableToSendCommand, "connection closed") => Some(Passing::LostConnection),
        (DatabaseErrorKind::UnableToSendCommand, message)
            if message.starts_with("error communicating with the server") =>
        {
            Some(Passing::LostConnection)
        }
        _ => None,
    }
}

/// Result of work that only we can fail at.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a business action did not happen. In either case nothing of it did: the transaction is rolled back.
#[derive(Debug)]
pub enum ActionError<R> {
    /// The client asked for something that cannot be; all the reasons found.
    Refused(Vec<R>),
    /// We failed.
    Failed(Error),
}

/// Outcome of a business action with refusals of type `R`.
pub type Outcome<T, R> = std::result::Result<T, ActionError<R>>;

impl<R> ActionError<R> {
    /// The action is refused for this one reason.
    pub fn refuse(reason: R) -> Self {
        Self::Refused(vec![reason])
    }

    /// The same for a verb that does more: these are among its refusals.
    pub fn of<S>(error: ActionError<S>) -> Self
    where
        R: From<S>,
    {
        match error {
            ActionError::Refused(reasons) => Self::Refused(reasons.into_iter().map(R::from).collect()),
            ActionError::Failed(error) => Self::Failed(error),
        }
    }
}

impl<R> From<R> for ActionError<R>
where
    R: Refusal,
{
    fn from(reason: R) -> Self {
        Self::refuse(reason)
    }
}

/// Marks the refusal enum of a verb, so that `?` works on it.
pub trait Refusal {}

impl<R> From<Error> for ActionError<R> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<R> From<diesel::result::Error> for ActionError<R> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// The name of the constraint that a statement ran into, if that is why it failed.
#[must_use]
pub fn violated_constraint(error: &diesel::result::Error) -> Option<&str> {
    match error {
        diesel::result::Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::RestrictViolation,
            information,
        ) => information.constraint_name(),
        _ => None,
    }
}

/// Whether PostgreSQL refused text because of a NUL. Diesel keeps no SQLSTATE (22021, in JSON 22P05); the character itself
/// is named alike in every language that the server may speak.
fn is_unstorable_text(error: &diesel::result::Error) -> bool {
    match error {
        diesel::result::Error::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            information.message().ends_with(": 0x00")
                || information.details().is_some_and(|details| details.contains(r"\u0000"))
        }
        _ => false,
    }
}

/// Whether a row was to name an account that is not there. Only the one who acts is ever named.
fn names_nobody(error: &diesel::result::Error) -> bool {
    let actors = [
        "account_events_actor_id_fkey",
        "addresses_user_id_fkey",
        "carts_user_id_fkey",
        "idempotency_keys_user_id_fkey",
        "order_events_actor_id_fkey",
        "orders_user_id_fkey",
        "refunds_actor_id_fkey",
        "returns_actor_id_fkey",
        "reviews_author_id_fkey",
        "shipments_actor_id_fkey",
        "stock_changes_actor_id_fkey",
    ];
    violated_constraint(error).is_some_and(|name| actors.contains(&name))
}
