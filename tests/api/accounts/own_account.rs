//! `passwordChange`, `accountUpdate` and `accountDeactivate`

use diesel::sql_types::Uuid;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{PASSWORD, ada, bearer, refresh, register, sign_in, viewer};
use crate::support::db::{count, run};
use crate::support::{Client, ProductBuilder, Response, TestApp};

const NEXT: &str = "another horse battery";

async fn change_password(client: &Client, current: &str, new: &str) -> Response {
    let document = "mutation($input: PasswordChangeInput!) { passwordChange(input: $input) { \
                    user { email } userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "currentPassword": current, "newPassword": new } })).await
}

async fn deactivate(client: &Client, input: Value) -> Response {
    let document = "mutation($input: AccountDeactivateInput!) { accountDeactivate(input: $input) { \
                    deactivated userErrors { code field message } } }";
    client.query_with(document, json!({ "input": input })).await
}

async fn living_sessions(app: &TestApp) -> i64 {
    count(&mut app.database().connect().await, "SELECT count(*) AS n FROM sessions WHERE revoked_at IS NULL")
        .await
}

#[tokio::test]
async fn another_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let elsewhere = ada(&app).await;
    let here = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    let client = bearer(&app, here.text("/sessionCreate/session/accessToken"));
    let changed = change_password(&client, PASSWORD, NEXT).await;
    assert_eq!(changed.text("/passwordChange/user/email"), "ada@example.com");

    let ended = refresh(&app.guest(), elsewhere.text("/accountRegister/session/refreshToken")).await;
    assert_eq!(ended.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
    let living = refresh(&app.guest(), here.text("/sessionCreate/session/refreshToken")).await;
    assert_eq!(living.user_error_codes("sessionRefresh"), [""; 0]);
    let old = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(old.user_error_codes("sessionCreate"), ["INVALID_CREDENTIALS"]);
    let new = sign_in(&app.guest(), "ada@example.com", NEXT).await;
    assert_eq!(new.user_error_codes("sessionCreate"), [""; 0]);
    let notice = app.letter("ada@example.com", 2).await;
    assert_eq!(notice.subject, "Test Shop: Your password was changed");
    // The address may be a stranger's.
    let (mut current, mut next) = (NEXT, PASSWORD);
    for _ in 0..4 {
        change_password(&client, current, next).await.data();
        app.at_rest().await;
        std::mem::swap(&mut current, &mut next);
    }
    assert_eq!(app.letters("ada@example.com").len(), 4, "one to verify, three notices in an hour");
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_into_one_that_can_be() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    for (current, new, code, field) in [
        ("not it at all", NEXT, "WRONG_PASSWORD", "currentPassword"),
        (PASSWORD, "short", "PASSWORD_TOO_SHORT", "newPassword"),
        (PASSWORD, &"x".repeat(129), "PASSWORD_TOO_LONG", "newPassword"),
    ] {
        let errors = change_password(&client, current, new).await.user_errors("passwordChange");
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].code.as_deref(), Some(code));
        assert_eq!(errors[0].field, Some(vec!["input".to_owned(), field.to_owned()]));
    }
    assert_eq!(living_sessions(&app).await, 1);
    let same = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(same.user_error_codes("sessionCreate"), [""; 0]);
}

#[tokio::test]
async fn a_name_is_what_its_owner_says() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    let update = "mutation($input: AccountUpdateInput!) { accountUpdate(input: $input) { user { name } userErrors { code message } } }";
    let updated = client.query_with(update, json!({ "input": { "name": " Countess " } })).await;
    assert_eq!(updated.text("/accountUpdate/user/name"), "Countess");
    let same = client.query_with(update, json!({ "input": {} })).await;
    assert_eq!(same.text("/accountUpdate/user/name"), "Countess");
    let refused = client.query_with(update, json!({ "input": { "name": "a\nb" } })).await;
    assert_eq!(refused.user_error_codes("accountUpdate"), ["NAME_INVALID"]);
    assert_eq!(viewer(&client).await.text("/viewer/name"), "Countess");
}

#[tokio::test]
async fn a_closed_account_is_nobodys_and_its_address_is_free() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    let wrong = deactivate(&client, json!({ "password": "not it at all" })).await;
    assert_eq!(wrong.user_error_codes("accountDeactivate"), ["WRONG_PASSWORD"]);
    assert_eq!(living_sessions(&app).await, 1);

    let closed = deactivate(&client, json!({ "password": PASSWORD })).await;
    assert_eq!(closed.at("/accountDeactivate"), &json!({ "deactivated": true, "userErrors": [] }));
    assert_eq!(living_sessions(&app).await, 0);
    let ended = refresh(&app.guest(), registered.text("/accountRegister/session/refreshToken")).await;
    assert_eq!(ended.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
    let out = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(out.user_error_codes("sessionCreate"), ["INVALID_CREDENTIALS"]);
    let next = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Another Ada" });
    let again = register(&app.guest(), next).await;
    assert_eq!(again.user_error_codes("accountRegister"), [""; 0]);
    assert_ne!(again.text("/accountRegister/user/id"), registered.text("/accountRegister/user/id"));
}

#[tokio::test]
async fn an_erased_account_tells_nothing_and_its_orders_stay() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").create(&app).await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    let line = json!({ "variantId": mug.variant.to_string(), "quantity": 1 });
    let add =
        "mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { userErrors { message } } }";
    let address = json!({ "name": "Ada", "line1": "1 Square", "city": "London", "country": "GB" });
    for (document, input) in [
        (add, json!({ "lines": [line] })),
        (
            "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) { userErrors { message } } }",
            json!({ "shippingAddress": address }),
        ),
        (add, json!({ "lines": [line] })),
        (
            "mutation($input: AddressCreateInput!) { addressCreate(input: $input) { userErrors { message } } }",
            json!({ "address": address }),
        ),
        (
            "mutation($input: ReviewCreateInput!) { reviewCreate(input: $input) { userErrors { message } } }",
            json!({ "productId": mug.id.to_string(), "rating": 5 }),
        ),
    ] {
        let done = client.query_with(document, json!({ "input": input })).await;
        assert!(!done.body.to_string().contains("\"message\""), "{:#}", done.body);
    }
    let closed = deactivate(&client, json!({ "password": PASSWORD, "erase": true })).await;
    assert_eq!(closed.at("/accountDeactivate/deactivated"), &json!(true));

    for table in ["addresses", "carts", "cart_lines"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    let product = app
        .guest()
        .query("{ product(slug: \"mug\") { reviews(first: 1) { nodes { rating author { name } } } } }")
        .await;
    assert_eq!(product.at("/product/reviews/nodes/0"), &json!({ "rating": 5, "author": null }));
    let admin = app.admin().await;
    let users = admin.query("{ users(filter: { status: DEACTIVATED }) { nodes { id email name deactivatedAt erasedAt orders(first: 5) { totalCount nodes { email shippingAddress { name } customer { name } } } } } }").await;
    let erased = users.at("/users/nodes/0");
    assert_eq!(erased["name"], "");
    let id = erased["id"].as_str().expect("an id");
    assert_eq!(erased["email"], format!("{id}@erased.invalid"));
    assert!(erased["deactivatedAt"].is_string() && erased["erasedAt"].is_string());
    let order = json!({ "email": "ada@example.com", "shippingAddress": { "name": "Ada" }, "customer": { "name": "" } });
    assert_eq!(
        erased["orders"],
        json!({ "totalCount": 1, "nodes": [order] }),
        "a business record stays as it was"
    );

    // Whoever gets the address next has nothing of it.
    let next =
        register(&app.guest(), json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" }))
            .await;
    let next = bearer(&app, next.text("/accountRegister/session/accessToken"));
    let orders = next.query("{ viewer { orders { totalCount } } }").await;
    assert_eq!(orders.int("/viewer/orders/totalCount"), 0);
}

#[tokio::test]
async fn an_erasure_leaves_no_address_in_the_queue_and_word_to_a_former_one_goes_out() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    app.letter("ada@example.com", 1).await;
    app.at_rest().await;
    let mut conn = app.database().connect().await;
    for (letter, fields, end) in [
        ("reset_password", "'email', email", "NULL"),
        ("reset_password", "'email', email", "now()"),
        (
            "change_email",
            "'user', id, 'email', 'next.ada@example.com', 'password_digest', '[]'::jsonb",
            "NULL",
        ),
        ("email_changed", "'user', id, 'former', 'former.ada@example.com'", "now()"),
        ("email_changed", "'user', id, 'former', 'once.ada@example.com'", "NULL"),
    ] {
        let write = format!(
            "INSERT INTO jobs (id, kind, payload, max_attempts, run_at, died_at) SELECT uuid_v7(), 'account_letter', \
             jsonb_build_object('letter', '{letter}', {fields}), 20, now() + interval '1 hour', {end} FROM users"
        );
        run(&mut conn, &write).await;
    }
    deactivate(&client, json!({ "password": PASSWORD, "erase": true })).await.data();
    assert_eq!(app.count("jobs WHERE payload::text LIKE '%ada@%' OR unique_key LIKE '%ada@%'").await, 1);
    run(&mut conn, "UPDATE jobs SET run_at = now() WHERE finished_at IS NULL").await;
    app.app.worker.wake();
    app.letter("once.ada@example.com", 1).await;
    app.at_rest().await;
    assert_eq!(app.count("jobs WHERE payload::text LIKE '%ada@%'").await, 0, "nor when it is done");
}

/// As many log-ins at once as leave the owner an attempt: all are counted together.
const LOG_INS: usize = 3;

#[tokio::test]
async fn nobody_gets_in_while_an_account_closes() {
    let app = TestApp::start().await;
    for round in 0..4 {
        let email = format!("ada{round}@example.com");
        let input = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        let registered = register(&app.guest(), input).await;
        let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
        let token = registered.text("/accountRegister/session/refreshToken");
        let guest = app.guest();
        let sign_ins =
            futures_util::future::join_all((0..LOG_INS).map(|_| sign_in(&guest, &email, PASSWORD)));
        let closing = deactivate(&client, json!({ "password": PASSWORD }));
        let (_, closed, _) = tokio::join!(sign_ins, closing, refresh(&guest, token));
        assert_eq!(closed.at("/accountDeactivate/deactivated"), &json!(true));
        assert_eq!(living_sessions(&app).await, 0, "a session was opened behind the closing's back");
    }
}

#[tokio::test]
async fn nobody_stays_in_by_the_old_password_while_it_is_changed() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    let (mut current, mut next) = (PASSWORD, NEXT);
    for _ in 0..4 {
        let guest = app.guest();
        let sign_ins =
            futures_util::future::join_all((0..LOG_INS).map(|_| sign_in(&guest, "ada@example.com", current)));
        let (_, changed) = tokio::join!(sign_ins, change_password(&client, current, next));
        assert_eq!(changed.user_error_codes("passwordChange"), [""; 0]);
        assert_eq!(living_sessions(&app).await, 1, "only that of whoever changed it");
        std::mem::swap(&mut current, &mut next);
    }
}

#[tokio::test]
async fn what_was_done_to_accounts_cannot_be_rewritten() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let client = bearer(&app, registered.text("/accountRegister/session/accessToken"));
    change_password(&client, PASSWORD, NEXT).await.data();
    deactivate(&client, json!({ "password": NEXT, "erase": true })).await.data();
    let admin = app.admin().await;
    let id = registered.text("/accountRegister/user/id");
    let events = admin
        .query(&format!(
            "{{ user(id: {id:?}) {{ events {{ totalCount nodes {{ type actor {{ id }} fromRoles }} }} }} }}"
        ))
        .await;
    assert_eq!(events.texts("/user/events/nodes", "/type"), ["ERASED", "DEACTIVATED", "PASSWORD_CHANGED"]);
    assert_eq!(events.texts("/user/events/nodes", "/actor/id"), [id; 3]);

    let mut conn = app.database().connect().await;
    for forged in [
        "UPDATE account_events SET type = 'ERASED'",
        "DELETE FROM account_events",
        "UPDATE account_events SET actor_id = NULL",
        "TRUNCATE account_events",
        "TRUNCATE users CASCADE",
    ] {
        let outcome = diesel::sql_query(forged).execute(&mut conn).await;
        assert!(outcome.is_err(), "{forged}");
    }
    // An account that goes altogether takes them with it.
    let user: cartograph::ids::UserId = id.parse().expect("an id");
    diesel::sql_query("DELETE FROM users WHERE id = $1")
        .bind::<Uuid, _>(user)
        .execute(&mut conn)
        .await
        .expect("the account can go");
    assert_eq!(app.count("account_events").await, 0);
}
