//! How many statements reading the catalogue may cost: the same for one thing and for fifty.

use serde_json::json;

use crate::support::db::count;
use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

const SIZES: [i32; 2] = [1, 50];

/// Fifty products with two variants each, filed over five categories.
async fn shop() -> TestApp {
    let app = TestApp::start().await;
    let root = CategoryBuilder::new("root").create(&app).await;
    for c in 0..5 {
        let category =
            CategoryBuilder::new(&format!("category-{c}")).parent(root).position(c).create(&app).await;
        for n in 0..10 {
            ProductBuilder::new(&format!("mug-{c}-{n}"))
                .category(category)
                .option("Size")
                .choice("S", 1000, 5)
                .choice("L", 2000, 5)
                .create(&app)
                .await;
        }
    }
    app
}

#[tokio::test]
async fn one_product_with_its_category() {
    let app = shop().await;
    for selector in ["slug", "id"] {
        let id =
            app.guest().query("{ product(slug: \"mug-0-0\") { id } }").await.text("/product/id").to_owned();
        let value = if selector == "id" { id.as_str() } else { "mug-0-0" };
        let document = format!(
            "{{ product({selector}: \"{value}\") {{ name price {{ amount }} priceRange {{ max {{ amount }} }} stock sku
                averageRating reviewCount category {{ name parent {{ id }} }} }} }}"
        );
        let document = document.replace(" parent { id }", "");
        let (answer, statements) = app.statements(app.guest().query(&document)).await;
        assert_eq!(answer.text("/product/category/name"), "category-0");
        statements.assert_at_most(2);
        statements.assert_prepared();
    }
}

#[tokio::test]
async fn a_page_of_products_with_everything_in_the_catalogue() {
    let app = shop().await;
    let document = "query($first: Int!) { products(first: $first) { totalCount nodes {
        name price { amount } stock averageRating category { name ancestors { name } } images { url } options { name }
        variants { totalCount nodes { name stock selectedOptions { value } product { slug } } }
    } } }";
    let mut counts = Vec::new();
    for first in SIZES {
        let (answer, statements) =
            app.statements(app.guest().query_with(document, json!({ "first": first }))).await;
        assert_eq!(answer.at("/products/nodes").as_array().map(Vec::len), Some(first as usize));
        // Listing, count, categories, their ancestors, images, options, variants, the variants' products.
        statements.assert_at_most(8);
        statements.assert_prepared();
        counts.push(statements.count());
    }
    assert_eq!(counts[0], counts[1], "a longer page costs no more statements");
}

#[tokio::test]
async fn a_list_of_categories_with_a_page_of_products_each() {
    let app = shop().await;
    let document = "query($first: Int!) { category(slug: \"root\") { children(first: 5) { nodes {
        name products(first: $first) { totalCount nodes { name category { name } } }
        dearest: products(first: 1, sort: PRICE_DESCENDING) { nodes { name } }
    } } } }";
    let mut counts = Vec::new();
    for first in SIZES {
        let (answer, statements) =
            app.statements(app.guest().query_with(document, json!({ "first": first }))).await;
        assert_eq!(answer.at("/category/children/nodes").as_array().map(Vec::len), Some(5));
        // The category, its children, one listing for each of the two fields, the counts, the products' categories.
        statements.assert_at_most(6);
        statements.assert_prepared();
        counts.push(statements.count());
    }
    assert_eq!(counts[0], counts[1], "more categories cost no more statements");
}

#[tokio::test]
async fn many_nodes_at_once() {
    let app = shop().await;
    let listed =
        app.guest().query("{ products(first: 50) { nodes { id variants { nodes { id } } } } }").await;
    let mut ids = listed.texts("/products/nodes", "/id");
    let variants = listed.texts("/products/nodes", "/variants/nodes/0/id");
    for count in SIZES {
        ids.truncate(50);
        ids.extend(&variants[..count as usize]);
        let document =
            "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on ProductVariant { product { name } } } }";
        let (answer, statements) =
            app.statements(app.guest().query_with(document, json!({ "ids": ids }))).await;
        assert_eq!(answer.texts("/nodes", "/id"), ids);
        // Products, variants, and once more for variants of products not asked for.
        statements.assert_at_most(3);
        statements.assert_prepared();
    }
}

#[tokio::test]
async fn total_count_is_counted_only_when_asked_for() {
    let app = shop().await;
    let (_, without) = app.statements(app.guest().query("{ products { nodes { id } } }")).await;
    let (_, with) = app.statements(app.guest().query("{ products { totalCount nodes { id } } }")).await;
    assert_eq!((without.count(), with.count()), (1, 2), "{without}{with}");
}

#[tokio::test]
async fn a_page_takes_one_connection_from_the_others() {
    let app = TestApp::start().await;
    let category = CategoryBuilder::new("cups").create(&app).await;
    ProductBuilder::new("mug").category(category).create(&app).await;
    // There are enough for each of the four loaders that go to work behind the product.
    drop(futures_util::future::join_all((0..4).map(|_| app.db())).await);
    app.guest()
        .query_with(include_str!("../../../benches/load/product_page.graphql"), json!({ "slug": "mug" }))
        .await
        .data();
    // Each connection is known by its last statement.
    let readers = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() \
                   AND query ~ '^SELECT \"(categories|product_images|product_options|product_variants)\"'";
    assert_eq!(count(&mut app.database().connect().await, readers).await, 1);
}
