//! What a product may be made of.

use cartograph::ids::CategoryId;
use serde_json::json;

use super::{assert_problem, assert_refused, count_products, open, problems, write};
use crate::support::ProductBuilder;

#[tokio::test]
async fn every_value_of_a_product_is_checked_and_all_mistakes_are_told_at_once() {
    let (app, staff) = open().await;
    let long = |length: usize| "x".repeat(length);
    let many = |count: usize| -> Vec<String> { (0..count).map(|number| number.to_string()).collect() };
    ProductBuilder::new("taken").sku("TAKEN").create(&app).await;
    let before = count_products(&app).await;
    let cases = [
        (json!({ "name": " " }), "REQUIRED", "name"),
        (json!({ "name": long(256) }), "TOO_LONG", "name"),
        (json!({ "name": "a\0b" }), "INVALID", "name"),
        (json!({ "name": "M", "slug": "Not A Slug" }), "INVALID", "slug"),
        (json!({ "name": "M", "slug": "" }), "INVALID", "slug"),
        (json!({ "name": "M", "slug": long(256) }), "TOO_LONG", "slug"),
        (json!({ "name": "M", "slug": "taken" }), "SLUG_TAKEN", "slug"),
        (json!({ "name": "M", "description": "a", "descriptionHtml": "b" }), "AMBIGUOUS", "descriptionHtml"),
        (json!({ "name": "M", "descriptionHtml": long(50_001) }), "TOO_LONG", "descriptionHtml"),
        (json!({ "name": "M", "vendor": long(256) }), "TOO_LONG", "vendor"),
        (
            json!({ "name": "M", "categoryId": CategoryId::new().to_string() }),
            "CATEGORY_NOT_FOUND",
            "categoryId",
        ),
        (json!({ "name": "M", "tags": many(51) }), "TOO_MANY", "tags"),
        (json!({ "name": "M", "tags": ["a", ""] }), "REQUIRED", "tags.1"),
        (
            json!({ "name": "M", "attributes": [{ "name": "A", "value": "1" }, { "name": "A", "value": "2" }] }),
            "DUPLICATE",
            "attributes.1.name",
        ),
        (
            json!({ "name": "M", "attributes": [{ "name": "A", "value": "" }] }),
            "REQUIRED",
            "attributes.0.value",
        ),
        (json!({ "name": "M", "status": "ACTIVE" }), "NOTHING_TO_SELL", "status"),
        (json!({ "name": "M", "images": [{ "url": "javascript:alert(1)" }] }), "INVALID", "images.0.url"),
        (json!({ "name": "M", "images": [{ "url": "//other.example/x" }] }), "INVALID", "images.0.url"),
        (json!({ "name": "M", "images": [{ "url": "/a" }, { "url": "/a" }] }), "DUPLICATE", "images.1.url"),
        (json!({ "name": "M", "options": [{ "name": "A", "values": [] }] }), "REQUIRED", "options.0.values"),
        (
            json!({ "name": "M", "options": [{ "name": "A", "values": ["x", "x"] }] }),
            "DUPLICATE",
            "options.0.values.1",
        ),
        (
            json!({ "name": "M", "options": [{ "name": "A", "values": many(101) }] }),
            "TOO_MANY",
            "options.0.values",
        ),
        (
            json!({ "name": "M", "options": [{ "name": "A", "values": ["x"] }, { "name": "A", "values": ["y"] }] }),
            "DUPLICATE",
            "options.1.name",
        ),
        (
            json!({ "name": "M", "options": many(4).iter().map(|name| json!({ "name": name, "values": ["x"] })).collect::<Vec<_>>() }),
            "TOO_MANY",
            "options",
        ),
        (json!({ "name": "M", "stock": 1 }), "REQUIRED", "price"),
        (json!({ "name": "M", "price": "1", "variants": [] }), "AMBIGUOUS", "price"),
        (json!({ "name": "M", "price": "-1" }), "INVALID_PRICE", "price"),
        (json!({ "name": "M", "price": "1.005" }), "INVALID_PRICE", "price"),
        (json!({ "name": "M", "price": "one" }), "INVALID_PRICE", "price"),
        (json!({ "name": "M", "price": "1000000000.01" }), "INVALID_PRICE", "price"),
        (json!({ "name": "M", "price": "1", "compareAtPrice": "-1" }), "INVALID_PRICE", "compareAtPrice"),
        (json!({ "name": "M", "price": "1", "sku": "TAKEN" }), "SKU_TAKEN", "sku"),
        (json!({ "name": "M", "price": "1", "sku": "" }), "REQUIRED", "sku"),
        (json!({ "name": "M", "price": "1", "stock": -1 }), "OUT_OF_RANGE", "stock"),
        (json!({ "name": "M", "price": "1", "weightGrams": -1 }), "OUT_OF_RANGE", "weightGrams"),
        (
            json!({ "name": "M", "variants": [{ "price": "1", "sku": "NEW" }, { "price": "1", "sku": "TAKEN" }] }),
            "VARIANT_TAKEN",
            "variants.1.selectedOptions",
        ),
        (json!({ "name": "M", "variants": vec![json!({ "price": "1" }); 251] }), "TOO_MANY", "variants"),
        (
            json!({ "name": "M", "options": [{ "name": "A", "values": ["x"] }], "price": "1" }),
            "OPTIONS_MISMATCH",
            "selectedOptions",
        ),
        (
            json!({ "name": "M", "variants": [{ "price": "1", "selectedOptions": [{ "name": "A", "value": "x" }] }] }),
            "OPTIONS_MISMATCH",
            "variants.0.selectedOptions",
        ),
    ];
    assert_refused(&staff, "productCreate", cases).await;
    let options = json!([{ "name": "A", "values": ["x", "y", "z"] }]);
    let of = |value: &str, sku: &str| json!({ "price": "1", "sku": sku, "selectedOptions": [{ "name": "A", "value": value }] });
    let several = [of("x", "TAKEN"), of("y", "NEW"), of("z", "TAKEN")];
    let answer =
        write(&staff, "productCreate", json!({ "name": "M", "options": options, "variants": several })).await;
    assert_problem(&answer, "productCreate", "DUPLICATE", "variants.2.sku");
    let answer =
        write(&staff, "productCreate", json!({ "name": "M", "options": options, "variants": several[..2] }))
            .await;
    assert_problem(&answer, "productCreate", "SKU_TAKEN", "variants.0.sku");
    let answer = write(&staff, "productCreate", json!({ "name": "", "slug": "-", "price": "-1" })).await;
    let all = problems(&answer, "productCreate");
    assert_eq!(all.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(), ["slug", "name", "price"]);
    assert_eq!(count_products(&app).await, before, "nothing half written");
}
