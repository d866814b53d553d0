//! What pricing costs: no statement more for a hundred lines than for one.

use serde_json::{Value, json};

use super::{PRICED, code, fill, method, order, rate, set_codes, set_shipping};
use crate::support::builders::Product;
use crate::support::{ProductBuilder, TestApp};

/// A shop with some of every rule.
async fn open() -> TestApp {
    let app = TestApp::start().await;
    rate(&app, "GB", None, "standard", "20").await;
    method(&app, json!({ "code": "standard", "name": "Standard", "price": "4.90" })).await;
    code(&app, json!({ "code": "TENTH", "percent": "10", "usageLimit": 100, "usageLimitPerCustomer": 9 }))
        .await;
    code(&app, json!({ "code": "POST", "freeShipping": true })).await;
    app
}

async fn goods(app: &TestApp, count: usize) -> Vec<Product> {
    let mut goods = Vec::with_capacity(count);
    for number in 0..count {
        goods
            .push(ProductBuilder::new(&format!("p-{count}-{number}")).price(999).stock(10).create(app).await);
    }
    goods
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyed_order_with_codes_stays_within_twelve_statements() {
    let app = open().await;
    let mut counts = Vec::new();
    for lines in [1, 100] {
        let customer = app.customer().await;
        let goods = goods(&app, lines).await;
        let wanted: Vec<(&Product, i32)> = goods.iter().map(|product| (product, 1)).collect();
        fill(&customer, &wanted).await;
        set_codes(&customer, None, &["TENTH", "POST"]).await;
        let mut input = order(None);
        input["idempotencyKey"] = format!("{lines}").into();
        input["email"] = "ada@example.com".into();
        let document = "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
            order { id total { amount } discount { amount } tax { amount } lines { id discount { amount } tax { amount } } }
            userErrors { code message } } }";
        let (placed, statements) =
            app.statements(customer.query_with(document, json!({ "input": input }))).await;
        assert!(placed.user_errors("orderPlace").is_empty(), "{:#}", placed.body);
        assert_eq!(placed.at("/orderPlace/order/lines").as_array().map(Vec::len), Some(lines));
        statements.assert_at_most(12);
        statements.assert_prepared();
        counts.push(statements.count());
    }
    // BEGIN, key, cart, lines, terms, stock, order, event; the order and its lines for the answer; the answer kept, COMMIT.
    assert_eq!(counts, [12, 12]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_priced_cart_costs_no_more_than_one_without_prices() {
    let app = open().await;
    let customer = app.customer().await;
    let goods = goods(&app, 30).await;
    fill(&customer, &[(&goods[0], 1)]).await;
    set_codes(&customer, None, &["TENTH", "POST"]).await;
    set_shipping(&customer, json!({ "country": "GB" })).await;
    let whole = format!(
        "id itemCount lines {{ id name quantity total {{ amount }} product {{ name }} variant {{ sku stock }} }} {PRICED}
         discountCodes {{ code applicable reason amount {{ amount }} }} shippingMethod {{ method {{ name }} price {{ amount }} }}
         availableShippingMethods {{ method {{ id name }} price {{ amount }} }} warnings {{ code }}"
    );
    let add = format!(
        "mutation($lines: [CartLineInput!]!) {{ cartLinesAdd(input: {{ lines: $lines }}) {{ cart {{ {whole} }} userErrors {{ code }} }} }}"
    );
    for count in [1, 30] {
        let lines: Vec<Value> = goods[..count]
            .iter()
            .map(|product| json!({ "variantId": product.variant.to_string() }))
            .collect();
        let (added, statements) = app.statements(customer.query_with(&add, json!({ "lines": lines }))).await;
        assert_eq!(added.at("/cartLinesAdd/cart/lines").as_array().map(Vec::len), Some(count));
        assert_eq!(added.text("/cartLinesAdd/cart/discountCodes/0/code"), "TENTH");
        statements.assert_at_most(6);
        statements.assert_prepared();
        let (_, statements) = app.statements(customer.query(&format!("{{ cart {{ {whole} }} }}"))).await;
        statements.assert_at_most(3);
        statements.assert_prepared();
    }
    let (_, statements) = app.statements(set_codes(&customer, None, &["POST"])).await;
    // BEGIN, cart, codes, write, cart and lines anew, COMMIT.
    statements.assert_at_most(7);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_codes_of_many_orders_are_read_at_once() {
    let app = open().await;
    let customer = app.customer().await;
    let goods = goods(&app, 1).await;
    let document = "{ viewer { orders(first: 10) { nodes { id discount { amount } discounts { code amount { amount } } } } } }";
    let mut counts = Vec::new();
    for _ in 0..2 {
        for _ in 0..3 {
            fill(&customer, &[(&goods[0], 1)]).await;
            set_codes(&customer, None, &["TENTH", "POST"]).await;
            super::place(&customer, order(None)).await;
        }
        let (answer, statements) = app.statements(customer.query(document)).await;
        assert_eq!(answer.text("/viewer/orders/nodes/0/discounts/1/code"), "TENTH");
        counts.push(statements.count());
    }
    assert_eq!(counts[0], counts[1]);
}
