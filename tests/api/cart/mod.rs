//! Carts: filling, changing and emptying them, whose they are, and what they warn of.

mod concurrency;
mod limits;
mod merge;
mod ownership;
mod verbs;

use serde_json::{Value, json};

use crate::support::{Client, ProductBuilder, Response, TestApp, builders::Product};

/// All that a page of a cart shows.
const CART: &str = "
    fragment Contents on Cart {
      id token itemCount createdAt updatedAt
      lines {
        id name quantity
        variant { id sku stock }
        product { name }
        unitPrice { amount currency }
        total { amount }
      }
      subtotal { amount }
      total { amount currency }
      warnings { code message line { id } oldPrice { amount } newPrice { amount } available missing }
    }
";

/// Runs one of the cart's mutations, such as `cartLinesAdd`.
async fn change(client: &Client, mutation: &str, input: Value) -> Response {
    let type_name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation ($input: {type_name}!) {{ \
           {mutation}(input: $input) {{ cart {{ ...Contents }} userErrors {{ code field message }} }} \
         }} {CART}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

/// Adds pieces of one variant to the client's cart and gives the answer, which has no errors.
async fn add(client: &Client, product: &Product, quantity: i32) -> Response {
    let lines = json!([{ "variantId": product.variant.to_string(), "quantity": quantity }]);
    let answer = change(client, "cartLinesAdd", json!({ "lines": lines })).await;
    assert_eq!(answer.user_errors("cartLinesAdd"), []);
    answer
}

/// A product of which there is plenty.
async fn product(app: &TestApp, slug: &str) -> Product {
    ProductBuilder::new(slug).stock(5000).create(app).await
}

/// The cart found by the arguments, such as `(token: "…")`; null when there is none.
async fn read(client: &Client, arguments: &str) -> Response {
    client.query(&format!("{{ cart{arguments} {{ ...Contents }} }} {CART}")).await
}

/// The names and quantities of a cart's lines.
fn lines(answer: &Response, cart: &str) -> Vec<(String, i64)> {
    let lines = answer.at(&format!("{cart}/lines")).as_array().expect("a list");
    lines
        .iter()
        .map(|line| {
            (line["name"].as_str().expect("a name").to_owned(), line["quantity"].as_i64().expect("a number"))
        })
        .collect()
}
