//! Access tokens that are good no longer before they expire: on every copy of the server, with Redis and without.

use axum::http::StatusCode;
use cartograph::accounts::Role;
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use super::{PASSWORD, ada, bearer, refresh, revoke, sign_in, viewer};
use crate::live::AVAILABILITY;
use crate::support::redis::RedisServer;
use crate::support::ws::Socket;
use crate::support::{Client, ProductBuilder, TestApp};

/// Longer than two looks are apart.
fn a_while() -> TimeDelta {
    TimeDelta::seconds(25)
}

fn is_refused(answer: &crate::support::Response, why: &str) {
    assert_eq!((answer.status, answer.error_code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert!(answer.error_message().contains(why), "{}", answer.error_message());
}

/// Lets time pass on this copy's clock until that has happened. Once is not enough: a copy that is just looking counts the
/// time to its next look from when it is through.
async fn as_time_passes<T>(beside: &TestApp, happens: impl Future<Output = T>) -> T {
    let passing = async {
        // In all, less than an access token lasts.
        for _ in 0..20 {
            beside.app.clock.advance(a_while());
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        happened = happens => happened,
        () = passing => unreachable!("time does not stop"),
    }
}

/// Asks until the token is refused.
async fn until_refused(client: &Client, why: &str) {
    for _ in 0..1200 {
        let answer = viewer(client).await;
        if answer.status != StatusCode::OK {
            return is_refused(&answer, why);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the token is still good");
}

/// Somebody who has signed in, and their access token.
async fn somebody(app: &TestApp) -> String {
    ada(app).await;
    signed_in_again(app).await
}

async fn signed_in_again(app: &TestApp) -> String {
    let session = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    session.text("/sessionCreate/session/accessToken").to_owned()
}

async fn sql(app: &TestApp, statement: &str) {
    app.db().await.batch_execute(statement).await.expect("the statement runs");
}

#[tokio::test]
async fn a_session_that_ended_ends_with_its_access_token_and_no_other_does() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let token = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    let client = bearer(&app, token.text("/sessionCreate/session/accessToken"));
    assert_eq!(revoke(&client, None).await.at("/sessionRevoke/revoked"), &json!(true));
    is_refused(&viewer(&client).await, "has ended");
    let other = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    assert_eq!(viewer(&other).await.text("/viewer/email"), "ada@example.com");
}

#[tokio::test]
async fn reuse_of_a_refresh_token_takes_the_access_tokens_along() {
    let app = TestApp::start().await;
    let first = ada(&app).await;
    let spent = first.text("/accountRegister/session/refreshToken");
    let second = refresh(&app.guest(), spent).await;
    refresh(&app.guest(), spent).await;
    for token in [
        first.text("/accountRegister/session/accessToken"),
        second.text("/sessionRefresh/session/accessToken"),
    ] {
        is_refused(&viewer(&bearer(&app, token)).await, "has ended");
    }
}

#[tokio::test]
async fn without_redis_other_copies_look_by_themselves() {
    let app = TestApp::start().await;
    let beside = TestApp::start_beside(&app, |_| {}).await;
    let token = somebody(&app).await;
    assert_eq!(viewer(&bearer(&beside, &token)).await.text("/viewer/email"), "ada@example.com");
    revoke(&bearer(&app, &token), None).await;
    as_time_passes(&beside, until_refused(&bearer(&beside, &token), "has ended")).await;
}

#[tokio::test]
async fn through_redis_other_copies_hear_of_it_at_once_and_without_it_soon() {
    let mut redis = RedisServer::start().await;
    let url = redis.url();
    let with_redis = |config: &mut cartograph::config::Config| config.redis.url = Some(url.clone().into());
    let app = TestApp::start_with(with_redis).await;
    let beside = TestApp::start_beside(&app, with_redis).await;
    let registered = ada(&app).await;
    let token = signed_in_again(&app).await;
    assert_eq!(viewer(&bearer(&beside, &token)).await.text("/viewer/email"), "ada@example.com");
    // Its next look of its own is far away now: whatever it notices it was told.
    beside.app.clock.advance(-a_while());
    revoke(&bearer(&app, &token), None).await;
    until_refused(&bearer(&beside, &token), "has ended").await;

    redis.kill();
    let other = registered.text("/accountRegister/session/accessToken");
    assert_eq!(viewer(&bearer(&beside, other)).await.text("/viewer/email"), "ada@example.com");
    revoke(&bearer(&app, other), None).await;
    is_refused(&viewer(&bearer(&app, other)).await, "has ended");
    as_time_passes(&beside, until_refused(&bearer(&beside, other), "has ended")).await;
}

#[tokio::test]
async fn a_server_that_starts_knows_what_was_recalled_before() {
    let app = TestApp::start().await;
    let token = somebody(&app).await;
    revoke(&bearer(&app, &token), None).await;
    let beside = TestApp::start_beside(&app, |_| {}).await;
    is_refused(&viewer(&bearer(&beside, &token)).await, "has ended");
}

#[tokio::test]
async fn sockets_end_with_their_session() {
    let app = TestApp::start().await;
    let beside = TestApp::start_beside(&app, |_| {}).await;
    let token = somebody(&app).await;
    let lamp = ProductBuilder::new("lamp").create(&app).await;
    let mut sockets = Vec::new();
    for server in [&app, &beside] {
        let mut socket = Socket::connect(server.address, json!({ "token": token })).await;
        let watching = socket.subscribe(AVAILABILITY, json!({ "ids": [lamp.variant.to_string()] })).await;
        socket.next(&watching).await;
        sockets.push(socket);
    }
    revoke(&bearer(&app, &token), None).await;
    assert_eq!(sockets[0].close().await, (Some(4403), 0));
    assert_eq!(as_time_passes(&beside, sockets[1].close()).await, (Some(4403), 0));
}

#[tokio::test]
async fn a_token_tells_of_new_roles_or_is_renewed() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    sql(&app, "UPDATE users SET roles = '{customer,admin}'").await;
    app.app.spread_recalls().await;
    is_refused(&viewer(&client).await, "has changed");
    let renewed = refresh(&app.guest(), registered.text("/accountRegister/session/refreshToken")).await;
    assert_eq!(renewed.at("/sessionRefresh/session/id"), registered.at("/accountRegister/session/id"));
    let client = bearer(&app, renewed.text("/sessionRefresh/session/accessToken"));
    assert_eq!(viewer(&client).await.at("/viewer/roles"), &json!(["CUSTOMER", "ADMIN"]));
    // What changes nothing of that recalls nothing.
    sql(&app, "UPDATE users SET roles = '{customer,admin}', name = 'Ada'").await;
    app.app.spread_recalls().await;
    assert_eq!(viewer(&client).await.text("/viewer/name"), "Ada");
}

#[tokio::test]
async fn a_role_taken_while_tokens_are_renewed_is_in_none_of_them() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let granted = crate::support::UserBuilder::new().email("grace@example.com").create(&app).await;
    let conn = app.db().await;
    let account = cartograph::accounts::queries::users_by_ids(&conn, &[granted]).await.unwrap().remove(0);
    let session = cartograph::accounts::open_session(&conn, &app.app.tokens, app.app.clock.now(), account)
        .await
        .unwrap();
    drop(conn);
    let token = secrecy::ExposeSecret::expose_secret(&session.refresh_token).to_owned();
    // The change has been made and not committed: the refresh waits for it.
    let mut changing = app.database().connect().await;
    changing
        .batch_execute("BEGIN; UPDATE users SET roles = '{staff}' WHERE email = 'grace@example.com'")
        .await
        .expect("the roles change");
    let guest = app.guest();
    let (renewed, ()) = tokio::join!(refresh(&guest, &token), async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        changing.batch_execute("COMMIT").await.expect("the change is committed");
    });
    app.app.spread_recalls().await;
    let client = bearer(&app, renewed.text("/sessionRefresh/session/accessToken"));
    assert_eq!(viewer(&client).await.at("/viewer/roles"), &json!([Role::Staff.as_str().to_uppercase()]));
    assert_eq!(viewer(&admin).await.at("/viewer/roles"), &json!(["ADMIN"]), "nobody else has to renew");
}

#[tokio::test]
async fn closing_an_account_by_any_statement_ends_its_sessions() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    sql(&app, "UPDATE users SET deleted_at = now()").await;
    app.app.spread_recalls().await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    is_refused(&viewer(&client).await, "has ended");
    let refused = refresh(&app.guest(), registered.text("/accountRegister/session/refreshToken")).await;
    assert_eq!(refused.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
}

#[tokio::test]
async fn while_the_table_cannot_be_read_tokens_are_good_and_afterwards_all_is_known() {
    let app = TestApp::start().await;
    let client = bearer(&app, &somebody(&app).await);
    sql(&app, "ALTER TABLE sessions RENAME TO away").await;
    app.app.clock.advance(a_while());
    app.app.spread_recalls().await;
    assert_eq!(viewer(&client).await.text("/viewer/email"), "ada@example.com");
    sql(&app, "UPDATE away SET revoked_at = now(); ALTER TABLE away RENAME TO sessions").await;
    app.app.clock.advance(a_while());
    until_refused(&client, "has ended").await;
}

#[tokio::test]
async fn a_request_asks_nobody_whether_its_token_is_good() {
    let app = TestApp::start().await;
    let client = bearer(&app, &somebody(&app).await);
    let (_, statements) = app.statements(client.query("{ __typename }")).await;
    assert_eq!(statements.count(), 0, "{statements}");
}
