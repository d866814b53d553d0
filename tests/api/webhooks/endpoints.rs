//! Endpoints as staff make, change and delete them.

use serde_json::json;

use super::{CREATE, UPDATE, create, endpoint};
use crate::live::place;
use crate::support::TestApp;

#[tokio::test]
async fn an_endpoint_is_made_changed_listed_and_deleted() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let input = json!({ "url": " https://example.com/a ", "description": " CRM ", "eventTypes": ["PRODUCT_UPDATED", "ORDER_PAID", "ORDER_PAID"] });
    let created = admin.query_with(CREATE, json!({ "input": input })).await;
    let shown = created.at("/webhookEndpointCreate/webhookEndpoint");
    assert_eq!((&shown["url"], &shown["description"]), (&json!("https://example.com/a"), &json!("CRM")));
    assert_eq!(shown["eventTypes"], json!(["ORDER_PAID", "PRODUCT_UPDATED"]));
    assert_eq!((&shown["enabled"], &shown["disabledReason"]), (&json!(true), &json!(null)));
    let id = shown["id"].as_str().expect("an id");

    let change = json!({ "id": id, "eventTypes": ["USER_REGISTERED"], "enabled": false });
    let changed = admin.query_with(UPDATE, json!({ "input": change })).await;
    let changed = changed.at("/webhookEndpointUpdate/webhookEndpoint");
    assert_eq!((&changed["url"], &changed["description"]), (&json!("https://example.com/a"), &json!("CRM")));
    assert_eq!(
        (&changed["eventTypes"], &changed["disabledReason"]),
        (&json!(["USER_REGISTERED"]), &json!("STAFF"))
    );

    let other = create(&admin, "https://example.com/b", &["ORDER_PLACED"]).await;
    let list = "query($first: Int, $after: String) { webhookEndpoints(first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { id } } }";
    let page = admin.query_with(list, json!({ "first": 1 })).await;
    assert_eq!(
        (page.int("/webhookEndpoints/totalCount"), page.text("/webhookEndpoints/nodes/0/id")),
        (2, other.id.as_str())
    );
    let after = page.text("/webhookEndpoints/pageInfo/endCursor");
    let page = admin.query_with(list, json!({ "first": 1, "after": after })).await;
    assert_eq!(page.text("/webhookEndpoints/nodes/0/id"), id);

    let delete = "mutation($id: ID!) { webhookEndpointDelete(input: { id: $id }) { deletedWebhookEndpointId userErrors { code message } } }";
    let deleted = admin.query_with(delete, json!({ "id": id })).await;
    assert_eq!(deleted.text("/webhookEndpointDelete/deletedWebhookEndpointId"), id);
    let again = admin.query_with(delete, json!({ "id": id })).await;
    assert_eq!(again.user_error_codes("webhookEndpointDelete"), ["NOT_FOUND"]);
    assert_eq!(endpoint(&admin, id).await.at("/node"), &json!(null));
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let input = json!({ "url": "x", "description": "d".repeat(501), "eventTypes": [] });
    let refused = admin.query_with(CREATE, json!({ "input": input })).await;
    assert_eq!(refused.user_error_codes("webhookEndpointCreate"), ["URL_INVALID", "TOO_LONG", "REQUIRED"]);
    let made = create(&admin, "https://example.com/", &["ORDER_PAID"]).await;
    let input = json!({ "id": made.id, "url": "x", "eventTypes": [] });
    let refused = admin.query_with(UPDATE, json!({ "input": input })).await;
    assert_eq!(refused.user_error_codes("webhookEndpointUpdate"), ["URL_INVALID", "REQUIRED"]);
}

#[tokio::test]
async fn what_an_endpoint_was_sent_goes_with_it_and_after_a_month() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let made = create(&admin, "http://127.0.0.1:9/", &["ORDER_PLACED"]).await;
    for _ in 0..2 {
        place(&app, None, None).await;
    }
    for _ in 0..600 {
        if app.count("webhook_deliveries").await == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let old = "UPDATE webhook_deliveries SET created_at = now() - interval '31 days' \
               WHERE id = (SELECT min(id::text)::uuid FROM webhook_deliveries)";
    crate::support::db::run(&mut app.database().connect().await, old).await;
    cartograph::jobs::cleanup::round(&app.app).await.expect("old rows can be cleared out");
    assert_eq!(app.count("webhook_deliveries").await, 1);
    let delete =
        "mutation($id: ID!) { webhookEndpointDelete(input: { id: $id }) { userErrors { code message } } }";
    admin.query_with(delete, json!({ "id": made.id })).await.data();
    assert_eq!(app.count("webhook_deliveries").await, 0);
    super::settled(&app).await;
    assert_eq!(
        app.count("jobs WHERE died_at IS NOT NULL").await,
        0,
        "what was on its way is not tried again"
    );
}
