//! `accountRegister`

use cartograph::db::schema::{refresh_tokens, sessions, users};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{PASSWORD, ada, bearer, register, viewer};
use crate::support::TestApp;

#[tokio::test]
async fn registering_makes_a_customer_and_signs_them_in() {
    let app = TestApp::start().await;
    let input = json!({ "email": " Ada@Example.COM ", "password": PASSWORD, "name": "  Ada Lovelace " });
    let answer = register(&app.guest(), input).await;
    let payload = answer.at("/accountRegister");
    assert_eq!(payload["userErrors"], json!([]));
    assert_eq!(payload["user"]["email"], "ada@example.com");
    assert_eq!(payload["user"]["name"], "Ada Lovelace");
    assert_eq!(payload["user"]["roles"], json!(["CUSTOMER"]));
    assert_eq!(payload["session"]["user"]["id"], payload["user"]["id"]);
    let seen = viewer(&bearer(&app, answer.text("/accountRegister/session/accessToken"))).await;
    assert_eq!(seen.at("/viewer/id"), &payload["user"]["id"]);
    assert_eq!(seen.text("/viewer/email"), "ada@example.com");
}

#[tokio::test]
async fn what_is_stored_is_good_for_nothing_by_itself() {
    let app = TestApp::start().await;
    let answer = ada(&app).await;
    let mut conn = app.db().await;
    let hash: Option<String> = users::table.select(users::password_hash).first(&mut conn).await.unwrap();
    let hash = hash.expect("a password was set");
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    assert!(!hash.contains(PASSWORD));
    let stored: Vec<u8> =
        refresh_tokens::table.select(refresh_tokens::token_hash).first(&mut conn).await.unwrap();
    let token = answer.text("/accountRegister/session/refreshToken");
    assert_eq!(stored, cartograph::secrets::sha256(token.as_bytes()));
}

#[tokio::test]
async fn an_address_belongs_to_one_account_in_whatever_case() {
    let app = TestApp::start().await;
    ada(&app).await;
    let input = json!({ "email": "ADA@example.com", "password": PASSWORD, "name": "Another Ada" });
    let answer = register(&app.guest(), input).await;
    assert_eq!(answer.user_error_codes("accountRegister"), ["EMAIL_TAKEN"]);
    assert_eq!(answer.at("/accountRegister/userErrors/0/field"), &json!(["input", "email"]));
    assert_eq!(answer.at("/accountRegister/user"), &json!(null));
    assert_eq!(answer.at("/accountRegister/session"), &json!(null));
}

#[tokio::test]
async fn of_many_who_register_one_address_at_once_one_gets_it() {
    let app = TestApp::start().await;
    let attempts = (0..8).map(|n| {
        let guest = app.guest();
        async move {
            let input =
                json!({ "email": "ada@example.com", "password": PASSWORD, "name": format!("Ada {n}") });
            register(&guest, input).await.user_error_codes("accountRegister")
        }
    });
    let mut outcomes = futures_util::future::join_all(attempts).await;
    outcomes.sort();
    assert_eq!(outcomes[0], Vec::<String>::new());
    assert!(outcomes[1..].iter().all(|codes| *codes == ["EMAIL_TAKEN"]), "{outcomes:?}");
    let mut conn = app.db().await;
    assert_eq!(users::table.count().get_result::<i64>(&mut conn).await.unwrap(), 1);
    assert_eq!(sessions::table.count().get_result::<i64>(&mut conn).await.unwrap(), 1);
}

#[tokio::test]
async fn a_closed_account_gives_its_address_back() {
    let app = TestApp::start().await;
    ada(&app).await;
    let closed = users::deleted_at.eq(Some(app.app.clock.now()));
    diesel::update(users::table).set(closed).execute(&mut app.db().await).await.unwrap();
    ada(&app).await;
}

#[tokio::test]
async fn each_bad_input_is_named() {
    let app = TestApp::start().await;
    let long = |length: usize| "é".repeat(length);
    for (email, password, name, expected) in [
        ("ada", PASSWORD, "Ada", &[("EMAIL_INVALID", "email")][..]),
        ("", PASSWORD, "Ada", &[("EMAIL_INVALID", "email")]),
        ("ada@localhost", PASSWORD, "Ada", &[("EMAIL_INVALID", "email")]),
        ("ada\u{0}@example.com", PASSWORD, "Ada", &[("EMAIL_INVALID", "email")]),
        (&format!("{}@example.com", "a".repeat(300)), PASSWORD, "Ada", &[("EMAIL_INVALID", "email")]),
        ("ada@example.com", &long(7), "Ada", &[("PASSWORD_TOO_SHORT", "password")]),
        ("ada@example.com", &long(129), "Ada", &[("PASSWORD_TOO_LONG", "password")]),
        ("ada@example.com", PASSWORD, "  ", &[("NAME_INVALID", "name")]),
        ("ada@example.com", PASSWORD, &long(201), &[("NAME_INVALID", "name")]),
        ("ada@example.com", PASSWORD, "A\u{0}da", &[("NAME_INVALID", "name")]),
        (
            "ada",
            "short",
            "",
            &[("EMAIL_INVALID", "email"), ("NAME_INVALID", "name"), ("PASSWORD_TOO_SHORT", "password")],
        ),
    ] {
        let input = json!({ "email": email, "password": password, "name": name });
        let errors = register(&app.guest(), input).await.user_errors("accountRegister");
        let found: Vec<_> = errors
            .iter()
            .map(|error| (error.code.as_deref().unwrap(), error.field.as_ref().unwrap()[1].as_str()))
            .collect();
        assert_eq!(found, expected, "{email:.40} {password:.40} {name:.40}");
        assert!(errors.iter().all(|error| !error.message.contains(password)), "a password is never repeated");
    }
    assert_eq!(users::table.count().get_result::<i64>(&mut app.db().await).await.unwrap(), 0);
    let longest = json!({ "email": "ada@example.com", "password": long(128), "name": long(200) });
    assert_eq!(
        register(&app.guest(), longest).await.user_error_codes("accountRegister"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn an_address_that_is_taken_makes_no_error_in_the_database() {
    let app = TestApp::start().await;
    ada(&app).await;
    let guests: Vec<_> = (0..4).map(|_| app.guest()).collect();
    let tries = guests.iter().map(|guest| {
        register(guest, json!({ "email": "new@example.com", "password": PASSWORD, "name": "New" }))
    });
    let answers = futures_util::future::join_all(tries).await;
    let made = answers.iter().filter(|answer| answer.user_error_codes("accountRegister").is_empty()).count();
    assert_eq!(made, 1);
    // An error would put the address into PostgreSQL's log.
    let input = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    let guest = app.guest();
    let (taken, statements) = app.statements(register(&guest, input)).await;
    assert_eq!(taken.user_error_codes("accountRegister"), ["EMAIL_TAKEN"]);
    assert!(statements.to_string().contains("ON CONFLICT"), "{statements}");
}
