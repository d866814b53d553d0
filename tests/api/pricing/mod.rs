//! What orders cost beside their goods: shipping, tax, discount codes.

mod budgets;
mod codes;
mod limits;
mod merge;
mod rules;
mod shipping;
mod taxes;

use serde_json::{Value, json};

use crate::support::builders::Product;
use crate::support::{Client, Response, TestApp};

/// What a cart and its order say of their prices.
const PRICED: &str = "subtotal { amount } discount { amount } shipping { amount } tax { amount } total { amount } pricesIncludeTax";

/// What staff ask of one of the rules.
const RULE: [(&str, &str); 3] = [
    (
        "shippingMethod",
        "id code name countries price { amount } pricesByWeight { upToGrams price { amount } } freeFrom { amount } taxClass position active",
    ),
    ("taxRate", "id country region taxClass name percent"),
    (
        "discount",
        "id code kind percent amount { amount } minimumSubtotal { amount } startsAt endsAt usageLimit usageLimitPerCustomer used active",
    ),
];

/// Sends one of the staff's mutations, such as `discountCreate`.
async fn write(client: &Client, mutation: &str, input: Value) -> Response {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let rule = RULE.into_iter().find(|(thing, _)| mutation.starts_with(thing)).expect("a rule");
    let answer = match mutation.strip_suffix("Delete") {
        Some(thing) => format!("deleted{}{}Id", thing[..1].to_uppercase(), &thing[1..]),
        None => format!("{} {{ {} }}", rule.0, rule.1),
    };
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {answer} userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

/// The same where nothing can be wrong: the id of what is written.
#[track_caller]
fn written<'a>(answer: &'a Response, mutation: &str, thing: &str) -> &'a str {
    assert!(answer.user_errors(mutation).is_empty(), "{:#}", answer.body);
    answer.text(&format!("/{mutation}/{thing}/id"))
}

/// A code that is there.
pub(crate) async fn code(app: &TestApp, input: Value) -> String {
    let answer = write(&app.staff().await, "discountCreate", input).await;
    written(&answer, "discountCreate", "discount").to_owned()
}

/// A shipping method that is there.
async fn method(app: &TestApp, input: Value) -> String {
    let answer = write(&app.staff().await, "shippingMethodCreate", input).await;
    written(&answer, "shippingMethodCreate", "shippingMethod").to_owned()
}

/// A rate that is there, of the class "standard" unless said otherwise.
async fn rate(app: &TestApp, country: &str, region: Option<&str>, class: &str, percent: &str) {
    let input =
        json!({ "country": country, "region": region, "taxClass": class, "percent": percent, "name": "VAT" });
    let answer = write(&app.staff().await, "taxRateSet", input).await;
    written(&answer, "taxRateSet", "taxRate");
}

/// Puts pieces into the client's cart; a guest's token.
async fn fill(client: &Client, lines: &[(&Product, i32)]) -> Option<String> {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(product, quantity)| json!({ "variantId": product.variant.to_string(), "quantity": quantity }))
        .collect();
    let document = "mutation($lines: [CartLineInput!]!) { cartLinesAdd(input: { lines: $lines }) {
        cart { token } userErrors { code message } } }";
    let added = client.query_with(document, json!({ "lines": lines })).await;
    assert!(added.user_errors("cartLinesAdd").is_empty(), "{:#}", added.body);
    added.at("/cartLinesAdd/cart/token").as_str().map(str::to_owned)
}

/// Sets the codes of the cart with this token, or of the customer's own.
pub(crate) async fn set_codes(client: &Client, token: Option<&str>, codes: &[&str]) -> Response {
    let document = format!(
        "mutation($input: CartDiscountCodesUpdateInput!) {{ cartDiscountCodesUpdate(input: $input) {{
            cart {{ {PRICED} discountCodes {{ code applicable reason message amount {{ amount }} }} }}
            userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": { "token": token, "codes": codes } })).await
}

/// Says where the cart goes, and how.
async fn set_shipping(client: &Client, input: Value) -> Response {
    let document = format!(
        "mutation($input: CartShippingUpdateInput!) {{ cartShippingUpdate(input: $input) {{
            cart {{ {PRICED} shippingCountry shippingRegion shippingMethod {{ method {{ code }} price {{ amount }} }}
                    availableShippingMethods {{ method {{ code }} price {{ amount }} }} }}
            userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

/// An address in this country and region.
fn address(country: &str, region: &str) -> Value {
    json!({ "name": "Ada Lovelace", "line1": "1 High Street", "city": "Town", "region": region, "country": country })
}

/// An order to Great Britain; of the customer's cart, or of that of a guest.
fn order(token: Option<&str>) -> Value {
    let mut input = json!({ "shippingAddress": address("GB", "") });
    if let Some(token) = token {
        input["cartToken"] = token.into();
        input["email"] = "ada@example.com".into();
    }
    input
}

async fn place(client: &Client, input: Value) -> Response {
    let document = format!(
        "mutation($input: OrderPlaceInput!) {{ orderPlace(input: $input) {{
            order {{ id {PRICED} shippingMethodName discounts {{ code amount {{ amount }} }}
                     lines {{ name total {{ amount }} discount {{ amount }} tax {{ amount }} }} }}
            token userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

/// The amounts of a cart or an order: subtotal, discount, shipping, tax, total.
#[track_caller]
fn amounts(answer: &Response, of: &str) -> [String; 5] {
    let priced = answer.at(of);
    assert!(priced.is_object(), "{:#}", answer.body);
    ["subtotal", "discount", "shipping", "tax", "total"]
        .map(|name| priced[name]["amount"].as_str().unwrap_or("unknown").to_owned())
}

/// How many orders a discount counts.
pub(crate) async fn used(app: &TestApp, code: &str) -> i64 {
    let document = "query($code: String) { discounts(filter: { code: $code }) { nodes { used } } }";
    let found = app.staff().await.query_with(document, json!({ "code": code })).await;
    found.int("/discounts/nodes/0/used")
}
