//! What the schema promises of every field, asked of a server.

use std::collections::BTreeMap;

use cartograph::ids::{
    AddressId, CartId, CartLineId, DiscountId, JobId, OrderId, OrderLineId, PaymentId, RefundId, ReviewId,
    SessionId, ShippingMethodId, TaxRateId, UserId, WebhookDeliveryId, WebhookEndpointId,
};

use super::sdl::{Sdl, is_required};
use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

#[tokio::test]
async fn nul_in_any_text_is_never_our_fault() {
    let app = TestApp::start().await;
    let sdl = Sdl { ids: shop(&app).await, ..Sdl::read() };
    let admin = app.admin().await;
    let mut asked = 0;
    for root in ["Query", "Mutation"] {
        for field in sdl.fields(root) {
            for argument in &field.arguments {
                for value in sdl.examples_with_nul(&argument.node.ty.node, 0) {
                    let mut arguments = vec![format!("{}: {value}", argument.node.name.node)];
                    let others = field.arguments.iter().filter(|other| {
                        is_required(&other.node) && other.node.name.node != argument.node.name.node
                    });
                    arguments.extend(others.map(|other| {
                        format!("{}: {}", other.node.name.node, sdl.example(&field.name.node, &other.node))
                    }));
                    let operation = sdl.operation_with(root, field, arguments);
                    let answer = admin.query(&operation).await;
                    for error in answer.errors() {
                        let message = error["message"].as_str().unwrap_or_default();
                        // Another complaint would mean that the example was refused before anybody saw the NUL.
                        let seen = message.contains("U+0000") || message.contains("'a\0b' is not");
                        assert!(
                            error["extensions"]["code"] == "BAD_USER_INPUT" && seen,
                            "{operation}: {:#}",
                            answer.body
                        );
                    }
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 80, "only {asked} texts were found in the schema");
}

/// One thing of each kind that mutations name, and its id.
async fn shop(app: &TestApp) -> BTreeMap<&'static str, String> {
    let product = ProductBuilder::new("mug").create(app).await;
    let category = CategoryBuilder::new("kitchen").create(app).await;
    let mut ids = BTreeMap::from([
        ("product", product.id.to_string()),
        ("variant", product.variant.to_string()),
        ("category", category.to_string()),
    ]);
    // The caller has none of these: how far an example gets does not depend on it.
    ids.insert("address", AddressId::new().to_string());
    ids.insert("session", SessionId::new().to_string());
    ids.insert("user", UserId::new().to_string());
    ids.insert("order", OrderId::new().to_string());
    ids.insert("review", ReviewId::new().to_string());
    ids.insert("cart", CartId::new().to_string());
    ids.insert("line", CartLineId::new().to_string());
    ids.insert("piece", OrderLineId::new().to_string());
    ids.insert("payment", PaymentId::new().to_string());
    ids.insert("refund", RefundId::new().to_string());
    ids.insert("shippingmethod", ShippingMethodId::new().to_string());
    ids.insert("taxrate", TaxRateId::new().to_string());
    ids.insert("discount", DiscountId::new().to_string());
    ids.insert("job", JobId::new().to_string());
    ids.insert("webhookdelivery", WebhookDeliveryId::new().to_string());
    ids.insert("webhookendpoint", WebhookEndpointId::new().to_string());
    ids
}

#[tokio::test]
async fn nul_in_what_a_mutation_asks_to_be_shown_is_never_our_fault() {
    let app = TestApp::start().await;
    let category = CategoryBuilder::new("kitchen").create(&app).await;
    ProductBuilder::new("mug").category(category).create(&app).await;
    let shown = r#"category { products(filter: { attributes: [{ name: "a\u0000b", values: ["x"] }] }) { nodes { id } } }"#;
    let change = format!(r#"mutation {{ categoryUpdate(input: {{ id: "{category}" }}) {{ {shown} }} }}"#);
    let answer = app.admin().await.query(&change).await;
    assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{:#}", answer.body);
}
