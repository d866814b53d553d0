//! Changing products, and taking them on and off sale.

use cartograph::ids::{CategoryId, ProductId};
use serde_json::{Value, json};

use super::{PRODUCT, announcements, assert_problem, assert_refused, open, shirt, write};
use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

#[tokio::test]
async fn an_update_changes_what_is_given_and_nothing_else() {
    let (app, staff) = open().await;
    let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
    let input = json!({
        "name": "Mug", "price": "5", "vendor": "Kiln", "tags": ["a"], "categoryId": kitchen.to_string(),
        "description": "One\nTwo", "attributes": [{ "name": "A", "value": "1" }],
        "images": [{ "url": "/1.svg", "altText": "one" }, { "url": "/2.svg" }],
    });
    let made = write(&staff, "productCreate", input).await.at("/productCreate/product").clone();
    let id = made["id"].clone();

    let answer = write(&staff, "productUpdate", json!({ "id": id })).await;
    assert_eq!(answer.at("/productUpdate/product"), &made, "an empty change");

    let change = json!({ "id": id, "name": "Cup", "tags": [], "categoryId": null, "vendor": "",
        "images": [{ "url": "/3.svg" }, { "url": "/1.svg", "altText": "first" }] });
    let answer = write(&staff, "productUpdate", change).await;
    let now = answer.at("/productUpdate/product");
    assert_eq!((&now["name"], &now["slug"], &now["tags"]), (&json!("Cup"), &json!("mug"), &json!([])));
    assert_eq!((&now["category"], &now["vendor"]), (&json!(null), &json!("")));
    assert_eq!((&now["description"], &now["attributes"]), (&made["description"], &made["attributes"]));
    assert_eq!(now["images"][1]["id"], made["images"][0]["id"], "a picture that stays keeps its id");
    assert_eq!(now["images"][1]["altText"], "first");
    assert_eq!(now["images"].as_array().unwrap().len(), 2);

    ProductBuilder::new("taken").create(&app).await;
    let cases = [
        (json!({ "id": id, "slug": "taken" }), "SLUG_TAKEN", "slug"),
        (json!({ "id": id, "name": "" }), "REQUIRED", "name"),
        (
            json!({ "id": id, "name": "X", "categoryId": CategoryId::new().to_string() }),
            "CATEGORY_NOT_FOUND",
            "categoryId",
        ),
        (json!({ "id": id, "description": "x", "descriptionHtml": "x" }), "AMBIGUOUS", "descriptionHtml"),
        (json!({ "id": ProductId::new().to_string(), "name": "X" }), "NOT_FOUND", "id"),
    ];
    assert_refused(&staff, "productUpdate", cases).await;
    let answer = write(&staff, "productUpdate", json!({ "id": kitchen.to_string() })).await;
    assert_eq!(answer.error_code(), "BAD_USER_INPUT", "a category's id");
    let answer = staff.query(&format!("{{ product(id: {id}) {{ {PRODUCT} }} }}")).await;
    assert_eq!(answer.text("/product/name"), "Cup", "refused changes left nothing");
}

#[tokio::test]
async fn new_options_carry_the_variants_along() {
    let (app, staff) = open().await;
    let shirt = shirt(&app).await;
    let options = |options: Value| {
        write(&staff, "productUpdate", json!({ "id": shirt.id.to_string(), "options": options }))
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
    let answer = write(&staff, "productCreate", json!({ "name": "Mug", "price": "5", "stock": 2 })).await;
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

    let answer = write(&staff, "productUpdate", json!({ "id": id, "status": "ACTIVE" })).await;
    assert_eq!(answer.text("/productUpdate/product/status"), "ACTIVE");
    assert_eq!(guest.query(&document).await.text("/products/nodes/0/id"), id);

    let before = announcements(&app, &variant).await;
    let answer = write(&staff, "productArchive", json!({ "id": id })).await;
    assert_eq!(answer.text("/productArchive/product/status"), "ARCHIVED");
    let answer = write(&staff, "productArchive", json!({ "id": id })).await;
    assert_eq!(answer.text("/productArchive/product/status"), "ARCHIVED", "again changes nothing");
    assert_eq!(announcements(&app, &variant).await, before + 1, "those who watch its variant are told once");
    assert_eq!(guest.query(&document).await.data(), &hidden);
    assert_eq!(staff.query(&document).await.text("/drafts/nodes/0/id"), id);
    let unknown = json!({ "id": ProductId::new().to_string() });
    assert_problem(&write(&staff, "productArchive", unknown).await, "productArchive", "NOT_FOUND", "id");
}
