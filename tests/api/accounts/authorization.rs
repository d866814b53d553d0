//! The `Authorization` header, and who sees which account.

use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cartograph::accounts::TokenKeys;
use chrono::TimeDelta;
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret;
use serde_json::json;

use super::{ada, bearer, viewer};
use crate::support::TestApp;
use crate::support::builders::ProductBuilder;
use crate::support::client::Http;

#[tokio::test]
async fn a_guest_is_nobody() {
    let app = TestApp::start().await;
    assert_eq!(viewer(&app.guest()).await.at("/viewer"), &json!(null));
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_and_says_why() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let token = registered.text("/accountRegister/session/accessToken");
    let account = app.customer().await.user_id();
    let foreign = {
        let mut tokens = app.app.config.tokens.clone();
        tokens.secret = Some("a secret of some other server, long".into());
        let keys = TokenKeys::open(&tokens, &app.app.config.data_dir).unwrap();
        let conn = app.db().await;
        let user = cartograph::accounts::queries::users_by_ids(&conn, &[account]).await.unwrap().remove(0);
        let session =
            cartograph::accounts::open_session(&conn, &keys, app.app.clock.now(), user).await.unwrap();
        session.access_token.expose_secret().to_owned()
    };
    let none = token.split_once('.').map(|(_, rest)| format!("eyJhbGciOiJub25lIn0.{rest}")).unwrap();
    for (header, problem) in [
        (String::new(), "must read 'Bearer"),
        ("Bearer".to_owned(), "must read 'Bearer"),
        ("Basic YWRhOnB3".to_owned(), "must read 'Bearer"),
        (token.to_owned(), "must read 'Bearer"),
        ("Bearer garbage".to_owned(), "is invalid"),
        (format!("Bearer {}", &token[..token.len() - 1]), "is invalid"),
        (format!("Bearer {foreign}"), "is invalid"),
        (format!("Bearer {none}"), "is invalid"),
    ] {
        let answer = viewer(&app.guest().with_authorization(&header)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{header:.40}");
        assert_eq!(answer.error_code(), "UNAUTHENTICATED", "{header:.40}");
        assert!(answer.error_message().contains(problem), "{header:.40}: {}", answer.error_message());
    }

    let client = bearer(&app, token);
    app.app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(viewer(&client).await.text("/viewer/email"), "ada@example.com");
    app.app.clock.advance(TimeDelta::minutes(1));
    let answer = viewer(&client).await;
    assert_eq!((answer.status, answer.error_code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
    assert!(answer.error_message().contains("has expired"), "{}", answer.error_message());
}

/// The key of RFC 8037, appendix A, as openssl writes it.
const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----";

#[tokio::test]
async fn others_can_check_tokens_with_the_published_keys() {
    let with_key = |config: &mut cartograph::config::Config| {
        config.tokens.secret = None;
        config.tokens.keys = Some(PRIVATE_KEY.into());
    };
    let app = TestApp::start_with(with_key).await;
    let registered = ada(&app).await;
    let token = registered.text("/accountRegister/session/accessToken");
    assert_eq!(viewer(&bearer(&app, token)).await.text("/viewer/email"), "ada@example.com");

    let published = Http::new(app.address).send(Method::GET, "/.well-known/jwks.json", &[], "").await;
    let keys = published.json();
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let (message, signature) = token.rsplit_once('.').expect("a JWT");
    let header: serde_json::Value =
        serde_json::from_slice(&decode(message.split_once('.').expect("a JWT").0)).expect("JSON");
    assert_eq!((&header["kid"], &header["alg"]), (&keys["keys"][0]["kid"], &json!("EdDSA")));
    let key = decode(keys["keys"][0]["x"].as_str().expect("a public key"));
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
    key.verify(message.as_bytes(), &decode(signature)).expect("the signature is good");
    assert!(!published.text().contains("\"d\""), "and nothing private is");

    let by_secret = TestApp::start().await;
    let none = Http::new(by_secret.address).send(Method::GET, "/.well-known/jwks.json", &[], "").await;
    assert_eq!(none.json(), json!({ "keys": [] }));
}

#[tokio::test]
async fn two_headers_are_one_too_many_and_the_answer_names_the_scheme() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let good = format!("Bearer {}", registered.text("/accountRegister/session/accessToken"));
    let headers =
        [("content-type", "application/json"), ("authorization", &good), ("authorization", "Bearer other")];
    let body = json!({ "query": "{ viewer { id } }" }).to_string();
    let answer = Http::new(app.address).send(Method::POST, "/graphql", &headers, body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
}

#[tokio::test]
async fn an_account_is_seen_by_its_owner_and_by_those_who_may_read_accounts() {
    let app = TestApp::start().await;
    let (owner, other) = (app.customer().await, app.customer().await);
    let document = format!("{{ node(id: \"{}\") {{ id ... on User {{ email }} }} }}", owner.user_id());
    for (client, sees) in [
        (&owner, true),
        (&app.admin().await, true),
        (&other, false),
        (&app.staff().await, true),
        (&app.guest(), false),
    ] {
        assert_eq!(!client.query(&document).await.at("/node").is_null(), sees);
    }
}

#[tokio::test]
async fn a_token_whose_account_is_gone_is_asked_to_sign_in() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(5).create(&app).await;
    let lines = json!([{ "variantId": mug.variant.to_string() }]);
    let add = "mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { cart { token } } }";
    let begun = app.guest().query_with(add, json!({ "input": { "lines": lines } })).await;
    let admin = app.admin().await;
    app.admin().await;
    let delete = format!("DELETE FROM users WHERE id = '{}'", admin.user_id().0);
    diesel::sql_query(delete).execute(&mut app.db().await).await.unwrap();

    let address = json!({ "name": "Ada", "line1": "1 Square", "city": "London", "country": "GB" });
    let token = begun.text("/cartLinesAdd/cart/token");
    for (mutation, input_type, input) in [
        ("cartLinesAdd", "CartLinesAddInput", json!({ "lines": lines })),
        (
            "orderPlace",
            "OrderPlaceInput",
            json!({ "cartToken": token, "email": "ada@example.com", "shippingAddress": address }),
        ),
        (
            "inventoryAdjust",
            "InventoryAdjustInput",
            json!({ "variantId": mug.variant.to_string(), "delta": 1 }),
        ),
        (
            "reviewCreate",
            "ReviewCreateInput",
            json!({ "productId": mug.id.to_string(), "rating": 5, "title": "Good", "body": "Good." }),
        ),
    ] {
        let document = format!(
            "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ userErrors {{ message }} }} }}"
        );
        let answer = admin.query_with(&document, json!({ "input": input })).await;
        assert_eq!(answer.error_code(), "UNAUTHENTICATED", "{mutation}: {:#}", answer.body);
    }
}
