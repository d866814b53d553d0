//! Placing orders, finding them again, moving them on.

mod books;
mod cancelling;
mod claiming;
mod editing;
mod finding;
mod lifecycle;
mod placing;
mod races;
mod refusals;
mod returning;
mod shipping;

use cartograph::ids::VariantId;
use serde_json::{Value, json};

use crate::support::builders::Product;
use crate::support::{Client, Response, TestApp};

const ADD: &str = "mutation($input: CartLinesAddInput!) {
    cartLinesAdd(input: $input) { cart { id token } userErrors { code message field } } }";
const PLACE: &str = "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
    order { id number status nextStatuses email subtotal { amount currency } total { amount }
            shippingAddress { name country postalCode } billingAddress { name }
            lines { name productName variantName sku quantity unitPrice { amount } total { amount } product { slug } variant { id } }
            events(first: 5) { nodes { sequence type from to actor { kind } } } }
    token userErrors { code message field } } }";
const CANCEL: &str = "mutation($input: OrderCancelInput!) { orderCancel(input: $input) {
    order { status nextStatuses } userErrors { code message field } } }";
const UPDATE: &str = "mutation($input: OrderStatusUpdateInput!) { orderStatusUpdate(input: $input) {
    order { status nextStatuses } userErrors { code message field } } }";
const ORDER: &str = "query($id: ID, $number: Int, $token: String) { order(id: $id, number: $number, token: $token) { id number } }";

fn address() -> Value {
    json!({ "name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London", "postalCode": "SW1Y 4JH", "country": "gb" })
}

/// Puts so many of a variant into the client's cart; a guest gets a new cart and its token.
pub(crate) async fn fill(client: &Client, variant: VariantId, quantity: i32) -> Option<String> {
    let lines = json!([{ "variantId": variant.to_string(), "quantity": quantity }]);
    let added = client.query_with(ADD, json!({ "input": { "lines": lines } })).await;
    assert!(added.user_errors("cartLinesAdd").is_empty(), "{:#}", added.body);
    added.at("/cartLinesAdd/cart/token").as_str().map(str::to_owned)
}

pub(crate) fn input(token: Option<&str>) -> Value {
    let mut input = json!({ "shippingAddress": address() });
    if let Some(token) = token {
        input["cartToken"] = token.into();
        input["email"] = "ada@example.com".into();
    }
    input
}

pub(crate) async fn place(client: &Client, input: Value) -> Response {
    client.query_with(PLACE, json!({ "input": input })).await
}

/// A guest who buys so many of a variant: the order's id and token.
pub(crate) async fn buy(app: &TestApp, product: &Product, quantity: i32) -> (String, String) {
    let guest = app.guest();
    let token = fill(&guest, product.variant, quantity).await;
    let placed = place(&guest, input(token.as_deref())).await;
    (placed.text("/orderPlace/order/id").to_owned(), placed.text("/orderPlace/token").to_owned())
}

pub(crate) async fn move_to(staff: &Client, order: &str, status: &str) -> Response {
    staff.query_with(UPDATE, json!({ "input": { "orderId": order, "status": status } })).await
}

/// The id of one of an order's lines.
async fn line_of(staff: &Client, order: &str, place: usize) -> String {
    let document = "query($id: ID!) { order(id: $id) { lines { id } } }";
    let answer = staff.query_with(document, json!({ "id": order })).await;
    answer.text(&format!("/order/lines/{place}/id")).to_owned()
}
