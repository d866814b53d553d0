//! Staff write the catalogue: products, variants, categories. Shoppers see what is on sale, and write nothing.

use cartograph::db::schema::{categories, outbox, product_variants, products};
use cartograph::ids::{CategoryId, ProductId, VariantId};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::{CategoryBuilder, Client, ProductBuilder, Response, TestApp};

const PRODUCT: &str = "id slug name status description descriptionHtml vendor tags sku stock \
    price { amount } compareAtPrice { amount } category { slug } attributes { name value } \
    options { id name values } images { id url altText } \
    variants { nodes { id name sku stock price { amount } selectedOptions { name value } } }";

async fn product(client: &Client, mutation: &str, input: Value) -> Response {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ product {{ {PRODUCT} }} \
         userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

async fn variant(client: &Client, mutation: &str, input: Value) -> Response {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ \
         variant {{ id name sku stock archived barcode weightGrams price {{ amount }} compareAtPrice {{ amount }} }} \
         userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

async fn category(client: &Client, mutation: &str, input: Value) -> Response {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ \
         category {{ id slug name level description ancestors {{ slug }} parent {{ slug }} }} \
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

#[tokio::test]
async fn a_plain_product_needs_no_variants() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
    let input = json!({
        "name": "  Crème Brûlée Dish ", "status": "ACTIVE", "price": "18.50", "compareAtPrice": "20", "sku": "CB-1",
        "stock": 7, "categoryId": kitchen.to_string(), "vendor": "Kiln", "tags": ["oven", "oven", "gift"],
        "descriptionHtml": "<p onclick='x()'>Oven &amp; table<script>alert(1)</script></p><ul><li>one<li>two</ul>",
        "attributes": [{ "name": "Material", "value": "Stoneware" }],
        "images": [{ "url": "/images/dish.svg", "altText": "A dish" }, { "url": "https://cdn.example/2.jpg" }],
    });
    let answer = product(&staff, "productCreate", input).await;
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
    let app = TestApp::start().await;
    let staff = app.staff().await;
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
    let (answer, statements) = app.statements(product(&staff, "productCreate", input)).await;
    assert_eq!(answer.texts("/productCreate/product/variants/nodes", "/name"), ["S / Red", "M / Blue"]);
    assert_eq!(answer.int("/productCreate/product/variants/nodes/1/stock"), 3);
    assert_eq!(answer.text("/productCreate/product/sku"), "S-R");
    // BEGIN, slug, product, options, variants, stock, COMMIT; then the answer: product, options, images, variants.
    statements.assert_at_most(11);
}

#[tokio::test]
async fn every_value_of_a_product_is_checked_and_all_mistakes_are_told_at_once() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
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
    for (input, code, path) in cases {
        assert_problem(&product(&staff, "productCreate", input).await, "productCreate", code, path);
    }
    let options = json!([{ "name": "A", "values": ["x", "y", "z"] }]);
    let of = |value: &str, sku: &str| json!({ "price": "1", "sku": sku, "selectedOptions": [{ "name": "A", "value": value }] });
    let several = [of("x", "TAKEN"), of("y", "NEW"), of("z", "TAKEN")];
    let answer =
        product(&staff, "productCreate", json!({ "name": "M", "options": options, "variants": several }))
            .await;
    assert_problem(&answer, "productCreate", "DUPLICATE", "variants.2.sku");
    let answer = product(
        &staff,
        "productCreate",
        json!({ "name": "M", "options": options, "variants": several[..2] }),
    )
    .await;
    assert_problem(&answer, "productCreate", "SKU_TAKEN", "variants.0.sku");
    let answer = product(&staff, "productCreate", json!({ "name": "", "slug": "-", "price": "-1" })).await;
    let all = problems(&answer, "productCreate");
    assert_eq!(all.iter().map(|(_, path)| path.as_str()).collect::<Vec<_>>(), ["slug", "name", "price"]);
    assert_eq!(count_products(&app).await, before, "nothing half written");
}

#[tokio::test]
async fn slugs_made_from_names_are_counted_up_when_taken() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mut slugs = Vec::new();
    for name in ["Tea Pot", "Tea-Pot!", "tea  pot", "茶", "!?"] {
        let answer = product(&staff, "productCreate", json!({ "name": name })).await;
        slugs.push(answer.text("/productCreate/product/slug").to_owned());
    }
    assert_eq!(slugs, ["tea-pot", "tea-pot-2", "tea-pot-3", "cha", "product"]);
    let same = || product(&staff, "productCreate", json!({ "name": "Rush" }));
    let (one, two, three, four) = tokio::join!(same(), same(), same(), same());
    let mut slugs: Vec<_> =
        [&one, &two, &three, &four].map(|answer| answer.text("/productCreate/product/slug")).into();
    slugs.sort_unstable();
    assert_eq!(slugs, ["rush", "rush-2", "rush-3", "rush-4"], "whoever comes first");
}

#[tokio::test]
async fn an_update_changes_what_is_given_and_nothing_else() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
    let input = json!({
        "name": "Mug", "price": "5", "vendor": "Kiln", "tags": ["a"], "categoryId": kitchen.to_string(),
        "description": "One\nTwo", "attributes": [{ "name": "A", "value": "1" }],
        "images": [{ "url": "/1.svg", "altText": "one" }, { "url": "/2.svg" }],
    });
    let made = product(&staff, "productCreate", input).await.at("/productCreate/product").clone();
    let id = made["id"].clone();

    let answer = product(&staff, "productUpdate", json!({ "id": id })).await;
    assert_eq!(answer.at("/productUpdate/product"), &made, "an empty change");

    let change = json!({ "id": id, "name": "Cup", "tags": [], "categoryId": null, "vendor": "",
        "images": [{ "url": "/3.svg" }, { "url": "/1.svg", "altText": "first" }] });
    let answer = product(&staff, "productUpdate", change).await;
    let now = answer.at("/productUpdate/product");
    assert_eq!((&now["name"], &now["slug"], &now["tags"]), (&json!("Cup"), &json!("mug"), &json!([])));
    assert_eq!((&now["category"], &now["vendor"]), (&json!(null), &json!("")));
    assert_eq!((&now["description"], &now["attributes"]), (&made["description"], &made["attributes"]));
    assert_eq!(now["images"][1]["id"], made["images"][0]["id"], "a picture that stays keeps its id");
    assert_eq!(now["images"][1]["altText"], "first");
    assert_eq!(now["images"].as_array().unwrap().len(), 2);

    ProductBuilder::new("taken").create(&app).await;
    for (change, code, path) in [
        (json!({ "id": id, "slug": "taken" }), "SLUG_TAKEN", "slug"),
        (json!({ "id": id, "name": "" }), "REQUIRED", "name"),
        (
            json!({ "id": id, "name": "X", "categoryId": CategoryId::new().to_string() }),
            "CATEGORY_NOT_FOUND",
            "categoryId",
        ),
        (json!({ "id": id, "description": "x", "descriptionHtml": "x" }), "AMBIGUOUS", "descriptionHtml"),
        (json!({ "id": ProductId::new().to_string(), "name": "X" }), "NOT_FOUND", "id"),
    ] {
        assert_problem(&product(&staff, "productUpdate", change).await, "productUpdate", code, path);
    }
    let answer = product(&staff, "productUpdate", json!({ "id": kitchen.to_string() })).await;
    assert_eq!(answer.error_code(), "BAD_USER_INPUT", "a category's id");
    let answer = staff.query(&format!("{{ product(id: {id}) {{ {PRODUCT} }} }}")).await;
    assert_eq!(answer.text("/product/name"), "Cup", "refused changes left nothing");
}

#[tokio::test]
async fn new_options_carry_the_variants_along() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let shirt = ProductBuilder::new("shirt")
        .option("Size")
        .choice("S", 1000, 1)
        .choice("M", 1000, 1)
        .create(&app)
        .await;
    let options = |options: Value| {
        product(&staff, "productUpdate", json!({ "id": shirt.id.to_string(), "options": options }))
    };
    let answer = options(
        json!([{ "name": "Colour", "values": ["Red"] }, { "name": "Size", "values": ["L", "M", "S"] }]),
    )
    .await;
    let size = answer.at("/productUpdate/product/options/1/id").clone();
    assert_eq!(answer.texts("/productUpdate/product/variants/nodes", "/name"), ["Red / S", "Red / M"]);
    let answer = options(json!([{ "name": "Size", "values": ["S", "M"] }])).await;
    assert_eq!(answer.at("/productUpdate/product/options/0/id"), &size, "an option that stays keeps its id");
    assert_eq!(answer.texts("/productUpdate/product/variants/nodes", "/name"), ["S", "M"]);
    let answer = options(json!([{ "name": "Size", "values": ["S"] }])).await;
    assert_problem(&answer, "productUpdate", "OPTIONS_IN_USE", "options");
    let answer = options(json!([])).await;
    assert_problem(&answer, "productUpdate", "OPTIONS_IN_USE", "options");
}

#[tokio::test]
async fn drafts_and_archived_products_are_for_staff() {
    let app = TestApp::start().await;
    let (staff, customer, guest) = (app.staff().await, app.customer().await, app.guest());
    let answer = product(&staff, "productCreate", json!({ "name": "Mug", "price": "5", "stock": 2 })).await;
    let id = answer.text("/productCreate/product/id").to_owned();
    let variant = answer.text("/productCreate/product/variants/nodes/0/id").to_owned();
    let document = format!(
        "{{ product(id: \"{id}\") {{ id }} node(id: \"{id}\") {{ id }} variant: node(id: \"{variant}\") {{ id }} \
         products {{ nodes {{ id }} }} drafts: products(filter: {{ status: [DRAFT, ARCHIVED] }}) {{ nodes {{ id }} }} }}"
    );
    let hidden = json!({ "product": null, "node": null, "variant": null,
        "products": { "nodes": [] }, "drafts": { "nodes": [] } });
    assert_eq!(answer.text("/productCreate/product/status"), "DRAFT");
    for client in [&guest, &customer] {
        assert_eq!(client.query(&document).await.data(), &hidden);
    }
    assert_eq!(staff.query(&document).await.text("/drafts/nodes/0/id"), id);

    let answer = product(&staff, "productUpdate", json!({ "id": id, "status": "ACTIVE" })).await;
    assert_eq!(answer.text("/productUpdate/product/status"), "ACTIVE");
    assert_eq!(guest.query(&document).await.text("/products/nodes/0/id"), id);

    let before = announcements(&app, &variant).await;
    let answer = product(&staff, "productArchive", json!({ "id": id })).await;
    assert_eq!(answer.text("/productArchive/product/status"), "ARCHIVED");
    let answer = product(&staff, "productArchive", json!({ "id": id })).await;
    assert_eq!(answer.text("/productArchive/product/status"), "ARCHIVED", "again changes nothing");
    assert_eq!(announcements(&app, &variant).await, before + 1, "those who watch its variant are told once");
    assert_eq!(guest.query(&document).await.data(), &hidden);
    assert_eq!(staff.query(&document).await.text("/drafts/nodes/0/id"), id);
    let unknown = json!({ "id": ProductId::new().to_string() });
    assert_problem(&product(&staff, "productArchive", unknown).await, "productArchive", "NOT_FOUND", "id");
}

#[tokio::test]
async fn variants_are_added_changed_archived_and_brought_back() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let shirt = ProductBuilder::new("shirt")
        .option("Size")
        .choice("S", 1000, 1)
        .choice("M", 1000, 1)
        .create(&app)
        .await;
    product(
        &staff,
        "productUpdate",
        json!({ "id": shirt.id.to_string(), "options": [{ "name": "Size", "values": ["S", "M", "L"] }] }),
    )
    .await
    .data();
    let size = |value: &str| json!([{ "name": "Size", "value": value }]);
    let input = json!({ "productId": shirt.id.to_string(), "selectedOptions": size("L"), "price": "12.50", "sku": "L-1", "stock": 4 });
    let answer = variant(&staff, "variantCreate", input).await;
    let large = answer.text("/variantCreate/variant/id").to_owned();
    assert_eq!(
        (answer.text("/variantCreate/variant/name"), answer.int("/variantCreate/variant/stock")),
        ("L", 4)
    );

    let before = announcements(&app, &large).await;
    let change = json!({ "id": large, "price": "11", "compareAtPrice": "12.50", "weightGrams": 200, "barcode": "4006381333931" });
    let answer = variant(&staff, "variantUpdate", change).await;
    let now = answer.at("/variantUpdate/variant");
    assert_eq!(
        (&now["price"]["amount"], &now["compareAtPrice"]["amount"]),
        (&json!("11.00"), &json!("12.50"))
    );
    assert_eq!(
        (&now["sku"], &now["weightGrams"], &now["barcode"]),
        (&json!("L-1"), &json!(200), &json!("4006381333931"))
    );
    assert_eq!(announcements(&app, &large).await, before + 1, "a new price is told");
    let change =
        json!({ "id": large, "compareAtPrice": null, "sku": null, "weightGrams": null, "barcode": null });
    let answer = variant(&staff, "variantUpdate", change).await;
    let now = answer.at("/variantUpdate/variant");
    assert!(
        ["compareAtPrice", "sku", "weightGrams", "barcode"].iter().all(|field| now[field].is_null()),
        "{now:#}"
    );
    assert_eq!(announcements(&app, &large).await, before + 1, "nothing that shoppers watch has changed");

    let answer = variant(&staff, "variantArchive", json!({ "id": large })).await;
    assert_eq!(
        (answer.at("/variantArchive/variant/archived"), answer.int("/variantArchive/variant/stock")),
        (&json!(true), 0)
    );
    assert_eq!(announcements(&app, &large).await, before + 2);
    let seen = app.guest().query("{ product(slug: \"shirt\") { variants { nodes { name } } } }").await;
    assert_eq!(seen.texts("/product/variants/nodes", "/name"), ["S", "M"]);
    let answer = variant(
        &staff,
        "variantCreate",
        json!({ "productId": shirt.id.to_string(), "selectedOptions": size("L"), "price": "1" }),
    )
    .await;
    assert_problem(&answer, "variantCreate", "VARIANT_TAKEN", "selectedOptions");
    let answer = variant(&staff, "variantUpdate", json!({ "id": large, "archived": false })).await;
    assert_eq!(
        (answer.at("/variantUpdate/variant/archived"), answer.int("/variantUpdate/variant/stock")),
        (&json!(false), 4)
    );
}

#[tokio::test]
async fn every_value_of_a_variant_is_checked() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    ProductBuilder::new("other").sku("TAKEN").create(&app).await;
    let shirt = ProductBuilder::new("shirt")
        .option("Size")
        .choice("S", 1000, 1)
        .choice("M", 1000, 1)
        .create(&app)
        .await;
    let [small, medium] = shirt.variants[..] else { panic!("two variants") };
    let size = |value: &str| json!([{ "name": "Size", "value": value }]);
    let id = shirt.id.to_string();
    for (input, code, path) in [
        (json!({ "productId": ProductId::new().to_string(), "price": "1" }), "NOT_FOUND", "productId"),
        (json!({ "productId": id, "price": "1" }), "OPTIONS_MISMATCH", "selectedOptions"),
        (
            json!({ "productId": id, "price": "1", "selectedOptions": size("XL") }),
            "OPTIONS_MISMATCH",
            "selectedOptions",
        ),
        (
            json!({ "productId": id, "price": "1", "selectedOptions": size("S") }),
            "VARIANT_TAKEN",
            "selectedOptions",
        ),
    ] {
        assert_problem(&variant(&staff, "variantCreate", input).await, "variantCreate", code, path);
    }
    for (change, code, path) in [
        (json!({ "id": VariantId::new().to_string(), "price": "1" }), "NOT_FOUND", "id"),
        (json!({ "id": small.to_string(), "price": "1.001" }), "INVALID_PRICE", "price"),
        (json!({ "id": small.to_string(), "sku": "TAKEN" }), "SKU_TAKEN", "sku"),
        (json!({ "id": small.to_string(), "position": -1 }), "OUT_OF_RANGE", "position"),
        (
            json!({ "id": small.to_string(), "selectedOptions": size("M") }),
            "VARIANT_TAKEN",
            "selectedOptions",
        ),
        (json!({ "id": small.to_string(), "selectedOptions": [] }), "OPTIONS_MISMATCH", "selectedOptions"),
    ] {
        assert_problem(&variant(&staff, "variantUpdate", change).await, "variantUpdate", code, path);
    }
    variant(&staff, "variantArchive", json!({ "id": small.to_string() })).await.data();
    let last = variant(&staff, "variantArchive", json!({ "id": medium.to_string() })).await;
    assert_problem(&last, "variantArchive", "LAST_VARIANT", "id");
    let last = variant(
        &staff,
        "variantUpdate",
        json!({ "id": medium.to_string(), "price": "99", "archived": true }),
    )
    .await;
    assert_problem(&last, "variantUpdate", "LAST_VARIANT", "archived");
    let price: i64 = product_variants::table
        .find(medium)
        .select(product_variants::price)
        .first(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(price, 1000, "the price was rolled back with the rest");
    // A product that is not on sale may lose its last one, and then cannot go on sale.
    product(&staff, "productUpdate", json!({ "id": id, "status": "DRAFT" })).await.data();
    variant(&staff, "variantArchive", json!({ "id": medium.to_string() })).await.data();
    let answer = product(&staff, "productUpdate", json!({ "id": id, "status": "ACTIVE" })).await;
    assert_problem(&answer, "productUpdate", "NOTHING_TO_SELL", "status");
}

#[tokio::test]
async fn two_archivers_cannot_take_both_last_variants() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let shirt = ProductBuilder::new("shirt")
        .option("Size")
        .choice("S", 1000, 1)
        .choice("M", 1000, 1)
        .create(&app)
        .await;
    let archive = |id: VariantId| variant(&staff, "variantArchive", json!({ "id": id.to_string() }));
    let (one, other) = tokio::join!(archive(shirt.variants[0]), archive(shirt.variants[1]));
    let refused: Vec<_> =
        [&one, &other].iter().flat_map(|answer| answer.user_error_codes("variantArchive")).collect();
    assert_eq!(refused, ["LAST_VARIANT"]);
}

#[tokio::test]
async fn the_tree_is_made_moved_and_pruned() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mut ids = Vec::<String>::new();
    for (name, parent) in [("Home", None), ("Kitchen", Some(0)), ("Cups & Mugs", Some(1)), ("Garden", None)] {
        let parent = parent.map(|index: usize| ids[index].clone());
        let answer = category(&staff, "categoryCreate", json!({ "name": name, "parentId": parent })).await;
        ids.push(answer.text("/categoryCreate/category/id").to_owned());
    }
    let mug = ProductBuilder::new("mug").category(ids[2].parse().unwrap()).create(&app).await;
    let answer = app
        .guest()
        .query("{ categories { nodes { slug } } category(slug: \"cups-mugs\") { ancestors { slug } } }")
        .await;
    assert_eq!(answer.texts("/categories/nodes", "/slug"), ["home", "garden"], "behind their siblings");
    assert_eq!(answer.texts("/category/ancestors", "/slug"), ["home", "kitchen"]);

    let moved = category(
        &staff,
        "categoryUpdate",
        json!({ "id": ids[1], "parentId": ids[3], "name": "Outdoor Kitchen" }),
    )
    .await;
    assert_eq!(moved.text("/categoryUpdate/category/parent/slug"), "garden");
    assert_eq!(moved.text("/categoryUpdate/category/slug"), "kitchen", "links stay good");
    let answer = app.guest().query("{ category(slug: \"garden\") { products { nodes { slug } } } below: category(slug: \"cups-mugs\") { level } }").await;
    assert_eq!(answer.texts("/category/products/nodes", "/slug"), ["mug"], "with everything below");
    assert_eq!(answer.int("/below/level"), 2);
    let root = category(&staff, "categoryUpdate", json!({ "id": ids[1], "parentId": null })).await;
    assert_eq!(root.int("/categoryUpdate/category/level"), 0);

    let delete = "mutation($input: CategoryDeleteInput!) { categoryDelete(input: $input) {
        deletedCategoryId userErrors { code field message } } }";
    let answer = staff.query_with(delete, json!({ "input": { "id": ids[1] } })).await;
    assert_problem(&answer, "categoryDelete", "CATEGORY_NOT_EMPTY", "id");
    let answer = staff.query_with(delete, json!({ "input": { "id": ids[2] } })).await;
    assert_eq!(answer.text("/categoryDelete/deletedCategoryId"), ids[2]);
    let answer = staff.query_with(delete, json!({ "input": { "id": ids[2] } })).await;
    assert_problem(&answer, "categoryDelete", "NOT_FOUND", "id");
    let answer =
        app.guest().query(&format!("{{ product(id: \"{}\") {{ category {{ slug }} }} }}", mug.id)).await;
    assert_eq!(answer.at("/product/category"), &json!(null), "its products stay");
}

#[tokio::test]
async fn every_value_of_a_category_is_checked() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mut deepest = CategoryBuilder::new("level-1").create(&app).await;
    let top = deepest;
    for level in 2..=10 {
        deepest = CategoryBuilder::new(&format!("level-{level}")).parent(deepest).create(&app).await;
    }
    let (top, deepest) = (top.to_string(), deepest.to_string());
    let branch = CategoryBuilder::new("branch").create(&app).await;
    CategoryBuilder::new("twig").parent(branch).create(&app).await;
    let unknown = CategoryId::new().to_string();
    for (input, code, path) in [
        (json!({ "name": "" }), "REQUIRED", "name"),
        (json!({ "name": "x".repeat(256) }), "TOO_LONG", "name"),
        (json!({ "name": "A", "slug": "A" }), "INVALID", "slug"),
        (json!({ "name": "A", "slug": "branch" }), "SLUG_TAKEN", "slug"),
        (json!({ "name": "A", "parentId": unknown }), "PARENT_NOT_FOUND", "parentId"),
        (json!({ "name": "A", "parentId": deepest }), "CATEGORY_TOO_DEEP", "parentId"),
        (json!({ "name": "A", "position": -1 }), "OUT_OF_RANGE", "position"),
    ] {
        assert_problem(&category(&staff, "categoryCreate", input).await, "categoryCreate", code, path);
    }
    for (change, code, path) in [
        (json!({ "id": unknown, "name": "A" }), "NOT_FOUND", "id"),
        (json!({ "id": top, "slug": "branch" }), "SLUG_TAKEN", "slug"),
        (json!({ "id": top, "parentId": top }), "CATEGORY_CIRCLE", "parentId"),
        (json!({ "id": top, "parentId": deepest }), "CATEGORY_CIRCLE", "parentId"),
        (json!({ "id": top, "parentId": unknown }), "PARENT_NOT_FOUND", "parentId"),
        (json!({ "id": top, "parentId": branch.to_string() }), "CATEGORY_TOO_DEEP", "parentId"),
    ] {
        assert_problem(&category(&staff, "categoryUpdate", change).await, "categoryUpdate", code, path);
    }
    let answer = category(&staff, "categoryCreate", json!({ "name": "Branch" })).await;
    assert_eq!(answer.text("/categoryCreate/category/slug"), "branch-2");
}

#[tokio::test]
async fn two_moves_that_would_close_a_circle_take_turns() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let left = CategoryBuilder::new("left").create(&app).await;
    let under_left = CategoryBuilder::new("under-left").parent(left).create(&app).await;
    let right = CategoryBuilder::new("right").create(&app).await;
    let under_right = CategoryBuilder::new("under-right").parent(right).create(&app).await;
    let put = |id: CategoryId, parent: CategoryId| {
        category(&staff, "categoryUpdate", json!({ "id": id.to_string(), "parentId": parent.to_string() }))
    };
    let (one, other) = tokio::join!(put(left, under_right), put(right, under_left));
    let refused: Vec<_> =
        [&one, &other].iter().flat_map(|answer| answer.user_error_codes("categoryUpdate")).collect();
    assert_eq!(refused, ["CATEGORY_CIRCLE"]);
    let roots: i64 = categories::table
        .filter(categories::parent_id.is_null())
        .select(count_star())
        .first(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(roots, 1);
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
            product(&client, "productCreate", json!({ "name": "X" })).await,
            product(&client, "productUpdate", json!({ "id": product_id, "name": "X" })).await,
            product(&client, "productArchive", json!({ "id": product_id })).await,
            variant(&client, "variantCreate", json!({ "productId": product_id, "price": "1" })).await,
            variant(&client, "variantUpdate", json!({ "id": variant_id, "price": "1" })).await,
            variant(&client, "variantArchive", json!({ "id": variant_id })).await,
            category(&client, "categoryCreate", json!({ "name": "X" })).await,
            category(&client, "categoryUpdate", json!({ "id": category_id, "name": "X" })).await,
            client.query(&format!("mutation {{ categoryDelete(input: {{ id: \"{category_id}\" }}) {{ deletedCategoryId }} }}")).await,
        ] {
            assert_eq!(answer.error_code(), code);
        }
    }
    assert_eq!(app.staff().await.query(&everything).await.data(), &before);
    assert_eq!(count_products(&app).await, 1);
}
