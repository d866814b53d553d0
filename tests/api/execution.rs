//! What the GraphQL specification says of carrying a request out, where the library would do otherwise.

use std::time::Duration;

use axum::http::Method;
use cartograph::ids::{CategoryId, OrderLineId, ProductId, VariantId};
use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use tokio::time::timeout;

use crate::support::TestApp;
use crate::support::builders::{CategoryBuilder, ProductBuilder};
use crate::support::client::Http;

#[tokio::test]
async fn an_object_of_which_nothing_is_selected_is_there_and_a_missing_one_is_not() {
    let app = TestApp::start().await;
    let category = CategoryBuilder::new("cups").create(&app).await;
    let mug = ProductBuilder::new("mug").create(&app).await;
    let document = "query($ids: [ID!]!, $yes: Boolean = true) {
        product(slug: \"mug\") { name @skip(if: $yes) }
        missing: product(slug: \"jug\") { name @skip(if: $yes) }
        nodes(ids: $ids) { ...Name }
        shop @skip(if: $yes) { name }
    } fragment Name on Product { name }";
    let ids =
        json!([category.to_string(), mug.id.to_string(), cartograph::ids::ProductId::new().to_string()]);
    let answer = app.guest().query_with(document, json!({ "ids": ids })).await;
    let name = app.guest().query("{ product(slug: \"mug\") { name } }").await.at("/product/name").clone();
    let expected = json!({ "product": {}, "missing": null, "nodes": [{}, { "name": name }, null] });
    assert_eq!(answer.data(), &expected);
    assert_eq!(app.guest().query("{ shop @skip(if: true) { name } }").await.data(), &json!({}));
}

#[tokio::test]
async fn a_field_that_is_asked_for_twice_is_one() {
    let app = TestApp::start().await;
    ProductBuilder::new("mug").name("Mug").create(&app).await;
    let document = "{ product(slug: \"mug\") { name } ...More
        products(first: 1) { nodes { name } } products(first: 1) { nodes { slug } } }
        fragment More on Query { product(slug: \"mug\") { slug } }";
    let expected = json!({
        "product": { "name": "Mug", "slug": "mug" },
        "products": { "nodes": [{ "name": "Mug", "slug": "mug" }] },
    });
    assert_eq!(app.guest().query(document).await.data(), &expected);
}

#[tokio::test]
async fn a_mutation_does_not_run_twice_under_one_key() {
    let app = TestApp::start().await;
    ProductBuilder::new("mug").sku("MUG").stock(5).create(&app).await;
    let add = "cartLinesAdd(input: { lines: [{ sku: \"MUG\", quantity: 1 }] }) { cart { token } }";
    let doubled = format!("mutation {{ {add} ...Again }} fragment Again on Mutation {{ {add} }}");
    let refused = app.guest().query(&doubled).await;
    assert_eq!(refused.error_code(), "GRAPHQL_VALIDATION_FAILED");
    assert!(refused.error_message().contains("'cartLinesAdd' more than once"), "{refused:?}");
    assert_eq!(app.count("carts").await, 0);
    let aliased = format!("mutation {{ {add} again: {add} }}");
    app.guest().query(&aliased).await.data();
    assert_eq!(app.count("carts").await, 2);
}

#[tokio::test]
async fn what_takes_too_long_is_given_up_and_says_so() {
    let app = TestApp::start_with(|config| {
        config.database.statement_timeout = Duration::from_secs(2);
        config.database.pool_size = 1;
    })
    .await;
    let product = "{ product(slug: \"mug\") { name } }";
    let mut other = app.database().connect().await;
    other.batch_execute("BEGIN; LOCK TABLE products").await.expect("the table can be locked");
    let slow = app.guest().query(product).await;
    assert_eq!(slow.error_code(), "TIMEOUT");
    assert!(slow.error_message().contains("ask for less"), "{slow:?}");
    drop(other);

    let all_connections = app.db().await;
    let busy = app.guest().query(product).await;
    assert_eq!(busy.error_code(), "TIMEOUT");
    assert!(busy.error_message().contains("too busy"), "{busy:?}");
    // One wait for all that a request reads side by side.
    let nodes = "query($p: ID!, $v: ID!, $c: ID!) { a: node(id: $p) { id } b: node(id: $v) { id } c: node(id: $c) { id } }";
    let ids = json!({ "p": ProductId::new().to_string(), "v": VariantId::new().to_string(), "c": CategoryId::new().to_string() });
    let patience = Duration::from_millis(3500);
    let busy = timeout(patience, app.guest().query_with(nodes, ids)).await.expect("no second wait");
    assert_eq!(busy.errors().len(), 3, "{busy:?}");
    drop(all_connections);
    assert_eq!(app.guest().query(product).await.data(), &json!({ "product": null }));
}

#[tokio::test]
async fn a_refused_request_has_no_data_and_a_failed_field_has() {
    let app = TestApp::start().await;
    for refused in ["{ noSuchThing }", "{", "{ product(slug: \"\\u0000\") { name } }"] {
        let answer = app.guest().query(refused).await;
        assert!(answer.body.get("data").is_none(), "{:#}", answer.body);
        assert_eq!(answer.errors().len(), 1);
    }
    let failed = app.guest().query("{ node(id: \"x\") { id } }").await;
    assert_eq!(failed.body.get("data"), Some(&json!({ "node": null })));
    let batch = json!([{ "query": "{ noSuchThing }" }, { "query": "{ __typename }" }]).to_string();
    let headers = [("content-type", "application/json")];
    let answer = Http::new(app.address).send(Method::POST, "/graphql", &headers, batch).await.json();
    assert!(answer[0]["errors"].is_array() && answer[0].get("data").is_none(), "{answer:#}");
    assert_eq!(answer[1]["data"], json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn ids_that_are_no_nodes_are_named_in_the_error() {
    let app = TestApp::start().await;
    let line = OrderLineId::new().to_string();
    for id in [line.as_str(), "order_1"] {
        let document = "query($id: ID!) { nodes(ids: [$id]) { id } }";
        let answer = app.guest().query_with(document, json!({ "id": id })).await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT");
        assert!(answer.error_message().starts_with(&format!("'{id}' is not ")), "{answer:?}");
    }
}
