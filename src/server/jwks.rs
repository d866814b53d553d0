//! `/.well-known/jwks.json`: the keys that other services can check our access tokens with (RFC 7517, section 5).

use axum::extract;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::State;

/// The public keys; none where tokens are signed with a secret. A key is added well before it signs, and so before a kept
/// answer lacks it.
pub(super) async fn get(extract::State(state): extract::State<State>) -> Response {
    let headers = [(CONTENT_TYPE, "application/jwk-set+json"), (CACHE_CONTROL, "public, max-age=300")];
    (headers, json!({ "keys": state.app.tokens.public_keys() }).to_string()).into_response()
}
