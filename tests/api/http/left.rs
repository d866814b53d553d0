//! Clients that leave, and requests that take too long: their work ends, PostgreSQL's included.

use std::time::Duration;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use serde_json::json;

use crate::support::TestApp;
use crate::support::db::count;
use crate::support::raw::Raw;

/// The test's server has one connection: whatever is left on it stands in everybody's way.
async fn shop(request_timeout: Duration) -> TestApp {
    TestApp::start_with(|config| {
        config.database.pool_size = 1;
        config.http.connections.request_timeout = request_timeout;
    })
    .await
}

/// How many statements wait for a lock.
async fn waiting(conn: &mut AsyncPgConnection) -> i64 {
    let query = "SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'";
    count(conn, query).await
}

async fn until_waiting(conn: &mut AsyncPgConnection, expected: i64) {
    for _ in 0..200 {
        if waiting(conn).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} statements wait and not {expected}", waiting(conn).await);
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_query_with_it() {
    let app = shop(Duration::from_secs(60)).await;
    let (mut holder, mut other) = (app.database().connect().await, app.database().connect().await);
    holder.batch_execute("BEGIN; LOCK TABLE products").await.expect("the table can be locked");
    for ahead in ["", "G", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let mut client = Raw::open(app.address).await;
        client.post("{ product(slug: \"mug\") { name } }").await;
        client.send(ahead).await;
        until_waiting(&mut other, 1).await;
        drop(client);
        // The lock is still held: it is not because of that that nobody waits for it any more.
        until_waiting(&mut other, 0).await;
    }
    let answer = app.guest().query("{ categories(first: 1) { totalCount } }").await;
    assert_eq!(answer.int("/categories/totalCount"), 0);
}

#[tokio::test]
async fn what_is_sent_ahead_is_answered_in_its_turn() {
    let app = TestApp::start().await;
    let mut client = Raw::open(app.address).await;
    client.post("{ first: __typename }").await;
    client.post("mutation { second: __typename }").await;
    client.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let answers = client.read_until("ok\n").await;
    let place = |text| answers.find(text).unwrap_or_else(|| panic!("no {text}: {answers}"));
    assert!(place("\"first\"") < place("\"second\""), "{answers}");
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_transaction_with_it() {
    let app = shop(Duration::from_secs(60)).await;
    let (mut holder, mut other) = (app.database().connect().await, app.database().connect().await);
    holder.batch_execute("BEGIN; LOCK TABLE users").await.expect("the table can be locked");
    let mut client = Raw::open(app.address).await;
    client
        .post("mutation { accountRegister(input: { email: \"a@b.example\", password: \"correct horse battery\", name: \"A\" }) { userErrors { code } } }")
        .await;
    until_waiting(&mut other, 1).await;
    drop(client);
    until_waiting(&mut other, 0).await;
    holder.batch_execute("COMMIT").await.expect("the table is let go");
    assert_eq!(
        app.guest().query("{ categories(first: 1) { totalCount } }").await.int("/categories/totalCount"),
        0
    );
    assert_eq!(app.count("users").await, 0);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up_and_so_is_its_query() {
    let app = shop(Duration::from_secs(1)).await;
    let (mut holder, mut other) = (app.database().connect().await, app.database().connect().await);
    holder.batch_execute("BEGIN; LOCK TABLE products").await.expect("the table can be locked");
    let late = app.guest().query("{ product(slug: \"mug\") { name } }").await;
    assert_eq!(late.error_code(), "TIMEOUT");
    until_waiting(&mut other, 0).await;
    holder.batch_execute("COMMIT").await.expect("the table is let go");
    let answer = app.guest().query("{ product(slug: \"mug\") { name } }").await;
    assert_eq!(answer.data(), &json!({ "product": null }));
}
