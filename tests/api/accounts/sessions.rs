//! `viewer { sessions }`, and ending them one by one or all at once

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{PASSWORD, ada, bearer, refresh, sign_in};
use crate::support::{Client, Response, TestApp};

const SESSIONS: &str =
    "{ viewer { sessions { totalCount nodes { id current createdAt lastUsedAt expiresAt } } } }";

async fn revoke(client: &Client, input: Value) -> Response {
    let document = "mutation($input: SessionRevokeInput!) { sessionRevoke(input: $input) { \
                    revoked userErrors { code field message } } }";
    client.query_with(document, json!({ "input": input })).await
}

#[tokio::test]
async fn an_account_sees_where_it_is_signed_in() {
    let app = TestApp::start().await;
    let first = ada(&app).await;
    app.customer().await;
    let second = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    let client = bearer(&app, second.text("/sessionCreate/session/accessToken"));
    let listed = client.query(SESSIONS).await;
    assert_eq!(listed.int("/viewer/sessions/totalCount"), 2);
    assert_eq!(
        listed.texts("/viewer/sessions/nodes", "/id"),
        [second.text("/sessionCreate/session/id"), first.text("/accountRegister/session/id")]
    );
    assert_eq!(listed.at("/viewer/sessions/nodes/0/current"), &json!(true));
    assert_eq!(listed.at("/viewer/sessions/nodes/1/current"), &json!(false));

    // A refresh is a use, and lengthens it.
    let before = listed.text("/viewer/sessions/nodes/1/lastUsedAt").to_owned();
    app.app.clock.advance(TimeDelta::minutes(5));
    refresh(&app.guest(), first.text("/accountRegister/session/refreshToken")).await.data();
    let listed = client.query(SESSIONS).await;
    assert!(listed.text("/viewer/sessions/nodes/1/lastUsedAt") > before.as_str());

    // One that has run out is none any more.
    app.app.clock.advance(TimeDelta::minutes(24 * 60 - 3));
    let third = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    let client = bearer(&app, third.text("/sessionCreate/session/accessToken"));
    let listed = client.query(SESSIONS).await;
    assert_eq!(
        listed.texts("/viewer/sessions/nodes", "/id"),
        [third.text("/sessionCreate/session/id"), first.text("/accountRegister/session/id")]
    );
    assert_eq!(listed.int("/viewer/sessions/totalCount"), 2);
}

#[tokio::test]
async fn sessions_are_paged_through_in_both_directions() {
    let app = TestApp::start().await;
    ada(&app).await;
    let mut last = String::new();
    for _ in 0..4 {
        let session = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
        session.text("/sessionCreate/session/accessToken").clone_into(&mut last);
    }
    let client = bearer(&app, &last);
    let page = async |arguments: &str| {
        let document = format!(
            "{{ viewer {{ sessions({arguments}) {{ nodes {{ id }} pageInfo {{ startCursor endCursor hasNextPage hasPreviousPage }} }} }} }}"
        );
        client.query(&document).await
    };
    let ids = |page: &Response| -> Vec<String> {
        page.texts("/viewer/sessions/nodes", "/id").into_iter().map(str::to_owned).collect()
    };
    let all = ids(&page("first: 10").await);
    assert_eq!(all.len(), 5);
    let first = page("first: 2").await;
    let after = first.text("/viewer/sessions/pageInfo/endCursor");
    let next = page(&format!("first: 2, after: {after:?}")).await;
    assert_eq!([ids(&first), ids(&next)].concat(), all[..4]);
    let before = next.text("/viewer/sessions/pageInfo/startCursor");
    assert_eq!(ids(&page(&format!("last: 2, before: {before:?}")).await), all[..2]);
}

#[tokio::test]
async fn one_session_or_all_are_ended_by_their_owner_alone() {
    let app = TestApp::start().await;
    let first = ada(&app).await;
    let second = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    let (first_id, second_id) =
        (first.text("/accountRegister/session/id"), second.text("/sessionCreate/session/id"));
    let client = bearer(&app, second.text("/sessionCreate/session/accessToken"));
    let other = app.customer().await;

    let nobodys = cartograph::ids::SessionId::new().to_string();
    let not_there = revoke(&other, json!({ "sessionId": nobodys })).await;
    let not_theirs = revoke(&other, json!({ "sessionId": first_id })).await;
    assert_eq!(not_there.user_error_codes("sessionRevoke"), ["NOT_FOUND"]);
    assert_eq!(not_there.body, not_theirs.body);

    let done = json!({ "revoked": true, "userErrors": [] });
    let again = json!({ "revoked": false, "userErrors": [] });
    assert_eq!(revoke(&client, json!({ "sessionId": first_id })).await.at("/sessionRevoke"), &done);
    assert_eq!(revoke(&client, json!({ "sessionId": first_id })).await.at("/sessionRevoke"), &again);
    assert_eq!(
        client.query(SESSIONS).await.texts("/viewer/sessions/nodes", "/id"),
        [second_id],
        "an ended one is not listed"
    );
    let third = sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
    assert_eq!(revoke(&client, json!({ "all": true })).await.at("/sessionRevoke"), &done);
    for token in [
        second.text("/sessionCreate/session/refreshToken"),
        third.text("/sessionCreate/session/refreshToken"),
    ] {
        let ended = refresh(&app.guest(), token).await;
        assert_eq!(ended.user_error_codes("sessionRefresh"), ["INVALID_REFRESH_TOKEN"]);
    }
    assert_eq!(revoke(&app.guest(), json!({ "all": true })).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(revoke(&app.guest(), json!({ "sessionId": first_id })).await.error_code(), "UNAUTHENTICATED");
    let both = revoke(&other, json!({ "sessionId": first_id, "all": true })).await;
    assert_eq!(both.error_code(), "BAD_USER_INPUT");
}
