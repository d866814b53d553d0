//! What helps a client along: names while typing, and what it should know of the shop.

use serde_json::json;

use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

async fn suggest(app: &TestApp, typed: &str) -> Vec<String> {
    let document = "query($query: String!) { searchSuggestions(query: $query, first: 5) { text } }";
    let answer = app.guest().query_with(document, json!({ "query": typed })).await;
    answer.texts("/searchSuggestions", "/text").into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn names_are_suggested_by_their_beginning_their_words_and_their_likeness() {
    let app = TestApp::start().await;
    for (slug, name) in [
        ("crema", "Crema Mug"),
        ("stone", "Stoneware Mug"),
        ("dish", "Crème Brûlée Dish"),
        ("bag", "Canvas Bag"),
    ] {
        ProductBuilder::new(slug).name(name).create(&app).await;
    }
    ProductBuilder::new("secret").name("Mug Secret").draft().create(&app).await;
    CategoryBuilder::new("mugs").create(&app).await;
    assert_eq!(suggest(&app, "crem").await, ["Crema Mug", "Crème Brûlée Dish"], "accents make no difference");
    assert_eq!(
        suggest(&app, "MU").await,
        ["mugs", "Crema Mug", "Stoneware Mug"],
        "first what begins so; no drafts"
    );
    assert_eq!(suggest(&app, "stonewear").await, ["Stoneware Mug"], "a typo");
    assert_eq!(suggest(&app, "100% _").await, Vec::<String>::new());
    assert_eq!(suggest(&app, " ?! ").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_suggestion_leads_to_what_has_the_name() {
    let app = TestApp::start().await;
    ProductBuilder::new("stone-mug").name("Mug of Stone").create(&app).await;
    CategoryBuilder::new("mugs").create(&app).await;
    let document = "{ searchSuggestions(query: \"mug\") { text product { slug } category { slug } } }";
    let guest = app.guest();
    let (answer, statements) = app.statements(guest.query(document)).await;
    assert_eq!(
        answer.at("/searchSuggestions"),
        &json!([
            { "text": "mugs", "product": null, "category": { "slug": "mugs" } },
            { "text": "Mug of Stone", "product": { "slug": "stone-mug" }, "category": null },
        ])
    );
    statements.assert_at_most(3);
    statements.assert_prepared();
    for first in [0, 21] {
        let answer = app
            .guest()
            .query(&format!("{{ searchSuggestions(query: \"a\", first: {first}) {{ text }} }}"))
            .await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn the_shop_tells_its_currency_and_limits_without_a_statement() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let document =
        "{ shop { name currency version limits { maxPageSize maxCost maxCartLines maxLineQuantity } } }";
    let (answer, statements) = app.statements(guest.query(document)).await;
    let limits = json!({ "maxPageSize": 100, "maxCost": 4000, "maxCartLines": 100, "maxLineQuantity": 1000 });
    assert_eq!((answer.text("/shop/currency"), answer.at("/shop/limits")), ("USD", &limits));
    assert_eq!(answer.text("/shop/version"), env!("CARGO_PKG_VERSION"));
    statements.assert_at_most(0);
}
