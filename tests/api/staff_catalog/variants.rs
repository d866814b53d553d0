//! Variants of a product that is there.

use cartograph::db::schema::product_variants;
use cartograph::ids::{ProductId, VariantId};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{announcements, assert_problem, assert_refused, open, shirt, write};
use crate::support::ProductBuilder;

#[tokio::test]
async fn variants_are_added_changed_archived_and_brought_back() {
    let (app, staff) = open().await;
    let shirt = shirt(&app).await;
    write(
        &staff,
        "productUpdate",
        json!({ "id": shirt.id.to_string(), "options": [{ "name": "Size", "values": ["S", "M", "L"] }] }),
    )
    .await
    .data();
    let size = |value: &str| json!([{ "name": "Size", "value": value }]);
    let input = json!({ "productId": shirt.id.to_string(), "selectedOptions": size("L"), "price": "12.50", "sku": "L-1", "stock": 4 });
    let answer = write(&staff, "variantCreate", input).await;
    let large = answer.text("/variantCreate/variant/id").to_owned();
    assert_eq!(
        (answer.text("/variantCreate/variant/name"), answer.int("/variantCreate/variant/stock")),
        ("L", 4)
    );

    let before = announcements(&app, &large).await;
    let change = json!({ "id": large, "price": "11", "compareAtPrice": "12.50", "weightGrams": 200, "barcode": "4006381333931" });
    let answer = write(&staff, "variantUpdate", change).await;
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
    let answer = write(&staff, "variantUpdate", change).await;
    let now = answer.at("/variantUpdate/variant");
    assert!(
        ["compareAtPrice", "sku", "weightGrams", "barcode"].iter().all(|field| now[field].is_null()),
        "{now:#}"
    );
    assert_eq!(announcements(&app, &large).await, before + 2, "the crossed-out price is told too");
    write(&staff, "variantUpdate", json!({ "id": large, "weightGrams": 5 })).await;
    assert_eq!(announcements(&app, &large).await, before + 2, "nothing that shoppers watch has changed");

    let answer = write(&staff, "variantArchive", json!({ "id": large })).await;
    assert_eq!(
        (answer.at("/variantArchive/variant/archived"), answer.int("/variantArchive/variant/stock")),
        (&json!(true), 0)
    );
    assert_eq!(announcements(&app, &large).await, before + 3);
    let seen = app.guest().query("{ product(slug: \"shirt\") { variants { nodes { name } } } }").await;
    assert_eq!(seen.texts("/product/variants/nodes", "/name"), ["S", "M"]);
    let answer = write(
        &staff,
        "variantCreate",
        json!({ "productId": shirt.id.to_string(), "selectedOptions": size("L"), "price": "1" }),
    )
    .await;
    assert_problem(&answer, "variantCreate", "VARIANT_TAKEN", "selectedOptions");
    let answer = write(&staff, "variantUpdate", json!({ "id": large, "archived": false })).await;
    assert_eq!(
        (answer.at("/variantUpdate/variant/archived"), answer.int("/variantUpdate/variant/stock")),
        (&json!(false), 4)
    );
}

#[tokio::test]
async fn every_value_of_a_variant_is_checked() {
    let (app, staff) = open().await;
    ProductBuilder::new("other").sku("TAKEN").create(&app).await;
    let shirt = shirt(&app).await;
    let [small, medium] = shirt.variants[..] else { panic!("two variants") };
    let size = |value: &str| json!([{ "name": "Size", "value": value }]);
    let id = shirt.id.to_string();
    let cases = [
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
    ];
    assert_refused(&staff, "variantCreate", cases).await;
    let cases = [
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
    ];
    assert_refused(&staff, "variantUpdate", cases).await;
    write(&staff, "variantArchive", json!({ "id": small.to_string() })).await.data();
    let last = write(&staff, "variantArchive", json!({ "id": medium.to_string() })).await;
    assert_problem(&last, "variantArchive", "LAST_VARIANT", "id");
    let last =
        write(&staff, "variantUpdate", json!({ "id": medium.to_string(), "price": "99", "archived": true }))
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
    write(&staff, "productUpdate", json!({ "id": id, "status": "DRAFT" })).await.data();
    write(&staff, "variantArchive", json!({ "id": medium.to_string() })).await.data();
    let answer = write(&staff, "productUpdate", json!({ "id": id, "status": "ACTIVE" })).await;
    assert_problem(&answer, "productUpdate", "NOTHING_TO_SELL", "status");
}

#[tokio::test]
async fn two_archivers_cannot_take_both_last_variants() {
    let (app, staff) = open().await;
    let shirt = shirt(&app).await;
    let archive = |id: VariantId| write(&staff, "variantArchive", json!({ "id": id.to_string() }));
    let (one, other) = tokio::join!(archive(shirt.variants[0]), archive(shirt.variants[1]));
    let refused: Vec<_> =
        [&one, &other].iter().flat_map(|answer| answer.user_error_codes("variantArchive")).collect();
    assert_eq!(refused, ["LAST_VARIANT"]);
}
