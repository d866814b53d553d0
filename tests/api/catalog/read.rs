//! One product, one category, and what hangs on them.

use serde_json::json;

use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

#[tokio::test]
async fn a_product_is_found_by_id_by_slug_and_as_a_node() {
    let app = TestApp::start().await;
    let category = CategoryBuilder::new("kitchen").create(&app).await;
    let mug =
        ProductBuilder::new("stone-mug").name("Stone Mug").price(1850).category(category).create(&app).await;
    let document = "query($id: ID!) {
        byId: product(id: $id) { slug price { amount currency } category { slug } }
        bySlug: product(slug: \"stone-mug\") { id name }
        node(id: $id) { id ... on Product { name } }
    }";
    let answer = app.guest().query_with(document, json!({ "id": mug.id.to_string() })).await;
    assert_eq!(answer.at("/byId/price"), &json!({ "amount": "18.50", "currency": "USD" }));
    assert_eq!(answer.text("/byId/slug"), "stone-mug");
    assert_eq!(answer.text("/byId/category/slug"), "kitchen");
    assert_eq!(answer.at("/bySlug"), &json!({ "id": mug.id.to_string(), "name": "Stone Mug" }));
    assert_eq!(answer.at("/node"), &json!({ "id": mug.id.to_string(), "name": "Stone Mug" }));
}

#[tokio::test]
async fn what_is_not_there_is_null() {
    let app = TestApp::start().await;
    let document = "{
        byId: product(id: \"product_00000000000000000000000001\") { id }
        bySlug: product(slug: \"nowhere\") { id }
        category(slug: \"nowhere\") { id }
        node(id: \"variant_00000000000000000000000001\") { id }
    }";
    let answer = app.guest().query(document).await;
    assert_eq!(answer.data(), &json!({ "byId": null, "bySlug": null, "category": null, "node": null }));
}

#[tokio::test]
async fn a_client_that_ignores_variants_reads_the_first_living_one() {
    let app = TestApp::start().await;
    let shirt = ProductBuilder::new("shirt")
        .option("Size")
        .choice("S", 2500, 0)
        .choice("M", 2500, 3)
        .choice("XL", 2900, 5)
        .create(&app)
        .await;
    let document = "query($id: ID!) { product(id: $id) {
        price { amount } stock inStock
        priceRange { min { amount } max { amount } }
        options { name values }
        variants { totalCount nodes { id name stock inStock price { amount } selectedOptions { name value } } }
    } }";
    let answer = app.guest().query_with(document, json!({ "id": shirt.id.to_string() })).await;
    assert_eq!(answer.text("/product/price/amount"), "25.00");
    assert_eq!(answer.int("/product/stock"), 0, "the first one's");
    assert_eq!(answer.at("/product/inStock"), &json!(true), "the others can be bought");
    assert_eq!(answer.text("/product/priceRange/max/amount"), "29.00");
    assert_eq!(answer.at("/product/options"), &json!([{ "name": "Size", "values": ["S", "M", "XL"] }]));
    assert_eq!(answer.int("/product/variants/totalCount"), 3);
    assert_eq!(answer.texts("/product/variants/nodes", "/name"), ["S", "M", "XL"]);
    assert_eq!(answer.text("/product/variants/nodes/2/id"), shirt.variants[2].to_string());
    assert_eq!(
        answer.at("/product/variants/nodes/1/selectedOptions"),
        &json!([{ "name": "Size", "value": "M" }])
    );
}

#[tokio::test]
async fn a_category_knows_what_is_above_and_below() {
    let app = TestApp::start().await;
    let home = CategoryBuilder::new("home").create(&app).await;
    let kitchen = CategoryBuilder::new("kitchen").parent(home).position(2).create(&app).await;
    let bath = CategoryBuilder::new("bath").parent(home).position(1).create(&app).await;
    let mugs = CategoryBuilder::new("mugs").parent(kitchen).create(&app).await;
    ProductBuilder::new("stone-mug").category(mugs).create(&app).await;
    ProductBuilder::new("towel").category(bath).create(&app).await;

    let document = "query($mugs: ID!) {
        home: category(slug: \"home\") { level parent { id } children { nodes { slug } } products(sort: NAME) { nodes { slug } } }
        kitchen: category(slug: \"kitchen\") { products { totalCount nodes { slug } } }
        mugs: category(id: $mugs) { level parent { slug } ancestors { slug } }
        roots: categories { totalCount nodes { slug } }
    }";
    let answer = app.guest().query_with(document, json!({ "mugs": mugs.to_string() })).await;
    assert_eq!(
        answer.texts("/home/children/nodes", "/slug"),
        ["bath", "kitchen"],
        "in their positions' order"
    );
    assert_eq!(answer.texts("/home/products/nodes", "/slug"), ["stone-mug", "towel"], "with what lies below");
    assert_eq!(answer.texts("/kitchen/products/nodes", "/slug"), ["stone-mug"]);
    assert_eq!(answer.int("/kitchen/products/totalCount"), 1);
    assert_eq!(answer.texts("/mugs/ancestors", "/slug"), ["home", "kitchen"], "from the root down");
    assert_eq!((answer.int("/home/level"), answer.int("/mugs/level")), (0, 2));
    assert_eq!(answer.texts("/roots/nodes", "/slug"), ["home"]);
}

#[tokio::test]
async fn each_category_of_a_list_has_the_products_of_its_own() {
    let app = TestApp::start().await;
    for (position, slug) in ["a", "b", "c"].into_iter().enumerate() {
        let category = CategoryBuilder::new(slug).position(position as i32).create(&app).await;
        for n in 0..position {
            ProductBuilder::new(&format!("{slug}-{n}"))
                .price(1000 - n as i64)
                .category(category)
                .create(&app)
                .await;
        }
    }
    let document = "{ categories { nodes {
        slug
        cheapest: products(first: 1, sort: PRICE_ASCENDING) { nodes { slug } pageInfo { hasNextPage } }
        all: products(sort: NAME) { totalCount nodes { slug } }
    } } }";
    let answer = app.guest().query(document).await;
    assert_eq!(
        answer.at("/categories/nodes"),
        &json!([
            { "slug": "a", "cheapest": { "nodes": [], "pageInfo": { "hasNextPage": false } }, "all": { "totalCount": 0, "nodes": [] } },
            { "slug": "b", "cheapest": { "nodes": [{ "slug": "b-0" }], "pageInfo": { "hasNextPage": false } },
              "all": { "totalCount": 1, "nodes": [{ "slug": "b-0" }] } },
            { "slug": "c", "cheapest": { "nodes": [{ "slug": "c-1" }], "pageInfo": { "hasNextPage": true } },
              "all": { "totalCount": 2, "nodes": [{ "slug": "c-0" }, { "slug": "c-1" }] } },
        ])
    );
}
