//! What browsers need to be told: which pages may use the API, and what an answer is not.

use axum::extract::{self, Request};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::refuse;
use super::{RequestId, State};
use crate::graphql::Code;

/// What scripts of an allowed origin may send.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
/// The headers they may send: what the API reads, and what its usual clients say of themselves.
const SENT_HEADERS: HeaderValue = HeaderValue::from_static(
    "accept, apollo-require-preflight, apollographql-client-name, apollographql-client-version, authorization, \
     content-type, graphql-client-name, graphql-client-version, last-event-id, traceparent, tracestate, \
     x-apollo-operation-id, x-apollo-operation-name, x-request-id",
);
/// The headers of an answer that they may read.
const READ_HEADERS: HeaderValue =
    HeaderValue::from_static("ratelimit, ratelimit-policy, retry-after, x-request-id");
/// For how many seconds a browser need not ask again; no browser keeps it longer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");
/// An answer of the API is no page: it may load and frame nothing, and be framed by nobody.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// A year.
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// What answers of the API depend on, whatever caches on the way think.
const DEPENDS_ON: HeaderValue = HeaderValue::from_static("accept, authorization, cookie, origin");

/// Answers what a browser asks before it lets a page of another origin send something, and says on each answer whether
/// that page may read it: only pages of `CORS_ORIGINS` may, each by its name.
///
/// A request that needs no leave (one that a form could send as well) is not stopped here: the API reads no body that
/// such a request can have, and changes nothing by GET.
pub(super) async fn cors(
    extract::State(state): extract::State<State>,
    id: RequestId,
    request: Request,
    next: Next,
) -> Response {
    let allowed = allowed(request.headers(), &state.app.config.cors.origins);
    let asks_first = request.method() == Method::OPTIONS
        && request.headers().contains_key(ORIGIN)
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (asks_first, &allowed) {
        (false, _) => next.run(request).await,
        (true, Some(_)) => leave(),
        (true, None) => {
            let message = "Pages of this origin may not use the API: the shop's operator lists those that may in CORS_ORIGINS.";
            refuse(StatusCode::FORBIDDEN, Code::Forbidden, message, &id).into_response()
        }
    };
    let headers = response.headers_mut();
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, READ_HEADERS);
    }
    response
}

/// The one origin that a request comes from, if it is one of those; `null` never is.
fn allowed(headers: &HeaderMap, origins: &[String]) -> Option<HeaderValue> {
    let mut sent = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (sent.next(), sent.next()) else { return None };
    origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}

fn leave() -> Response {
    let asked = "access-control-request-headers, access-control-request-method";
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_ALLOW_HEADERS, SENT_HEADERS),
        (ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        (VARY, HeaderValue::from_static(asked)),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Gives each answer the headers that keep browsers from making more of it than it is; the playground has said what it
/// needs by itself.
pub(super) async fn secure(
    extract::State(state): extract::State<State>,
    request: Request,
    next: Next,
) -> Response {
    let api = request.uri().path().starts_with("/graphql");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    set(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    set(CONTENT_SECURITY_POLICY, NO_PAGE);
    // Most answers are somebody's own, and the others may be out of date in a moment.
    set(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if state.app.config.shop.public_url.as_deref().is_some_and(|url| url.starts_with("https://")) {
        set(STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    headers.append(VARY, if api { DEPENDS_ON } else { HeaderValue::from_static("origin") });
    response
}
