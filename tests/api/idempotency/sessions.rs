//! Sessions: their tokens and cookies come again too.

use serde_json::{Value, json};

use super::{Sent, send, send_with};
use crate::accounts::{register, sign_in};
use crate::support::{Client, TestApp};

const PASSWORD: &str = "correct horse battery";
const OWN: (&str, &str) = ("origin", "http://shop.test");
const CREATE: &str = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { session { id } userErrors { code } } }";
const REFRESH: &str = "mutation($key: String) { sessionRefresh(input: { idempotencyKey: $key }) { session { id } userErrors { code } } }";

async fn ada(app: &TestApp) -> Client {
    let input = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    let registered = register(&app.guest(), input).await;
    let token = registered.text("/accountRegister/session/accessToken");
    app.guest().with_authorization(&format!("Bearer {token}"))
}

/// What a browser sends from then on.
fn jar(sent: &Sent) -> String {
    let pairs = sent.cookies().into_iter().map(|cookie| cookie.split(';').next().expect("a pair"));
    pairs.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn cookies_come_with_the_answer_each_time() {
    let app = TestApp::start().await;
    ada(&app).await;
    let input =
        json!({ "email": "ada@example.com", "password": PASSWORD, "cookies": true, "idempotencyKey": "a" });
    let guest = app.guest();
    let create = || send_with(&app, &guest, &[OWN], CREATE, json!({ "input": input }));
    let (first, again) = (create().await, create().await);
    assert_eq!(first.cookies().len(), 2);
    assert_eq!((again.cookies(), again.data()), (first.cookies(), first.data()));
    assert_eq!(again.replayed(), ["sessionCreate"]);
    assert_eq!(app.count("sessions").await, 2, "one of the registration, one of both");

    // The answer to a refresh is lost: the browser has the old cookies still, and sends them again.
    let cookies = jar(&first);
    let headers = [OWN, ("cookie", cookies.as_str())];
    let refresh = || send_with(&app, &guest, &headers, REFRESH, json!({ "key": "b" }));
    let (renewed, again) = (refresh().await, refresh().await);
    assert_eq!(renewed.cookies().len(), 2);
    assert_ne!(renewed.cookies(), first.cookies());
    assert_eq!((again.cookies(), again.data()), (renewed.cookies(), renewed.data()));
    // They are good: the session has not ended.
    let cookies = jar(&again);
    let viewer =
        send_with(&app, &guest, &[OWN, ("cookie", &cookies)], "{ viewer { email } }", json!({})).await;
    assert_eq!(viewer.at("/viewer/email"), "ada@example.com");
}

#[tokio::test]
async fn what_belongs_behind_the_commit_is_done_there() {
    let app = TestApp::start().await;
    let ada = ada(&app).await;
    let other = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    let token = other.text("/sessionCreate/session/accessToken");
    let other = app.guest().with_authorization(&format!("Bearer {token}"));
    assert!(other.query("{ viewer { id } }").await.at("/viewer/id").is_string());

    let document = "mutation($input: PasswordChangeInput!) { passwordChange(input: $input) { user { email } userErrors { code } } }";
    let input =
        json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery", "idempotencyKey": "a" });
    let changed = send(&app, &ada, document, json!({ "input": input })).await;
    assert_eq!(changed.at("/passwordChange/user/email"), "ada@example.com");
    assert_eq!(other.query("{ viewer { id } }").await.error_code(), "UNAUTHENTICATED", "recalled at once");
    let again = send(&app, &ada, document, json!({ "input": input })).await;
    assert_eq!(again.data(), changed.data(), "although that is no longer the password");
    assert_eq!(
        sign_in(&app.guest(), "ada@example.com", "another horse battery").await.user_errors("sessionCreate"),
        []
    );

    // A wrong password is an attempt, with a key or without.
    let wrong =
        json!({ "currentPassword": "wrong horse battery", "newPassword": PASSWORD, "idempotencyKey": "b" });
    let refused = send(&app, &ada, document, json!({ "input": wrong })).await;
    assert_eq!(refused.at("/passwordChange/user"), &Value::Null);
}

#[tokio::test]
async fn a_cart_that_stays_behind_is_no_refusal() {
    let app = TestApp::start().await;
    ada(&app).await;
    // Merging fails, as if the database could not.
    for statement in [
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'lost'; END $$",
        "CREATE TRIGGER lose BEFORE DELETE ON carts FOR EACH ROW EXECUTE FUNCTION lose()",
    ] {
        crate::support::db::run(&mut *app.db().await, statement).await;
    }
    let mug = crate::support::ProductBuilder::new("mug").stock(3).create(&app).await;
    let filled = app.guest().query_with(super::ADD, super::lines(mug.variant, 1, "fill")).await;
    let cart = filled.text("/cartLinesAdd/cart/token");
    let input =
        json!({ "email": "ada@example.com", "password": PASSWORD, "cartToken": cart, "idempotencyKey": "a" });
    let create = || async { send(&app, &app.guest(), CREATE, json!({ "input": input })).await };
    let (first, again) = (create().await, create().await);
    assert_eq!(first.at("/sessionCreate/userErrors/0/code"), "CART_NOT_MERGED");
    assert_eq!(again.data(), first.data());
    assert_eq!(again.replayed(), ["sessionCreate"]);
}
