//! What a load balancer is told.

use axum::http::{Method, StatusCode};
use diesel_async::RunQueryDsl;

use crate::support::TestApp;
use crate::support::client::Http;

async fn status(app: &TestApp, path: &str) -> StatusCode {
    Http::new(app.address).send(Method::GET, path, &[], "").await.status
}

#[tokio::test]
async fn a_copy_is_ready_only_for_the_schema_it_was_built_for() {
    let app = TestApp::start().await;
    assert_eq!(status(&app, "/readyz").await, StatusCode::OK);
    let newest = "DELETE FROM __diesel_schema_migrations
        WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    diesel::sql_query(newest).execute(&mut app.db().await).await.expect("a migration is forgotten");
    assert_eq!(status(&app, "/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(status(&app, "/healthz").await, StatusCode::OK, "restarting would not help");
}

#[tokio::test]
async fn a_restart_of_postgresql_costs_no_request() {
    let app = TestApp::start().await;
    // The pool has several connections, all idle, by the time that PostgreSQL ends them.
    let guest = app.guest();
    let query = "{ products(first: 1) { totalCount } shop { name } categories(first: 1) { totalCount } }";
    futures_util::future::join_all((0..8).map(|_| guest.query(query))).await;
    let ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut other = app.database().connect().await;
    diesel::sql_query(ended).execute(&mut other).await.expect("connections can be ended");
    for _ in 0..8 {
        assert_eq!(guest.query(query).await.int("/products/totalCount"), 0);
    }
}

#[tokio::test]
async fn a_copy_with_more_requests_than_connections_is_ready() {
    let app = TestApp::start().await;
    let mut busy = Vec::new();
    for _ in 0..8 {
        busy.push(app.db().await);
    }
    assert_eq!(status(&app, "/readyz").await, StatusCode::OK);
}
