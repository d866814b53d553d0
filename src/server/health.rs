//! What a load balancer asks.

use axum::extract;
use axum::http::StatusCode;

use super::State;

/// `/healthz`: the process runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: the database answers and its schema is the one this binary was built for. A shop all of whose connections
/// are busy is ready: sending its customers elsewhere would only fell the next copy.
pub(super) async fn ready(extract::State(state): extract::State<State>) -> (StatusCode, &'static str) {
    if state.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
    }
    match state.app.upkeep.is_ready().await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "migrations are missing: run `cartograph migrate`\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
