//! What cannot be right is answered with a code and with what to do, before anything is read.

use serde_json::{Value, json};

use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

#[tokio::test]
async fn arguments_that_can_never_be_right() {
    let app = TestApp::start().await;
    let category = CategoryBuilder::new("kitchen").create(&app).await;
    let mug = ProductBuilder::new("mug").category(category).create(&app).await;
    let client = app.guest();
    let wrong = [
        // Ids of another kind, of no kind, of nothing.
        format!("{{ product(id: \"{category}\") {{ id }} }}"),
        "{ product(id: \"12345\") { id } }".to_owned(),
        "{ product(id: \"\") { id } }".to_owned(),
        format!("{{ category(id: \"{}\") {{ id }} }}", mug.id),
        format!("{{ categories(parent: \"{}\") {{ nodes {{ id }} }} }}", mug.id),
        format!("{{ products(filter: {{ categoryId: \"{}\" }}) {{ nodes {{ id }} }} }}", mug.id),
        "{ node(id: \"nonsense\") { id } }".to_owned(),
        "{ nodes(ids: [\"nonsense\"]) { id } }".to_owned(),
        // Both selectors, or none.
        "{ product { id } }".to_owned(),
        format!("{{ product(id: \"{}\", slug: \"mug\") {{ id }} }}", mug.id),
        "{ category { id } }".to_owned(),
        format!("{{ category(id: \"{category}\", slug: \"kitchen\") {{ id }} }}"),
        format!("{{ products(filter: {{ categoryId: \"{category}\", categorySlug: \"kitchen\" }}) {{ nodes {{ id }} }} }}"),
        "{ category(slug: \"kitchen\") { products(filter: { categorySlug: \"kitchen\" }) { nodes { id } } } }".to_owned(),
        // Page sizes and directions.
        "{ products(first: 0) { nodes { id } } }".to_owned(),
        "{ products(first: -1) { nodes { id } } }".to_owned(),
        "{ products(first: 101) { nodes { id } } }".to_owned(),
        "{ products(last: 0) { nodes { id } } }".to_owned(),
        "{ products(first: 2147483647) { nodes { id } } }".to_owned(),
        "{ products(first: 1, last: 1) { nodes { id } } }".to_owned(),
        "{ categories(first: 101) { nodes { id } } }".to_owned(),
        "{ product(slug: \"mug\") { variants(first: 0) { nodes { id } } } }".to_owned(),
        "{ category(slug: \"kitchen\") { products(first: 0) { nodes { id } } children(first: 1) { nodes { id } } } }".to_owned(),
        // Cursors that this API did not make.
        "{ products(after: \"nonsense\") { nodes { id } } }".to_owned(),
        "{ products(after: \"\") { nodes { id } } }".to_owned(),
        "{ products(before: \"WyJ1bmtub3duIiwxLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ\") { nodes { id } } }".to_owned(),
        "{ categories(after: \"nonsense\") { nodes { id } } }".to_owned(),
        // Amounts.
        "{ products(filter: { price: { min: \"cheap\" } }) { nodes { id } } }".to_owned(),
        "{ products(filter: { price: { min: \"1.005\" } }) { nodes { id } } }".to_owned(),
        "{ products(filter: { price: { max: \"99999999999999999999\" } }) { nodes { id } } }".to_owned(),
        // Words without a letter.
        "{ products(search: \"!?\") { nodes { id } } }".to_owned(),
    ];
    for document in wrong {
        let answer = client.query(&document).await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{document}");
        let message = answer.error_message();
        assert!(message.len() > 10 && !message.contains("Diesel"), "{document}: {message}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_only_for_its_own_order() {
    let app = TestApp::start().await;
    ProductBuilder::new("mug").create(&app).await;
    let client = app.guest();
    let answer = client.query("{ products(sort: NAME) { pageInfo { endCursor } } }").await;
    let cursor = answer.text("/products/pageInfo/endCursor");
    let document = "query($after: String) { products(sort: RATING, after: $after) { nodes { id } } }";
    let answer = client.query_with(document, json!({ "after": cursor })).await;
    assert_eq!(answer.error_code(), "BAD_USER_INPUT");
    assert!(answer.error_message().contains("cursor"));
}

#[tokio::test]
async fn a_category_that_is_not_there_is_said_to_be_missing() {
    let app = TestApp::start().await;
    for document in [
        "{ products(filter: { categorySlug: \"nowhere\" }) { nodes { id } } }",
        "{ products(filter: { categoryId: \"category_00000000000000000000000001\" }) { nodes { id } } }",
        "{ categories(parent: \"category_00000000000000000000000001\") { nodes { id } } }",
    ] {
        assert_eq!(app.guest().query(document).await.error_code(), "NOT_FOUND", "{document}");
    }
}

#[tokio::test]
async fn bounds_on_lists_of_conditions_and_ids() {
    let app = TestApp::start().await;
    let client = app.guest();
    let attribute = json!({ "name": "Material", "values": ["Clay"] });
    let many_values: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    for attributes in [json!(vec![attribute; 11]), json!([{ "name": "Material", "values": many_values }])] {
        let document = "query($filter: ProductFilter) { products(filter: $filter) { nodes { id } } }";
        let answer = client.query_with(document, json!({ "filter": { "attributes": attributes } })).await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT");
    }
    let ids = vec!["product_00000000000000000000000001"; 101];
    let answer =
        client.query_with("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
    assert_eq!(answer.error_code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn nul_is_refused_in_any_text() {
    let app = TestApp::start().await;
    let client = app.guest();
    let literal = |document: &str| document.replace('@', "\\u0000");
    for document in [
        "{ product(slug: \"a@\") { id } }",
        "{ products(search: \"mug@\") { nodes { id } } }",
        "{ products(filter: { categorySlug: \"@\" }) { nodes { id } } }",
        "{ products(filter: { attributes: [{ name: \"@\", values: [\"x\"] }] }) { nodes { id } } }",
        "{ products(filter: { attributes: [{ name: \"x\", values: [\"@\"] }] }) { nodes { id } } }",
    ] {
        assert_eq!(client.query(&literal(document)).await.error_code(), "BAD_USER_INPUT", "{document}");
    }
    let document = "query($filter: ProductFilter) { products(filter: $filter) { nodes { id } } }";
    let filter: Value = json!({ "attributes": [{ "name": "Material", "values": ["\0"] }] });
    assert_eq!(client.query_with(document, json!({ "filter": filter })).await.error_code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn one_wrong_field_does_not_spoil_the_others() {
    let app = TestApp::start().await;
    ProductBuilder::new("mug").create(&app).await;
    let document = "{ good: product(slug: \"mug\") { slug } bad: product(id: \"x\") { slug } }";
    let answer = app.guest().query(document).await;
    assert_eq!(answer.body["data"], json!({ "good": { "slug": "mug" }, "bad": null }));
    assert_eq!(answer.error_code(), "BAD_USER_INPUT");
    assert_eq!(answer.errors()[0]["path"], json!(["bad"]));
}
