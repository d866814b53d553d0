//! `sessionCreate`

use cartograph::accounts::Role;
use cartograph::db::schema::{sessions, users};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{PASSWORD, ada, bearer, register, sign_in, viewer};
use crate::support::{TestApp, UserBuilder};

#[tokio::test]
async fn whoever_knows_the_password_gets_a_session_of_their_own() {
    let app = TestApp::start().await;
    let first = ada(&app).await;
    let answer = sign_in(&app.guest(), "ADA@example.com", PASSWORD).await;
    assert_eq!(answer.user_error_codes("sessionCreate"), Vec::<String>::new());
    let session = answer.at("/sessionCreate/session");
    assert_ne!(&session["id"], first.at("/accountRegister/session/id"));
    assert_eq!(&session["user"]["id"], first.at("/accountRegister/user/id"));
    let seen = viewer(&bearer(&app, session["accessToken"].as_str().unwrap())).await;
    assert_eq!(seen.text("/viewer/email"), "ada@example.com");
}

#[tokio::test]
async fn a_refusal_does_not_tell_whether_there_is_an_account() {
    let app = TestApp::start().await;
    ada(&app).await;
    // One that was never given a password, and one that was closed.
    UserBuilder::new().email("imported@example.com").create(&app).await;
    let closed = json!({ "email": "closed@example.com", "password": PASSWORD, "name": "Closed" });
    register(&app.guest(), closed).await;
    diesel::update(users::table.filter(users::email.eq("closed@example.com")))
        .set(users::deleted_at.eq(Some(app.app.clock.now())))
        .execute(&mut app.db().await)
        .await
        .unwrap();
    let before: i64 = sessions::table.count().get_result(&mut app.db().await).await.unwrap();

    let wrong = sign_in(&app.guest(), "ada@example.com", "correct horse").await;
    assert_eq!(wrong.user_error_codes("sessionCreate"), ["INVALID_CREDENTIALS"]);
    assert_eq!(wrong.at("/sessionCreate/session"), &json!(null));
    let long = "a".repeat(100_000);
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        ("imported@example.com", PASSWORD),
        ("imported@example.com", ""),
        ("closed@example.com", PASSWORD),
        ("ada@example.com", ""),
        ("ada@example.com", &long),
        ("ada@example.com\u{0}", PASSWORD),
        ("not an address", PASSWORD),
        (&long, PASSWORD),
    ] {
        let answer = sign_in(&app.guest(), email, password).await;
        assert_eq!(answer.body["data"], wrong.body["data"], "{email:.40} {password:.40}");
    }
    let after: i64 = sessions::table.count().get_result(&mut app.db().await).await.unwrap();
    assert_eq!(after, before, "nobody was signed in");
}

#[tokio::test]
async fn known_and_unknown_accounts_cost_the_database_the_same() {
    let app = TestApp::start().await;
    ada(&app).await;
    let guest = app.guest();
    let (_, known) = app.statements(sign_in(&guest, "ada@example.com", "wrong password")).await;
    let (_, unknown) = app.statements(sign_in(&guest, "nobody@example.com", "wrong password")).await;
    let unknown: Vec<String> = unknown.texts().map(|text| text.replace("nobody@", "ada@")).collect();
    assert_eq!(known.texts().collect::<Vec<_>>(), unknown);
}

#[tokio::test]
async fn roles_come_with_the_token() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    assert_eq!(viewer(&staff).await.at("/viewer/roles"), &json!(["STAFF"]));
    let id = UserBuilder::new().roles(&[Role::Customer, Role::Admin]).create(&app).await;
    let admin = app.sign_in(id).await;
    assert_eq!(viewer(&admin).await.at("/viewer/roles"), &json!(["CUSTOMER", "ADMIN"]));
}
