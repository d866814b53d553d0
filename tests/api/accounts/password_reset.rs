//! `passwordResetRequest`, `passwordReset`

use chrono::TimeDelta;
use serde_json::json;

use super::email::verify;
use super::{PASSWORD, ada, bearer, refresh, sign_in};
use crate::support::{Client, Response, TestApp};

const ADA: &str = "ada@example.com";
const FRESH: &str = "a fresh new password";

async fn request(client: &Client, email: &str) -> Response {
    let document = "mutation($email: String!) { passwordResetRequest(input: { email: $email }) { \
                    requested userErrors { code field message } } }";
    client.query_with(document, json!({ "email": email })).await
}

async fn reset(client: &Client, token: &str, password: &str) -> Response {
    let document = "mutation($input: PasswordResetInput!) { passwordReset(input: $input) { \
                    email userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "token": token, "password": password } })).await
}

/// Asks for a new password of Ada's; the token of the letter of this number to her.
async fn token(app: &TestApp, number: usize) -> String {
    request(&app.guest(), ADA).await.data();
    app.letter(ADA, number).await.token()
}

#[tokio::test]
async fn a_reset_opens_the_account_to_its_owner_and_to_nobody_else() {
    let app = TestApp::start().await;
    let answer = ada(&app).await;
    let first = app.letter(ADA, 1).await;
    assert_eq!(
        request(&app.guest(), " ADA@example.com").await.at("/passwordResetRequest/requested"),
        &json!(true)
    );
    let letter = app.letter(ADA, 2).await;
    assert_eq!(letter.subject, "Test Shop: Set a new password");
    assert!(letter.text.contains("http://shop.test/reset-password?token="), "{}", letter.text);
    let token = letter.token();
    let done = reset(&app.guest(), &token, FRESH).await;
    assert_eq!(done.text("/passwordReset/email"), ADA);
    // Every session has ended, the old password opens nothing, the new one does.
    let refresh_token = answer.text("/accountRegister/session/refreshToken");
    let refreshed = refresh(&app.guest(), refresh_token).await;
    assert_eq!(refreshed.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
    assert_eq!(app.count("sessions WHERE revoked_at IS NULL").await, 0);
    assert_eq!(
        sign_in(&app.guest(), ADA, PASSWORD).await.user_error_codes("sessionCreate"),
        ["INVALID_CREDENTIALS"]
    );
    let signed_in = sign_in(&app.guest(), ADA, FRESH).await;
    let client = bearer(&app, signed_in.text("/sessionCreate/session/accessToken"));
    let viewer = client.query("{ viewer { emailVerified } }").await;
    assert_eq!(viewer.at("/viewer/emailVerified"), &json!(true), "who reads the letter reads the address");
    let notice = app.letter(ADA, 3).await;
    assert_eq!(notice.subject, "Test Shop: Your password was changed");
    assert!(notice.text.starts_with("Hello Ada Lovelace,"), "{}", notice.text);
    // Once.
    assert_eq!(reset(&app.guest(), &token, FRESH).await.user_error_codes("passwordReset"), ["TOKEN_INVALID"]);
    // A token is for what it was sent for.
    let wrong = reset(&app.guest(), &first.token(), FRESH).await;
    assert_eq!(wrong.user_error_codes("passwordReset"), ["TOKEN_INVALID"]);
}

#[tokio::test]
async fn nothing_tells_whether_there_is_an_account() {
    let app = TestApp::start().await;
    ada(&app).await;
    app.at_rest().await;
    let (known, known_statements) = app.statements(request(&app.guest(), ADA)).await;
    let (unknown, unknown_statements) = app.statements(request(&app.guest(), "eve@example.com")).await;
    assert_eq!(known.body, unknown.body);
    let shape = |text: &str| text.split(" -- binds").next().unwrap_or_default().to_owned();
    assert_eq!(
        known_statements.texts().map(shape).collect::<Vec<_>>(),
        unknown_statements.texts().map(shape).collect::<Vec<_>>()
    );
    known_statements.assert_at_most(1);
    app.letter(ADA, 2).await;
    app.at_rest().await;
    assert_eq!(app.letters("eve@example.com").len(), 0);
    assert_eq!(app.count("jobs WHERE died_at IS NOT NULL").await, 0);
    let wrong = request(&app.guest(), "ada").await;
    assert_eq!(wrong.user_error_codes("passwordResetRequest"), ["EMAIL_INVALID"]);
}

#[tokio::test]
async fn an_account_is_not_flooded() {
    let app = TestApp::start().await;
    ada(&app).await;
    app.letter(ADA, 1).await;
    for _ in 0..6 {
        // The answer is the same.
        assert_eq!(request(&app.guest(), ADA).await.at("/passwordResetRequest/requested"), &json!(true));
        app.at_rest().await;
    }
    assert_eq!(app.letters(ADA).len(), 4, "three of them in an hour");
    app.app.clock.advance(TimeDelta::minutes(61));
    token(&app, 5).await;
}

#[tokio::test]
async fn a_token_ends_with_the_hour() {
    let app = TestApp::start().await;
    ada(&app).await;
    app.letter(ADA, 1).await;
    let token = token(&app, 2).await;
    app.app.clock.advance(TimeDelta::minutes(60));
    assert_eq!(reset(&app.guest(), &token, FRESH).await.user_error_codes("passwordReset"), ["TOKEN_INVALID"]);
    assert_eq!(sign_in(&app.guest(), ADA, PASSWORD).await.user_error_codes("sessionCreate"), [""; 0]);
}

#[tokio::test]
async fn a_password_that_cannot_be_taken_costs_no_token() {
    let app = TestApp::start().await;
    ada(&app).await;
    app.letter(ADA, 1).await;
    let token = token(&app, 2).await;
    assert_eq!(
        reset(&app.guest(), &token, "short").await.user_error_codes("passwordReset"),
        ["PASSWORD_TOO_SHORT"]
    );
    let own = reset(&app.guest(), &token, ADA).await;
    assert_eq!(own.user_error_codes("passwordReset"), ["PASSWORD_PERSONAL"]);
    assert_eq!(reset(&app.guest(), &token, FRESH).await.text("/passwordReset/email"), ADA);
}

#[tokio::test]
async fn of_many_who_show_one_token_at_once_one_sets_the_password() {
    let app = TestApp::start().await;
    ada(&app).await;
    app.letter(ADA, 1).await;
    let token = token(&app, 2).await;
    let attempts = (0..6).map(|number| {
        let (guest, token) = (app.guest(), token.clone());
        async move { reset(&guest, &token, &format!("password number {number}")).await }
    });
    let answers = futures_util::future::join_all(attempts).await;
    let mut codes: Vec<_> = answers.iter().map(|answer| answer.user_error_codes("passwordReset")).collect();
    codes.sort();
    assert_eq!(codes[0], [""; 0]);
    assert!(codes[1..].iter().all(|codes| *codes == ["TOKEN_INVALID"]), "{codes:?}");
}

#[tokio::test]
async fn a_new_password_voids_what_was_sent_before() {
    let app = TestApp::start().await;
    let answer = ada(&app).await;
    app.letter(ADA, 1).await;
    // Somebody who knows the old password wants the account for an address of their own.
    let thief = bearer(&app, answer.text("/accountRegister/session/accessToken"));
    let wish = format!(
        "mutation {{ emailChangeRequest(input: {{ email: \"thief@example.com\", password: \"{PASSWORD}\" }}) {{ email }} }}"
    );
    thief.query(&wish).await.data();
    let stolen = app.letter("thief@example.com", 1).await.token();
    let one = token(&app, 2).await;
    app.at_rest().await;
    let other = token(&app, 3).await;
    assert_eq!(reset(&app.guest(), &one, FRESH).await.text("/passwordReset/email"), ADA);
    assert_eq!(
        reset(&app.guest(), &other, PASSWORD).await.user_error_codes("passwordReset"),
        ["TOKEN_INVALID"]
    );
    assert_eq!(verify(&app.guest(), &stolen).await.user_error_codes("emailVerify"), ["TOKEN_INVALID"]);
}

#[tokio::test]
async fn each_request_is_written_down_whether_there_is_an_account_or_not() {
    use diesel_async::SimpleAsyncConnection;

    let app = TestApp::start().await;
    ada(&app).await;
    app.letter(ADA, 1).await;
    app.at_rest().await;
    // Nobody looks an account up meanwhile: what was asked for stays open.
    let mut conn = app.database().connect().await;
    conn.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    for email in [ADA, "eve@example.com"] {
        let before = app.count("jobs").await;
        for _ in 0..3 {
            request(&app.guest(), email).await.data();
        }
        assert_eq!(app.count("jobs").await, before + 3, "{email}");
    }
    conn.batch_execute("COMMIT").await.expect("the lock is given back");
}

#[tokio::test]
async fn a_new_password_opens_the_door_to_who_had_to_wait() {
    let app = TestApp::start().await;
    ada(&app).await;
    app.letter(ADA, 1).await;
    let token = token(&app, 2).await;
    for _ in 0..6 {
        sign_in(&app.guest(), ADA, "wrong password").await.data();
    }
    let waits = sign_in(&app.guest(), ADA, PASSWORD).await;
    assert_eq!(waits.user_error_codes("sessionCreate"), ["TOO_MANY_ATTEMPTS"]);
    assert_eq!(reset(&app.guest(), &token, FRESH).await.text("/passwordReset/email"), ADA);
    assert_eq!(sign_in(&app.guest(), ADA, FRESH).await.user_error_codes("sessionCreate"), [""; 0]);
}
