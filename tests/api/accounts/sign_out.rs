//! `sessionRevoke`

use serde_json::json;

use super::{PASSWORD, ada, bearer, refresh, revoke, sign_in};
use crate::support::TestApp;

#[tokio::test]
async fn signing_out_ends_the_session_of_the_request() {
    let app = TestApp::start().await;
    let other = ada(&app).await;
    let session = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    let client = bearer(&app, session.text("/sessionCreate/session/accessToken"));
    assert_eq!(
        revoke(&client, None).await.at("/sessionRevoke"),
        &json!({ "revoked": true, "userErrors": [] })
    );
    assert_eq!(revoke(&client, None).await.error_code(), "UNAUTHENTICATED");
    let ended = refresh(&app.guest(), session.text("/sessionCreate/session/refreshToken")).await;
    assert_eq!(ended.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
    let living = refresh(&app.guest(), other.text("/accountRegister/session/refreshToken")).await;
    assert_eq!(living.user_error_codes("sessionRefresh"), Vec::<String>::new());
}

#[tokio::test]
async fn a_refresh_token_ends_its_session_even_when_spent() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let spent = registered.text("/accountRegister/session/refreshToken");
    let next = refresh(&app.guest(), spent).await;
    assert_eq!(revoke(&app.guest(), Some(spent)).await.at("/sessionRevoke/revoked"), &json!(true));
    assert_eq!(revoke(&app.guest(), Some(spent)).await.at("/sessionRevoke/revoked"), &json!(false));
    let ended = refresh(&app.guest(), next.text("/sessionRefresh/session/refreshToken")).await;
    assert_eq!(ended.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
}

#[tokio::test]
async fn there_must_be_something_to_end() {
    let app = TestApp::start().await;
    assert_eq!(revoke(&app.guest(), None).await.error_code(), "UNAUTHENTICATED");
    let unknown = revoke(&app.guest(), Some(&"A".repeat(43))).await;
    assert_eq!(unknown.at("/sessionRevoke"), &json!({ "revoked": false, "userErrors": [] }));
    let garbage = revoke(&app.guest(), Some("garbage")).await;
    assert_eq!(garbage.user_error_codes("sessionRevoke"), ["INVALID_REFRESH_TOKEN"]);
}
