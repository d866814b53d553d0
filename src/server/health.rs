//! What a load balancer asks.

use std::time::Duration;

use axum::extract;
use axum::http::StatusCode;

use super::State;

/// How long the database may take to answer: less than load balancers wait.
const PATIENCE: Duration = Duration::from_secs(3);

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
    let asked = tokio::time::timeout(PATIENCE, state.app.upkeep.is_ready());
    match asked.await.unwrap_or_else(|late| Err(anyhow::Error::new(late).into())) {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "migrations are missing: run `cartograph migrate`\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
