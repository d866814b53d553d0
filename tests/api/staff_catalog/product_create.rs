//! Making products.

use std::time::Duration;

use serde_json::json;

use super::{open, problems, shirt, write};
use crate::support::CategoryBuilder;
use crate::support::db::run;

#[tokio::test]
async fn a_plain_product_needs_no_variants() {
    let (app, staff) = open().await;
    let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
    let input = json!({
        "name": "  Crème Brûlée Dish ", "status": "ACTIVE", "price": "18.50", "compareAtPrice": "20", "sku": "CB-1",
        "stock": 7, "categoryId": kitchen.to_string(), "vendor": "Kiln", "tags": ["oven", "oven", "gift"],
        "descriptionHtml": "<p onclick='x()'>Oven &amp; table<script>alert(1)</script></p><ul><li>one<li>two</ul>",
        "attributes": [{ "name": "Material", "value": "Stoneware" }],
        "images": [{ "url": "/images/dish.svg", "altText": "A dish" }, { "url": "https://cdn.example/2.jpg" }],
    });
    let answer = write(&staff, "productCreate", input).await;
    let made = answer.at("/productCreate/product");
    let expected = json!({
        "slug": "creme-brulee-dish", "name": "Crème Brûlée Dish", "status": "ACTIVE", "vendor": "Kiln",
        "description": "Oven & table\none\ntwo",
        "descriptionHtml": "<p>Oven &amp; table</p><ul><li>one</li><li>two</li></ul>",
        "tags": ["oven", "gift"], "sku": "CB-1", "stock": 7, "price": { "amount": "18.50" },
        "compareAtPrice": { "amount": "20.00" }, "category": { "slug": "kitchen" },
        "attributes": [{ "name": "Material", "value": "Stoneware" }], "options": [],
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    assert_eq!(
        answer.texts("/productCreate/product/images", "/url"),
        ["http://shop.test/images/dish.svg", "https://cdn.example/2.jpg"]
    );
    let seen = app.guest().query("{ product(slug: \"creme-brulee-dish\") { stock inStock } }").await;
    assert_eq!(seen.int("/product/stock"), 7);
    let found = app.guest().query("{ products(search: \"stoneware brulee\") { nodes { slug } } }").await;
    assert_eq!(found.texts("/products/nodes", "/slug"), Vec::<&str>::new(), "attributes are no search words");
    let found = app.guest().query("{ products(search: \"CB-1\") { nodes { slug } } }").await;
    assert_eq!(found.texts("/products/nodes", "/slug"), ["creme-brulee-dish"]);
}

#[tokio::test]
async fn a_product_is_made_with_its_options_and_variants() {
    let (app, staff) = open().await;
    let shirt = |size: &str, colour: &str, sku: &str| {
        json!({ "price": "25", "sku": sku, "stock": 3,
            // In any order: options have names.
            "selectedOptions": [{ "name": "Colour", "value": colour }, { "name": "Size", "value": size }] })
    };
    let input = json!({
        "name": "Shirt", "status": "ACTIVE",
        "options": [{ "name": "Size", "values": ["S", "M"] }, { "name": "Colour", "values": ["Red", "Blue"] }],
        "variants": [shirt("S", "Red", "S-R"), shirt("M", "Blue", "M-B")],
    });
    let (answer, statements) = app.statements(write(&staff, "productCreate", input)).await;
    assert_eq!(answer.texts("/productCreate/product/variants/nodes", "/name"), ["S / Red", "M / Blue"]);
    assert_eq!(answer.int("/productCreate/product/variants/nodes/1/stock"), 3);
    assert_eq!(answer.text("/productCreate/product/sku"), "S-R");
    // BEGIN, slug, product, options, variants, stock, COMMIT; then the answer: product, options, images, variants.
    statements.assert_at_most(12);
}

#[tokio::test]
async fn slugs_made_from_names_are_counted_up_when_taken() {
    let (_app, staff) = open().await;
    let mut slugs = Vec::new();
    for name in ["Tea Pot", "Tea-Pot!", "tea  pot", "茶", "!?"] {
        let answer = write(&staff, "productCreate", json!({ "name": name })).await;
        slugs.push(answer.text("/productCreate/product/slug").to_owned());
    }
    assert_eq!(slugs, ["tea-pot", "tea-pot-2", "tea-pot-3", "cha", "product"]);
    let same = || write(&staff, "productCreate", json!({ "name": "Rush" }));
    let (one, two, three, four) = tokio::join!(same(), same(), same(), same());
    let mut slugs: Vec<_> =
        [&one, &two, &three, &four].map(|answer| answer.text("/productCreate/product/slug")).into();
    slugs.sort_unstable();
    assert_eq!(slugs, ["rush", "rush-2", "rush-3", "rush-4"], "whoever comes first");
}

#[tokio::test]
async fn article_numbers_in_opposite_order_do_not_deadlock() {
    let (app, staff) = open().await;
    let shirt = shirt(&app).await;
    let mut other = app.database().connect().await;
    let name = |index: usize, sku: &str| {
        format!("UPDATE product_variants SET sku = '{sku}' WHERE id = '{}'", shirt.variants[index].0)
    };
    // Somebody else stores A, and then B, while B and A are to be stored.
    run(&mut other, "BEGIN").await;
    run(&mut other, &name(0, "A")).await;
    let variants = ["B", "A"].map(
        |sku| json!({ "price": "1", "sku": sku, "selectedOptions": [{ "name": "Size", "value": sku }] }),
    );
    let input = json!({
        "name": "Cap", "options": [{ "name": "Size", "values": ["A", "B"] }], "variants": variants,
    });
    let creating = tokio::spawn(async move { write(&staff, "productCreate", input).await });
    // Long enough to be waiting for A.
    tokio::time::sleep(Duration::from_millis(500)).await;
    run(&mut other, &name(1, "B")).await;
    run(&mut other, "COMMIT").await;
    let refused = creating.await.expect("an answer");
    let taken = |index: usize| ("SKU_TAKEN".to_owned(), format!("variants.{index}.sku"));
    assert_eq!(problems(&refused, "productCreate"), [taken(0), taken(1)]);
}
