//! `sessionRefresh`

use cartograph::db::schema::{sessions, users};
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{ada, bearer, refresh, viewer};
use crate::support::{Response, TestApp};

const TOKEN: &str = "/sessionRefresh/session/refreshToken";

fn is_refused(answer: &Response) {
    assert_eq!(answer.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
    assert_eq!(answer.at("/sessionRefresh/userErrors/0/field"), &json!(["input", "refreshToken"]));
    assert_eq!(answer.at("/sessionRefresh/session"), &json!(null));
}

async fn living_sessions(app: &TestApp) -> i64 {
    let living = sessions::table.filter(sessions::revoked_at.is_null()).count();
    living.get_result(&mut app.db().await).await.expect("the sessions can be counted")
}

#[tokio::test]
async fn each_refresh_gives_the_next_pair_for_the_same_session() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let mut token = registered.text("/accountRegister/session/refreshToken").to_owned();
    let mut end = registered.text("/accountRegister/session/refreshExpiresAt").to_owned();
    for _ in 0..3 {
        app.app.clock.advance(TimeDelta::hours(23));
        let answer = refresh(&app.guest(), &token).await;
        assert_eq!(answer.at("/sessionRefresh/session/id"), registered.at("/accountRegister/session/id"));
        assert_ne!(answer.text(TOKEN), token);
        assert!(answer.text("/sessionRefresh/session/refreshExpiresAt") > end.as_str(), "the end moves on");
        let seen = viewer(&bearer(&app, answer.text("/sessionRefresh/session/accessToken"))).await;
        assert_eq!(seen.text("/viewer/email"), "ada@example.com");
        token = answer.text(TOKEN).to_owned();
        end = answer.text("/sessionRefresh/session/refreshExpiresAt").to_owned();
    }
}

#[tokio::test]
async fn using_a_spent_token_ends_the_session() {
    let app = TestApp::start().await;
    let other = ada(&app).await;
    let session = super::sign_in(&app.guest(), "ada@example.com", super::PASSWORD).await;
    let spent = session.text("/sessionCreate/session/refreshToken");
    let second = refresh(&app.guest(), spent).await;
    is_refused(&refresh(&app.guest(), spent).await);
    is_refused(&refresh(&app.guest(), second.text(TOKEN)).await);
    // The session of another device has nothing to do with it.
    let token = other.text("/accountRegister/session/refreshToken");
    let answer = refresh(&app.guest(), token).await;
    assert_eq!(answer.user_error_codes("sessionRefresh"), Vec::<String>::new());
    assert_eq!(living_sessions(&app).await, 1);
}

#[tokio::test]
async fn of_many_refreshes_with_one_token_one_wins_and_the_others_are_reuse() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let token = registered.text("/accountRegister/session/refreshToken");
    let guests: Vec<_> = (0..8).map(|_| app.guest()).collect();
    let answers = futures_util::future::join_all(guests.iter().map(|guest| refresh(guest, token))).await;
    let (won, lost): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| !answer.at("/sessionRefresh/session").is_null());
    assert_eq!((won.len(), lost.len()), (1, 7));
    lost.into_iter().for_each(is_refused);
    is_refused(&refresh(&app.guest(), won[0].text(TOKEN)).await);
    assert_eq!(living_sessions(&app).await, 0);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_refreshed_in_time() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    app.app.clock.advance(TimeDelta::hours(24) + TimeDelta::seconds(1));
    is_refused(&refresh(&app.guest(), registered.text("/accountRegister/session/refreshToken")).await);
}

#[tokio::test]
async fn a_closed_account_is_not_signed_in_any_longer() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let closed = users::deleted_at.eq(Some(app.app.clock.now()));
    diesel::update(users::table).set(closed).execute(&mut app.db().await).await.unwrap();
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    app.app.spread_recalls().await;
    assert_eq!(viewer(&client).await.error_code(), "UNAUTHENTICATED");
    is_refused(&refresh(&app.guest(), registered.text("/accountRegister/session/refreshToken")).await);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let access_token = registered.text("/accountRegister/session/accessToken");
    let long = "A".repeat(100_000);
    for text in ["", "A", &"A".repeat(43), &"é".repeat(43), &("A".repeat(42) + "\0"), &long, access_token] {
        is_refused(&refresh(&app.guest(), text).await);
    }
    assert_eq!(living_sessions(&app).await, 1);
}

#[tokio::test]
async fn lapsed_tokens_are_cleared_out() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let next = refresh(&app.guest(), registered.text("/accountRegister/session/refreshToken")).await;
    let age = "UPDATE refresh_tokens SET created_at = now() - interval '25 hours' WHERE used_at IS NOT NULL";
    assert_eq!(diesel::sql_query(age).execute(&mut app.db().await).await, Ok(1));
    assert_eq!(cartograph::jobs::cleanup::round(&app.app).await.unwrap(), 1);
    assert_eq!(app.count("refresh_tokens").await, 1);
    let answer = refresh(&app.guest(), next.text(TOKEN)).await;
    assert_eq!(answer.user_error_codes("sessionRefresh"), Vec::<String>::new());
}
