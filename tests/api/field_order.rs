//! Answers as the GraphQL specification orders them.

use axum::http::Method;
use serde_json::json;

use crate::support::TestApp;
use crate::support::builders::ProductBuilder;
use crate::support::client::Http;

#[tokio::test]
async fn fields_come_in_the_order_they_were_asked_for() {
    let app = TestApp::start().await;
    ProductBuilder::new("mug").create(&app).await;
    let query = "query($name: Boolean = true) { products(first: 1) { pageInfo { hasNextPage } nodes {
        reviews(first: 1) { nodes { id } } slug category { id } ...Named } } shop { name } __typename }
        fragment Named on Product { images { url } name @include(if: $name) id }";
    let http = Http::new(app.address);
    let body = json!({ "query": query }).to_string();
    let headers = [("content-type", "application/json")];
    let answer = http.send(Method::POST, "/graphql", &headers, body).await;
    let text = answer.text();
    let places: Vec<_> = [
        "products",
        "pageInfo",
        "nodes",
        "reviews",
        "slug",
        "category",
        "images",
        "name",
        "id\"",
        "shop",
        "__typename",
    ]
    .map(|field| text.find(&format!("\"{field}")).unwrap_or_else(|| panic!("{field} is missing: {text}")))
    .into();
    assert!(places.is_sorted(), "{text}");
}
