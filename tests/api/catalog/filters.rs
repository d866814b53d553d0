//! Conditions on a listing, alone and together.

use serde_json::{Value, json};

use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

async fn slugs(app: &TestApp, filter: Value) -> Vec<String> {
    let document = "query($filter: ProductFilter) {
        products(filter: $filter, sort: NAME) { totalCount nodes { slug } } }";
    let answer = app.guest().query_with(document, json!({ "filter": filter })).await;
    let slugs = answer.texts("/products/nodes", "/slug").into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(answer.int("/products/totalCount"), slugs.len() as i64, "the count counts what is listed");
    slugs
}

#[tokio::test]
async fn prices_are_those_of_any_variant_on_sale() {
    let app = TestApp::start().await;
    ProductBuilder::new("cheap").price(500).create(&app).await;
    ProductBuilder::new("gap").option("Size").choice("S", 1000, 1).choice("L", 3000, 1).create(&app).await;
    let free = ProductBuilder::new("nothing-on-sale").price(700).create(&app).await;
    crate::support::db::run(
        &mut app.database().connect().await,
        &format!("UPDATE product_variants SET archived_at = now() WHERE id = '{}'", free.variant.0),
    )
    .await;
    assert_eq!(
        slugs(&app, json!({ "price": { "min": "5.00", "max": "5" } })).await,
        ["cheap"],
        "ends included"
    );
    assert_eq!(
        slugs(&app, json!({ "price": { "min": "10.01", "max": "29.99" } })).await,
        [""; 0],
        "not between two"
    );
    assert_eq!(slugs(&app, json!({ "price": { "min": "10" } })).await, ["gap"]);
    assert_eq!(slugs(&app, json!({ "price": { "max": "10" } })).await, ["cheap", "gap"]);
    assert_eq!(slugs(&app, json!({ "price": {} })).await.len(), 3, "no bound, no condition");
}

#[tokio::test]
async fn in_stock_is_what_some_variant_can_still_give() {
    let app = TestApp::start().await;
    ProductBuilder::new("plenty").stock(3).create(&app).await;
    ProductBuilder::new("sold-out").stock(0).create(&app).await;
    ProductBuilder::new("only-large")
        .option("Size")
        .choice("S", 100, 0)
        .choice("L", 100, 1)
        .create(&app)
        .await;
    let promised = ProductBuilder::new("promised").stock(2).create(&app).await;
    crate::support::db::run(
        &mut app.database().connect().await,
        &format!("UPDATE inventory SET reserved = 2 WHERE variant_id = '{}'", promised.variant.0),
    )
    .await;
    assert_eq!(slugs(&app, json!({ "inStock": true })).await, ["only-large", "plenty"]);
    assert_eq!(slugs(&app, json!({ "inStock": false })).await, ["promised", "sold-out"]);

    // What is listed as in stock says so itself, wherever it is met.
    let document = "{ products(sort: NAME) { nodes { slug inStock stock } } product(slug: \"only-large\") { inStock stock } }";
    let answer = app.guest().query(document).await;
    let node = |slug: &str, in_stock, stock| json!({ "slug": slug, "inStock": in_stock, "stock": stock });
    assert_eq!(
        answer.at("/products/nodes"),
        &json!([
            node("only-large", true, 0),
            node("plenty", true, 3),
            node("promised", false, 0),
            node("sold-out", false, 0),
        ]),
        "the stock is the default variant's"
    );
    assert_eq!(answer.at("/product"), &json!({ "inStock": true, "stock": 0 }));
}

#[tokio::test]
async fn attributes_narrow_and_their_values_widen() {
    let app = TestApp::start().await;
    let product = |slug, material, colour| {
        ProductBuilder::new(slug).attribute("Material", material).attribute("Colour", colour)
    };
    product("blue-glass", "Glass", "Blue").create(&app).await;
    product("blue-clay", "Clay", "Blue").create(&app).await;
    product("red-clay", "Clay", "Red").create(&app).await;
    let attributes = |list: Value| json!({ "attributes": list });
    let clay = json!({ "name": "Material", "values": ["Clay"] });
    let blue = json!({ "name": "Colour", "values": ["Blue"] });
    let any = json!({ "name": "Material", "values": ["Clay", "Glass"] });
    assert_eq!(slugs(&app, attributes(json!([clay]))).await, ["blue-clay", "red-clay"]);
    assert_eq!(slugs(&app, attributes(json!([clay, blue]))).await, ["blue-clay"]);
    assert_eq!(slugs(&app, attributes(json!([any, blue]))).await, ["blue-clay", "blue-glass"]);
    assert_eq!(slugs(&app, attributes(json!([{ "name": "Material", "values": ["clay"] }]))).await, [""; 0]);
}

#[tokio::test]
async fn a_category_holds_what_is_filed_below_it() {
    let app = TestApp::start().await;
    let home = CategoryBuilder::new("home").create(&app).await;
    let kitchen = CategoryBuilder::new("kitchen").parent(home).create(&app).await;
    let garden = CategoryBuilder::new("garden").create(&app).await;
    ProductBuilder::new("lamp").category(home).create(&app).await;
    ProductBuilder::new("mug").category(kitchen).price(2000).create(&app).await;
    ProductBuilder::new("spade").category(garden).create(&app).await;
    ProductBuilder::new("unfiled").create(&app).await;
    assert_eq!(slugs(&app, json!({ "categorySlug": "home" })).await, ["lamp", "mug"]);
    assert_eq!(slugs(&app, json!({ "categoryId": kitchen.to_string() })).await, ["mug"]);
    let both = json!({ "categorySlug": "home", "price": { "min": "15.00" }, "inStock": true });
    assert_eq!(slugs(&app, both).await, ["mug"], "conditions add up");
}
