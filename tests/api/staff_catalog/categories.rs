//! The tree of categories.

use cartograph::db::schema::categories;
use cartograph::ids::CategoryId;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{assert_problem, assert_refused, open, write};
use crate::support::{CategoryBuilder, ProductBuilder};

#[tokio::test]
async fn the_tree_is_made_moved_and_pruned() {
    let (app, staff) = open().await;
    let mut ids = Vec::<String>::new();
    for (name, parent) in [("Home", None), ("Kitchen", Some(0)), ("Cups & Mugs", Some(1)), ("Garden", None)] {
        let parent = parent.map(|index: usize| ids[index].clone());
        let answer = write(&staff, "categoryCreate", json!({ "name": name, "parentId": parent })).await;
        ids.push(answer.text("/categoryCreate/category/id").to_owned());
    }
    let mug = ProductBuilder::new("mug").category(ids[2].parse().unwrap()).create(&app).await;
    let answer = app
        .guest()
        .query("{ categories { nodes { slug } } category(slug: \"cups-mugs\") { ancestors { slug } } }")
        .await;
    assert_eq!(answer.texts("/categories/nodes", "/slug"), ["home", "garden"], "behind their siblings");
    assert_eq!(answer.texts("/category/ancestors", "/slug"), ["home", "kitchen"]);

    let moved = write(
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
    let root = write(&staff, "categoryUpdate", json!({ "id": ids[1], "parentId": null })).await;
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
    let (app, staff) = open().await;
    let mut deepest = CategoryBuilder::new("level-1").create(&app).await;
    let top = deepest;
    for level in 2..=10 {
        deepest = CategoryBuilder::new(&format!("level-{level}")).parent(deepest).create(&app).await;
    }
    let (top, deepest) = (top.to_string(), deepest.to_string());
    let branch = CategoryBuilder::new("branch").create(&app).await;
    CategoryBuilder::new("twig").parent(branch).create(&app).await;
    let unknown = CategoryId::new().to_string();
    let cases = [
        (json!({ "name": "" }), "REQUIRED", "name"),
        (json!({ "name": "x".repeat(256) }), "TOO_LONG", "name"),
        (json!({ "name": "A", "slug": "A" }), "INVALID", "slug"),
        (json!({ "name": "A", "slug": "branch" }), "SLUG_TAKEN", "slug"),
        (json!({ "name": "A", "parentId": unknown }), "PARENT_NOT_FOUND", "parentId"),
        (json!({ "name": "A", "parentId": deepest }), "CATEGORY_TOO_DEEP", "parentId"),
        (json!({ "name": "A", "position": -1 }), "OUT_OF_RANGE", "position"),
    ];
    assert_refused(&staff, "categoryCreate", cases).await;
    let cases = [
        (json!({ "id": unknown, "name": "A" }), "NOT_FOUND", "id"),
        (json!({ "id": top, "slug": "branch" }), "SLUG_TAKEN", "slug"),
        (json!({ "id": top, "parentId": top }), "CATEGORY_CIRCLE", "parentId"),
        (json!({ "id": top, "parentId": deepest }), "CATEGORY_CIRCLE", "parentId"),
        (json!({ "id": top, "parentId": unknown }), "PARENT_NOT_FOUND", "parentId"),
        (json!({ "id": top, "parentId": branch.to_string() }), "CATEGORY_TOO_DEEP", "parentId"),
    ];
    assert_refused(&staff, "categoryUpdate", cases).await;
    let answer = write(&staff, "categoryCreate", json!({ "name": "Branch" })).await;
    assert_eq!(answer.text("/categoryCreate/category/slug"), "branch-2");
}

#[tokio::test]
async fn two_moves_that_would_close_a_circle_take_turns() {
    let (app, staff) = open().await;
    let left = CategoryBuilder::new("left").create(&app).await;
    let under_left = CategoryBuilder::new("under-left").parent(left).create(&app).await;
    let right = CategoryBuilder::new("right").create(&app).await;
    let under_right = CategoryBuilder::new("under-right").parent(right).create(&app).await;
    let put = |id: CategoryId, parent: CategoryId| {
        write(&staff, "categoryUpdate", json!({ "id": id.to_string(), "parentId": parent.to_string() }))
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
