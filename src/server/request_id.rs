//! The request's id: in the log, in each error, in the response's `x-request-id`. And the last net below a request: a
//! panic ends here.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use uuid::Uuid;

use super::refusal::refuse;
use crate::graphql::Code;

const HEADER: &str = "x-request-id";
/// A longer id of a client or proxy is not taken over.
const MAX_LENGTH: usize = 64;

/// What identifies one request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl RequestId {
    /// A new one.
    pub(super) fn new() -> Self {
        Self(Uuid::now_v7().to_string())
    }
}

/// Gives each request its id: the one a proxy sent, if it is sane, else a new one.
pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = match request.headers().get(HEADER).and_then(|value| value.to_str().ok()) {
        Some(given) if is_sane(given) => given.to_owned(),
        _ => RequestId::new().0,
    };
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = Instant::now();
    // What a panicking handler held is dropped with it; nothing it could have left half done is looked at again.
    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => panicked(&id),
    };
    let (status, micros) = (response.status().as_u16(), started.elapsed().as_micros());
    if response.status().is_server_error() {
        tracing::warn!(request_id = id, %method, path, status, micros, "request failed");
    } else {
        tracing::debug!(request_id = id, %method, path, status, micros, "request answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn panicked(id: &str) -> Response {
    tracing::error!(request_id = id, "a request panicked");
    let message = "Something went wrong on our side.";
    refuse(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, message, &RequestId(id.to_owned()))
        .into_response()
}

fn is_sane(id: &str) -> bool {
    (1..=MAX_LENGTH).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'))
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Every route lies behind `assign`.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::new))
    }
}
