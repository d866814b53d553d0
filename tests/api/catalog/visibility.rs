//! Shoppers meet what is on sale; staff meet everything.

use serde_json::json;

use crate::support::{CategoryBuilder, Client, ProductBuilder, TestApp};

const EVERY_WAY_IN: &str = "query($id: ID!, $variant: ID!) {
    byId: product(id: $id) { slug }
    bySlug: product(slug: \"hidden\") { slug }
    node(id: $id) { ... on Product { slug } }
    variant: node(id: $variant) { ... on ProductVariant { product { slug } } }
    nodes(ids: [$id]) { ... on Product { slug } }
    products(filter: { status: [DRAFT, ARCHIVED] }) { totalCount nodes { slug } }
    search: products(search: \"hidden\", filter: { status: [DRAFT, ARCHIVED] }) { nodes { slug } }
    category(slug: \"kitchen\") { products(filter: { status: [DRAFT, ARCHIVED] }) { totalCount nodes { slug } } }
}";

async fn found_by(client: &Client, id: &str, variant: &str) -> serde_json::Value {
    client.query_with(EVERY_WAY_IN, json!({ "id": id, "variant": variant })).await.data().clone()
}

#[tokio::test]
async fn drafts_and_archived_products_are_for_staff() {
    for draft in [true, false] {
        let app = TestApp::start().await;
        let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
        let hidden = ProductBuilder::new("hidden").category(kitchen);
        let hidden = if draft { hidden.draft() } else { hidden.archived() }.create(&app).await;
        let (id, variant) = (hidden.id.to_string(), hidden.variant.to_string());
        let nothing = json!({
            "byId": null, "bySlug": null, "node": null, "variant": null, "nodes": [null],
            "products": { "totalCount": 0, "nodes": [] },
            "search": { "nodes": [] },
            "category": { "products": { "totalCount": 0, "nodes": [] } },
        });
        assert_eq!(found_by(&app.guest(), &id, &variant).await, nothing);
        assert_eq!(found_by(&app.customer().await, &id, &variant).await, nothing);
        let slug = json!({ "slug": "hidden" });
        let all = json!({
            "byId": slug, "bySlug": slug, "node": slug, "variant": { "product": slug }, "nodes": [slug],
            "products": { "totalCount": 1, "nodes": [slug] },
            "search": { "nodes": [slug] },
            "category": { "products": { "totalCount": 1, "nodes": [slug] } },
        });
        assert_eq!(found_by(&app.staff().await, &id, &variant).await, all);
        assert_eq!(found_by(&app.admin().await, &id, &variant).await, all);
    }
}

#[tokio::test]
async fn staff_see_what_is_on_sale_unless_they_ask_for_more() {
    let app = TestApp::start().await;
    ProductBuilder::new("active").create(&app).await;
    ProductBuilder::new("draft").draft().create(&app).await;
    let document = "{
        plain: products { nodes { slug } }
        all: products(filter: { status: [ACTIVE, DRAFT, ARCHIVED] }, sort: NAME) { nodes { slug status } }
    }";
    let answer = app.staff().await.query(document).await;
    assert_eq!(answer.texts("/plain/nodes", "/slug"), ["active"]);
    assert_eq!(answer.texts("/all/nodes", "/slug"), ["active", "draft"]);
}

#[tokio::test]
async fn how_much_is_on_the_shelf_is_for_staff() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(7).create(&app).await;
    let document =
        format!("{{ product(id: \"{}\") {{ variants {{ nodes {{ stock onHand reserved }} }} }} }}", mug.id);
    let answer = app.staff().await.query(&document).await;
    assert_eq!(answer.at("/product/variants/nodes/0"), &json!({ "stock": 7, "onHand": 7, "reserved": 0 }));
    for (client, code) in [(app.guest(), "UNAUTHENTICATED"), (app.customer().await, "FORBIDDEN")] {
        let answer = client.query(&document).await;
        assert!(answer.errors().iter().all(|error| error["extensions"]["code"] == code), "{:#}", answer.body);
        assert!(!answer.errors().is_empty());
    }
}
