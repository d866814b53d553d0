//! Staff write the catalogue: products, variants, categories. Shoppers see what is on sale, and write nothing.

mod categories;
mod product_create;
mod product_update;
mod product_values;
mod variants;

use cartograph::db::schema::{outbox, products};
use cartograph::ids::VariantId;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::builders::Product;
use crate::support::{CategoryBuilder, Client, ProductBuilder, Response, TestApp};

const PRODUCT: &str = "id slug name status description descriptionHtml vendor tags sku stock \
    price { amount } compareAtPrice { amount } category { slug } attributes { name value } \
    options { id name values } images { id url altText } \
    variants { nodes { id name sku stock price { amount } selectedOptions { name value } } }";
const VARIANT: &str =
    "id name sku stock archived barcode weightGrams price { amount } compareAtPrice { amount }";
const CATEGORY: &str = "id slug name level description ancestors { slug } parent { slug }";

/// A shop and one who works in it.
async fn open() -> (TestApp, Client) {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    (app, staff)
}

/// A shirt on sale in the sizes S and M.
async fn shirt(app: &TestApp) -> Product {
    let shirt = ProductBuilder::new("shirt").option("Size");
    shirt.choice("S", 1000, 1).choice("M", 1000, 1).create(app).await
}

/// Sends a mutation such as `variantCreate`, which answers with what is written.
async fn write(client: &Client, mutation: &str, input: Value) -> Response {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let (thing, fields) = [("product", PRODUCT), ("variant", VARIANT), ("category", CATEGORY)]
        .into_iter()
        .find(|(thing, _)| mutation.starts_with(thing))
        .expect("a mutation of the catalogue");
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {thing} {{ {fields} }} \
         userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

/// The code and the path of each user error, the path without `input`.
#[track_caller]
fn problems(answer: &Response, mutation: &str) -> Vec<(String, String)> {
    let errors = answer.user_errors(mutation).into_iter();
    errors
        .map(|error| (error.code.unwrap_or_default(), error.field.unwrap_or_default()[1..].join(".")))
        .collect()
}

#[track_caller]
fn assert_problem(answer: &Response, mutation: &str, code: &str, path: &str) {
    assert_eq!(problems(answer, mutation), [(code.to_owned(), path.to_owned())], "{:#}", answer.body);
}

async fn count_products(app: &TestApp) -> i64 {
    products::table.select(count_star()).first(&mut app.db().await).await.expect("products can be counted")
}

async fn announcements(app: &TestApp, variant: &str) -> i64 {
    let id: VariantId = variant.parse().expect("a variant's id");
    let events = outbox::table.filter(outbox::aggregate_id.eq(id.0)).select(count_star());
    events.first(&mut app.db().await).await.expect("the outbox can be counted")
}

/// Sends each input and expects the one problem beside it: its code and path.
async fn assert_refused<'a>(
    client: &Client,
    mutation: &str,
    cases: impl IntoIterator<Item = (Value, &'a str, &'a str)>,
) {
    for (input, code, path) in cases {
        assert_problem(&write(client, mutation, input).await, mutation, code, path);
    }
}

#[tokio::test]
async fn shoppers_write_nothing() {
    let app = TestApp::start().await;
    let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
    let mug = ProductBuilder::new("mug").category(kitchen).create(&app).await;
    let (product_id, variant_id, category_id) =
        (mug.id.to_string(), mug.variant.to_string(), kitchen.to_string());
    let everything = format!(
        "{{ product(id: \"{product_id}\") {{ name status category {{ id name }} variants {{ nodes {{ id archived price {{ amount }} }} }} }} }}"
    );
    let before = app.staff().await.query(&everything).await.data().clone();
    for (client, code) in [(app.guest(), "UNAUTHENTICATED"), (app.customer().await, "FORBIDDEN")] {
        for answer in [
            write(&client, "productCreate", json!({ "name": "X" })).await,
            write(&client, "productUpdate", json!({ "id": product_id, "name": "X" })).await,
            write(&client, "productArchive", json!({ "id": product_id })).await,
            write(&client, "variantCreate", json!({ "productId": product_id, "price": "1" })).await,
            write(&client, "variantUpdate", json!({ "id": variant_id, "price": "1" })).await,
            write(&client, "variantArchive", json!({ "id": variant_id })).await,
            write(&client, "categoryCreate", json!({ "name": "X" })).await,
            write(&client, "categoryUpdate", json!({ "id": category_id, "name": "X" })).await,
            client.query(&format!("mutation {{ categoryDelete(input: {{ id: \"{category_id}\" }}) {{ deletedCategoryId }} }}")).await,
        ] {
            assert_eq!(answer.error_code(), code);
        }
    }
    assert_eq!(app.staff().await.query(&everything).await.data(), &before);
    assert_eq!(count_products(&app).await, 1);
}
