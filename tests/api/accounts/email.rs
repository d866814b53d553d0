//! `emailVerificationRequest`, `emailVerify`, `emailChangeRequest`

use chrono::TimeDelta;
use serde_json::json;

use super::{PASSWORD, ada, bearer, register, sign_in};
use crate::support::{Client, Response, TestApp, UserBuilder};

const ADA: &str = "ada@example.com";
const NEW: &str = "countess@example.com";

pub(super) async fn verify(client: &Client, token: &str) -> Response {
    let document = "mutation($token: String!) { emailVerify(input: { token: $token }) { \
                    email user { id email emailVerified } userErrors { code field message } } }";
    client.query_with(document, json!({ "token": token })).await
}

async fn request(client: &Client) -> Response {
    client
        .query("mutation { emailVerificationRequest { user { emailVerified } userErrors { code message } } }")
        .await
}

async fn change(client: &Client, email: &str, password: &str) -> Response {
    let document = "mutation($input: EmailChangeRequestInput!) { emailChangeRequest(input: $input) { \
                    email userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "email": email, "password": password } })).await
}

/// Ada, registered and signed in.
async fn signed_in(app: &TestApp) -> Client {
    let answer = ada(app).await;
    bearer(app, answer.text("/accountRegister/session/accessToken"))
}

async fn address(client: &Client) -> (String, bool) {
    let viewer = client.query("{ viewer { email emailVerified } }").await;
    (viewer.text("/viewer/email").to_owned(), viewer.at("/viewer/emailVerified") == true)
}

#[tokio::test]
async fn an_address_is_verified_by_what_was_sent_to_it() {
    let app = TestApp::start().await;
    let client = signed_in(&app).await;
    assert_eq!(address(&client).await, (ADA.to_owned(), false));
    let token = app.letter(ADA, 1).await.token();
    // The link may be opened anywhere; who is a stranger there learns nothing but the address.
    let verified = verify(&app.guest(), &token).await;
    assert_eq!(verified.text("/emailVerify/email"), ADA);
    assert_eq!(verified.at("/emailVerify/user"), &json!(null));
    assert_eq!(address(&client).await, (ADA.to_owned(), true));
    // A second click comes to the same.
    let again = verify(&client, &token).await;
    assert_eq!(again.user_error_codes("emailVerify"), [""; 0]);
    assert_eq!(again.at("/emailVerify/user/emailVerified"), &json!(true));
    app.app.clock.advance(TimeDelta::hours(25));
    assert_eq!(verify(&app.guest(), &token).await.user_error_codes("emailVerify"), ["TOKEN_INVALID"]);
}

#[tokio::test]
async fn no_other_token_verifies_anything() {
    let app = TestApp::start().await;
    let answer = ada(&app).await;
    let token = app.letter(ADA, 1).await.token();
    let refresh_token = answer.text("/accountRegister/session/refreshToken");
    let mut altered = token.clone().into_bytes();
    altered[0] = if altered[0] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    for wrong in ["", "a", &altered, &token[1..], refresh_token, &"é".repeat(43), &"a".repeat(100_000)] {
        let refused = verify(&app.guest(), wrong).await;
        assert_eq!(refused.user_error_codes("emailVerify"), ["TOKEN_INVALID"], "{wrong:.60}");
        assert_eq!(refused.at("/emailVerify/userErrors/0/field"), &json!(["input", "token"]));
    }
    app.app.clock.advance(TimeDelta::hours(24));
    assert_eq!(verify(&app.guest(), &token).await.user_error_codes("emailVerify"), ["TOKEN_INVALID"]);
    assert_eq!(app.count("users WHERE email_verified_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn the_letter_is_sent_again_but_not_all_day() {
    let app = TestApp::start().await;
    let client = signed_in(&app).await;
    for number in 2..=3 {
        app.letter(ADA, number - 1).await;
        app.at_rest().await;
        assert_eq!(request(&client).await.user_error_codes("emailVerificationRequest"), [""; 0]);
        app.letter(ADA, number).await;
    }
    assert_eq!(request(&client).await.user_error_codes("emailVerificationRequest"), ["TOO_MANY_ATTEMPTS"]);
    app.app.clock.advance(TimeDelta::minutes(61));
    // The access token has expired meanwhile.
    let answer = sign_in(&app.guest(), ADA, PASSWORD).await;
    let client = bearer(&app, answer.text("/sessionCreate/session/accessToken"));
    request(&client).await.data();
    let token = app.letter(ADA, 4).await.token();
    // Each of them is good.
    verify(&app.guest(), &token).await.data();
    app.at_rest().await;
    let done = request(&client).await;
    assert_eq!(done.at("/emailVerificationRequest/user/emailVerified"), &json!(true));
    app.at_rest().await;
    assert_eq!(app.letters(ADA).len(), 4, "there is nothing left to prove");
    assert_eq!(request(&app.guest()).await.error_code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_new_address_is_the_accounts_once_it_is_proven() {
    let app = TestApp::start().await;
    let client = signed_in(&app).await;
    let first = app.letter(ADA, 1).await.token();
    let refused = change(&client, NEW, "another password").await;
    assert_eq!(refused.user_error_codes("emailChangeRequest"), ["WRONG_PASSWORD"]);
    assert_eq!(
        change(&client, "ada", PASSWORD).await.user_error_codes("emailChangeRequest"),
        ["EMAIL_INVALID"]
    );
    assert_eq!(change(&client, NEW, PASSWORD).await.text("/emailChangeRequest/email"), NEW);
    let token = app.letter(NEW, 1).await.token();
    assert_eq!(address(&client).await, (ADA.to_owned(), false), "until then nothing changes");
    assert_eq!(verify(&client, &token).await.text("/emailVerify/user/email"), NEW);
    assert_eq!(address(&client).await, (NEW.to_owned(), true));
    assert_eq!(verify(&client, &token).await.text("/emailVerify/email"), NEW, "a second click");
    let notice = app.letter(ADA, 2).await;
    assert_eq!(notice.subject, "Test Shop: Your e-mail address was changed");
    assert!(!notice.text.contains(NEW), "who reads the old one need not know the new one");
    // The address that was given up is free, and what was sent there is void.
    assert_eq!(verify(&app.guest(), &first).await.user_error_codes("emailVerify"), ["TOKEN_INVALID"]);
    assert_eq!(
        sign_in(&app.guest(), ADA, PASSWORD).await.user_error_codes("sessionCreate"),
        ["INVALID_CREDENTIALS"]
    );
    assert_eq!(sign_in(&app.guest(), NEW, PASSWORD).await.user_error_codes("sessionCreate"), [""; 0]);
    ada(&app).await;
    // Nor does the old link take the address back.
    assert_eq!(verify(&client, &token).await.text("/emailVerify/email"), NEW);
}

#[tokio::test]
async fn whether_an_address_is_taken_is_for_its_owner_to_know() {
    let app = TestApp::start().await;
    let client = signed_in(&app).await;
    UserBuilder::new().email("bob@example.com").create(&app).await;
    let (free, free_statements) = app.statements(change(&client, NEW, PASSWORD)).await;
    let (taken, taken_statements) = app.statements(change(&client, "bob@example.com", PASSWORD)).await;
    assert_eq!(
        free.body.to_string().replace(NEW, "…"),
        taken.body.to_string().replace("bob@example.com", "…")
    );
    assert_eq!(free_statements.count(), taken_statements.count());
    let letter = app.letter("bob@example.com", 1).await;
    assert_eq!(letter.subject, "Test Shop: This e-mail address has an account already");
    assert!(!letter.text.contains("token="), "{}", letter.text);
}

#[tokio::test]
async fn of_two_who_want_one_address_one_gets_it() {
    let app = TestApp::start().await;
    let mut tokens = Vec::new();
    for name in ["ada", "bob"] {
        let input = json!({ "email": format!("{name}@example.com"), "password": PASSWORD, "name": name });
        let answer = register(&app.guest(), input).await;
        let client = bearer(&app, answer.text("/accountRegister/session/accessToken"));
        change(&client, NEW, PASSWORD).await.data();
        tokens.push(app.letter(NEW, tokens.len() + 1).await.token());
    }
    let (guest, other) = (app.guest(), app.guest());
    let (one, two) = tokio::join!(verify(&guest, &tokens[0]), verify(&other, &tokens[1]));
    let mut codes = [one.user_error_codes("emailVerify"), two.user_error_codes("emailVerify")];
    codes.sort();
    assert_eq!(codes, [vec![], vec!["EMAIL_TAKEN".to_owned()]]);
}

#[tokio::test]
async fn only_the_newest_wish_for_an_address_counts() {
    let app = TestApp::start().await;
    let client = signed_in(&app).await;
    // A slip: somebody else reads this one.
    change(&client, "stranger@example.com", PASSWORD).await.data();
    let slip = app.letter("stranger@example.com", 1).await.token();
    change(&client, NEW, PASSWORD).await.data();
    let token = app.letter(NEW, 1).await.token();
    assert_eq!(verify(&app.guest(), &slip).await.user_error_codes("emailVerify"), ["TOKEN_INVALID"]);
    assert_eq!(verify(&app.guest(), &token).await.text("/emailVerify/email"), NEW);
    assert_eq!(verify(&app.guest(), &slip).await.user_error_codes("emailVerify"), ["TOKEN_INVALID"]);
    assert_eq!(address(&client).await.0, NEW);
}

#[tokio::test]
async fn tokens_that_have_expired_are_cleared_out() {
    let app = TestApp::start().await;
    ada(&app).await;
    app.letter(ADA, 1).await;
    app.at_rest().await;
    let long_ago = "UPDATE mailed_tokens SET expires_at = now() - interval '2 days'";
    crate::support::db::run(&mut app.database().connect().await, long_ago).await;
    cartograph::jobs::cleanup::round(&app.app).await.unwrap();
    assert_eq!(app.count("mailed_tokens").await, 0);
}

#[tokio::test]
async fn the_password_is_not_to_be_guessed_here_either() {
    let app = TestApp::start().await;
    let client = signed_in(&app).await;
    for _ in 0..5 {
        let refused = change(&client, NEW, "another password").await;
        assert_eq!(refused.user_error_codes("emailChangeRequest"), ["WRONG_PASSWORD"]);
    }
    let refused = change(&client, NEW, PASSWORD).await;
    assert_eq!(refused.user_error_codes("emailChangeRequest"), ["TOO_MANY_ATTEMPTS"]);
}

async fn register_and_close(app: &TestApp, email: &str, erase: bool) {
    let input = json!({ "email": email, "password": PASSWORD, "name": "Eve" });
    let answer = register(&app.guest(), input).await;
    assert_eq!(answer.user_error_codes("accountRegister"), [""; 0]);
    app.at_rest().await;
    let client = bearer(app, answer.text("/accountRegister/session/accessToken"));
    let close = format!(
        "mutation {{ accountDeactivate(input: {{ password: \"{PASSWORD}\", erase: {erase} }}) {{ deactivated }} }}"
    );
    assert_eq!(client.query(&close).await.at("/accountDeactivate/deactivated"), &json!(true));
}

#[tokio::test]
async fn a_stranger_is_written_to_three_times_an_hour_whichever_accounts_ask() {
    let app = TestApp::start().await;
    for round in 0..5 {
        register_and_close(&app, "victim@example.com", round % 2 == 0).await;
    }
    assert_eq!(app.letters("victim@example.com").len(), 3);
    for number in 0..5 {
        let input =
            json!({ "email": format!("eve{number}@example.com"), "password": PASSWORD, "name": "Eve" });
        let answer = register(&app.guest(), input).await;
        let client = bearer(&app, answer.text("/accountRegister/session/accessToken"));
        change(&client, "other@example.com", PASSWORD).await.data();
        app.at_rest().await;
    }
    assert_eq!(app.letters("other@example.com").len(), 3);
    app.app.clock.advance(TimeDelta::minutes(61));
    register_and_close(&app, "victim@example.com", true).await;
    assert_eq!(app.letters("victim@example.com").len(), 4);
    let kept = "mailed_tokens WHERE user_id IS NULL AND email IS NULL";
    assert!(app.count(kept).await >= 2, "what was erased is counted and says nothing");
}

#[tokio::test]
async fn a_wish_that_another_password_overtook_holds_up_no_other() {
    let app = TestApp::start().await;
    let client = signed_in(&app).await;
    app.letter(ADA, 1).await;
    app.at_rest().await;
    // One that waits for its next attempt, of the time of the password before.
    let waiting = format!(
        "INSERT INTO jobs (id, kind, payload, unique_key, max_attempts, run_at) SELECT uuid_v7(), 'account_letter', \
         jsonb_build_object('letter', 'change_email', 'user', id, 'email', '{NEW}', 'password_digest', '[]'::jsonb), \
         'change_email ' || id || ' {NEW}', 20, now() + interval '1 hour' FROM users"
    );
    crate::support::db::run(&mut app.database().connect().await, &waiting).await;
    change(&client, NEW, PASSWORD).await.data();
    app.letter(NEW, 1).await;
}
