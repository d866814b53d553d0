//! The playground and the demo shop's pictures, from the binary itself.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use super::{RequestId, not_found};
use crate::assets;

/// What the playground's page may do: load its own files, talk to its own server. No inline script, no other origin.
const PLAYGROUND_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The names of built files hold a digest of their contents: they never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// `/playground`
pub(super) async fn playground(id: RequestId) -> Response {
    match assets::playground("index.html") {
        None => not_found(id).await,
        Some(page) => (
            [
                (CONTENT_TYPE, "text/html; charset=utf-8"),
                (CONTENT_SECURITY_POLICY, PLAYGROUND_POLICY),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (REFERRER_POLICY, "no-referrer"),
                (CACHE_CONTROL, "no-cache"),
            ],
            page,
        )
            .into_response(),
    }
}

/// `/playground/assets/{name}`
pub(super) async fn playground_asset(id: RequestId, name: Result<Path<String>, PathRejection>) -> Response {
    let Ok(Path(name)) = name else { return not_found(id).await };
    match assets::playground(&format!("assets/{name}")) {
        None => not_found(id).await,
        Some(file) => (
            [
                (CONTENT_TYPE, content_type(&name)),
                // Workers take their policy from their own response, not from the page.
                (CONTENT_SECURITY_POLICY, PLAYGROUND_POLICY),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (CACHE_CONTROL, FOR_EVER),
            ],
            file,
        )
            .into_response(),
    }
}

/// `/media/demo/{name}`
pub(super) async fn demo_image(id: RequestId, name: Result<Path<String>, PathRejection>) -> Response {
    let Ok(Path(name)) = name else { return not_found(id).await };
    match assets::demo_image(&name) {
        None => not_found(id).await,
        Some(file) => (
            [
                (CONTENT_TYPE, content_type(&name)),
                // Opened by itself, a drawing is a document: it gets to run and to load nothing.
                (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (CACHE_CONTROL, "public, max-age=86400"),
            ],
            file,
        )
            .into_response(),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("ttf") => "font/ttf",
        _ => "application/octet-stream",
    }
}
