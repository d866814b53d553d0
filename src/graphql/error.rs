//! Errors as clients see them: a code they can switch on, a text for people, the request's id.
//!
//! What a user can cause by what they enter comes back in a payload's `userErrors`. Everything else is a top-level error
//! with one of the [`Code`]s below. The cause of an internal one is logged once and never sent.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ErrorExtensionValues, PathSegment, Pos, Response, ServerError, Value};

use super::charge::seconds;
use super::context::account_gone;
use super::text;
use crate::error::{Error, Passing};
use crate::ids::IdError;
use crate::money::MoneyError;
use crate::pagination::PageError;

/// Every value of `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request is no GraphQL request: not JSON, no query, more than allowed.
    BadRequest,
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema, or its variables do not fit their types.
    ValidationFailed,
    /// An argument has a value that can never be right.
    BadUserInput,
    /// Nobody is signed in, or the token is no longer good.
    Unauthenticated,
    /// The one signed in may not do this.
    Forbidden,
    /// There is no such thing, or it is not yours: the two cannot be told apart.
    NotFound,
    /// The document asks for more than one request may.
    CostLimitExceeded,
    /// The one who asks has asked for too much of late.
    RateLimited,
    /// Somebody is at work on the same right now: come again, and get what they get.
    Conflict,
    /// An idempotency key stands for something else.
    IdempotencyKeyReused,
    /// A document was named by a hash that is not known: send its text along, once.
    PersistedQueryNotFound,
    /// Only the documents of the shop's own clients are executed, and this is none of them.
    DocumentNotTrusted,
    /// The server stops, and another will answer; or its database is being started again.
    Unavailable,
    /// The work took too long and was given up, or would have had to wait too long.
    Timeout,
    /// Our fault.
    Internal,
}

impl Code {
    /// The code as sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::CostLimitExceeded => "COST_LIMIT_EXCEEDED",
            Self::RateLimited => "RATE_LIMITED",
            Self::Conflict => "CONFLICT",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::DocumentNotTrusted => "DOCUMENT_NOT_TRUSTED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }
}

/// An error of a resolver. It implements no `Display` on purpose: async-graphql would send any text it can get, and so
/// a stray `?` on a database error does not compile.
#[derive(Debug, Clone)]
pub enum ApiError {
    /// The client can mend this: the code and what to do.
    Client(Code, String),
    /// Too much was asked for of late: how long to wait.
    RateLimited(Duration),
    /// A request with the same idempotency key is being worked on: when to ask for its answer.
    InFlight(Duration),
    /// The client cannot: goes to the log.
    Internal(Arc<Error>),
}

/// Result of a resolver.
pub(crate) type Result<T> = std::result::Result<T, ApiError>;

impl ApiError {
    /// An argument that can never be right.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::Client(Code::BadUserInput, message.into())
    }

    /// Two arguments of which exactly one is to be given.
    pub fn one_of(one: &str, other: &str) -> Self {
        Self::bad_input(format!("Give exactly one of '{one}' and '{other}'."))
    }

    /// Nothing there, or nothing of yours.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::Client(Code::NotFound, message.into())
    }
}

impl From<ApiError> for async_graphql::Error {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Client(code, message) => {
                let mut error = Self::new(message);
                let mut extensions = ErrorExtensionValues::default();
                extensions.set("code", code.as_str());
                error.extensions = Some(extensions);
                error
            }
            ApiError::RateLimited(wait) => {
                let wait = seconds(wait);
                let message = "You have asked for too much in too short a time";
                later(Code::RateLimited, format!("{message}: wait {wait} s, then try again."), wait)
            }
            ApiError::InFlight(wait) => {
                let wait = seconds(wait);
                let message = "A request with this idempotency key is being worked on";
                later(
                    Code::Conflict,
                    format!("{message}: send it again in {wait} s, and get its answer."),
                    wait,
                )
            }
            ApiError::Internal(cause) => Self {
                message: INTERNAL_MESSAGE.to_owned(),
                source: Some(Arc::new(InternalCause(cause))),
                extensions: None,
            },
        }
    }
}

/// An error that goes by waiting, so many seconds.
fn later(code: Code, message: String, wait: u64) -> async_graphql::Error {
    let mut error = async_graphql::Error::new(message);
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code.as_str());
    extensions.set("retryAfter", wait);
    error.extensions = Some(extensions);
    error
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Arc::new(error).into()
    }
}

impl From<Arc<Error>> for ApiError {
    fn from(error: Arc<Error>) -> Self {
        match &*error {
            Error::UnstorableText => text::nul_refused(),
            Error::AccountGone => account_gone(),
            _ => Self::Internal(error),
        }
    }
}

impl From<diesel::result::Error> for ApiError {
    fn from(error: diesel::result::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<IdError> for ApiError {
    fn from(error: IdError) -> Self {
        Self::bad_input(error.to_string())
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        Self::bad_input(error.to_string())
    }
}

impl From<MoneyError> for ApiError {
    fn from(error: MoneyError) -> Self {
        Self::bad_input(error.to_string())
    }
}

/// The response of a request that was refused as a whole.
pub(super) fn failed(error: ApiError) -> Response {
    let mut error = async_graphql::Error::from(error).into_server_error(Pos::default());
    error.locations.clear();
    Response::from_errors(vec![error])
}

/// What an internal error really was, on its way to the log.
struct InternalCause(Arc<Error>);

const INTERNAL_MESSAGE: &str =
    "Something went wrong on our side. Try again; if it stays, report the requestId.";
const SLOW_MESSAGE: &str = "This took too long and was given up: ask for less at a time, or try again later.";
const LOST_MESSAGE: &str = "The database went away meanwhile. Try again in a moment; send a change with the idempotency key that it \
    had, for it may have been made.";
const BUSY_MESSAGE: &str = "The shop is too busy to answer this: try again in a moment.";

/// The most errors of one answer.
const MAX_ERRORS: usize = 50;
/// The longest message. Some repeat what the client sent.
const MAX_MESSAGE_BYTES: usize = 1_000;

/// The last station of an answer's errors: those that are too many are left out, and each is [finished](finish).
pub(super) fn finish_all(response: &mut Response, request_id: &str) {
    let left_out = response.errors.len().saturating_sub(MAX_ERRORS);
    response.errors.truncate(MAX_ERRORS);
    let mut logged = Vec::new();
    for error in &mut response.errors {
        finish(error, request_id, &mut logged);
    }
    if left_out > 0 {
        // At a place like the others: whether something was executed is told by that.
        if let Some(last) = response.errors.last_mut() {
            let _ = write!(last.message, " ({left_out} more errors are left out.)");
        }
    }
}

/// The last station of every error: gives it a code and the request's id, and logs what must not be sent, each cause once.
fn finish(error: &mut ServerError, request_id: &str, logged: &mut Vec<String>) {
    if let Some(InternalCause(cause)) = error.source::<InternalCause>() {
        let (code, message) = match cause.passing() {
            Some(Passing::SlowStatement) => (Code::Timeout, SLOW_MESSAGE),
            Some(Passing::NoTurn | Passing::NoConnection) => (Code::Timeout, BUSY_MESSAGE),
            Some(Passing::LostConnection) => (Code::Unavailable, LOST_MESSAGE),
            None => (Code::Internal, INTERNAL_MESSAGE),
        };
        let said = cause.to_string();
        if !logged.contains(&said) {
            log(cause, &error.path, request_id);
            logged.push(said);
        }
        error.message = message.to_owned();
        error.source = None;
        set(error, "code", code.as_str());
    } else if !has_code(error) {
        // Errors without a code are the library's own: about the document when there is no path, else about values.
        let code = if !error.path.is_empty() {
            Code::BadUserInput
        } else if error.message.starts_with(" --> ") {
            Code::ParseFailed
        } else {
            Code::ValidationFailed
        };
        set(error, "code", code.as_str());
    }
    set(error, "requestId", request_id);
    if error.message.len() > MAX_MESSAGE_BYTES {
        error.message.truncate(error.message.floor_char_boundary(MAX_MESSAGE_BYTES));
        error.message.push('…');
    }
}

fn log(cause: &Error, path: &[PathSegment], request_id: &str) {
    match cause.passing() {
        Some(Passing::SlowStatement) => {
            tracing::warn!(request_id, %cause, ?path, "a resolver took too long")
        }
        Some(Passing::NoTurn) => tracing::warn!(request_id, %cause, ?path, "a resolver was turned away"),
        Some(Passing::NoConnection) => {
            tracing::error!(request_id, %cause, ?path, "a resolver waited in vain")
        }
        Some(Passing::LostConnection) => {
            tracing::error!(request_id, %cause, ?path, "a resolver lost its connection")
        }
        None => tracing::error!(request_id, %cause, ?path, "a resolver failed"),
    }
}

fn has_code(error: &ServerError) -> bool {
    error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some())
}

fn set(error: &mut ServerError, name: &str, value: &str) {
    error.extensions.get_or_insert_default().set(name, Value::from(value));
}
