//! What shoppers type, and what they meant.

use serde_json::json;

use crate::support::{ProductBuilder, TestApp};

async fn shop() -> TestApp {
    let app = TestApp::start().await;
    ProductBuilder::new("stoneware-mug")
        .name("Stoneware Mug")
        .sku("MUG-STONE-350")
        .vendor("Kiln & Co")
        .create(&app)
        .await;
    ProductBuilder::new("enamel-kettle")
        .name("Enamel Kettle")
        .sku("KETTLE-1L")
        .description("Boils a litre: enough for a pot of tea, or for every mug at the table.")
        .create(&app)
        .await;
    ProductBuilder::new("bread-knife").name("Bread Knife").create(&app).await;
    ProductBuilder::new("tee")
        .name("Organic Tee")
        .option("Colour")
        .choice("Black", 1000, 1)
        .create(&app)
        .await;
    ProductBuilder::new("creme-brulee-dishes").name("Crème brûlée Dishes").sku("DISH-04").create(&app).await;
    ProductBuilder::new("picnic-blanket")
        .name("Picnic Blanket")
        .sku("BLANKET")
        .vendor("Mugford Mills")
        .create(&app)
        .await;
    app
}

async fn found(app: &TestApp, search: &str) -> Vec<String> {
    let document = "query($search: String) { products(search: $search) { totalCount nodes { slug } } }";
    let answer = app.guest().query_with(document, json!({ "search": search })).await;
    let slugs = answer.texts("/products/nodes", "/slug").into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(answer.int("/products/totalCount"), slugs.len() as i64, "the count counts what is found");
    slugs
}

#[tokio::test]
async fn names_come_before_makers_and_makers_before_descriptions() {
    let app = shop().await;
    assert_eq!(found(&app, "mug").await, ["stoneware-mug", "picnic-blanket", "enamel-kettle"]);
}

#[tokio::test]
async fn words_are_found_as_people_type_them() {
    let app = shop().await;
    for (typed, slug) in [
        ("stoneware mug", "stoneware-mug"),
        ("MUGS stoneware", "stoneware-mug"),
        ("stonew", "stoneware-mug"),
        ("the stoneware mug", "stoneware-mug"),
        ("creme brulee", "creme-brulee-dishes"),
        ("CRÈME", "creme-brulee-dishes"),
        ("brûl", "creme-brulee-dishes"),
        ("kiln", "stoneware-mug"),
        ("black tee", "tee"),
        ("a pot of tea", "enamel-kettle"),
    ] {
        assert_eq!(found(&app, typed).await, [slug], "{typed}");
    }
}

#[tokio::test]
async fn article_numbers_are_found_whole_and_begun() {
    let app = shop().await;
    for typed in ["MUG-STONE-350", "mug-stone-350", "MUG-STONE", "mug stone 350", "stone-350"] {
        assert_eq!(found(&app, typed).await, ["stoneware-mug"], "{typed}");
    }
    assert_eq!(found(&app, "KETTLE-1L").await, ["enamel-kettle"]);
}

#[tokio::test]
async fn small_typos_are_forgiven_when_nothing_else_is_found() {
    let app = shop().await;
    for (typed, slug) in [
        ("stonware", "stoneware-mug"),
        ("stonewear mug", "stoneware-mug"),
        ("stonwear", "stoneware-mug"),
        ("kettel", "enamel-kettle"),
        ("enamle kettle", "enamel-kettle"),
        ("picknic", "picnic-blanket"),
        ("knives", "bread-knife"),
        ("blankt", "picnic-blanket"),
    ] {
        assert_eq!(found(&app, typed).await, [slug], "{typed}");
    }
    for nonsense in ["xylophone", "zzzzzz", "qwertyuiop"] {
        assert_eq!(found(&app, nonsense).await, [""; 0], "{nonsense}");
    }
}

#[tokio::test]
async fn operators_and_quotes_are_only_text() {
    let app = shop().await;
    for typed in
        ["mug & !stoneware | 'x", "mug:*", "\\mug\\", "mug' OR 1=1 --", "%mug_", "<->mug", "mug\u{301}"]
    {
        // Whatever it finds, it neither fails nor takes the text for a command.
        found(&app, typed).await;
    }
    assert_eq!(found(&app, "  ").await.len(), 6, "nothing typed is no search");
    assert_eq!(found(&app, &"mug ".repeat(5_000)).await.len(), 3, "only the first words of a novel count");
}

#[tokio::test]
async fn a_search_can_be_sorted_and_filtered() {
    let app = TestApp::start().await;
    ProductBuilder::new("dear").name("Mug, dear").price(3000).create(&app).await;
    ProductBuilder::new("cheap").name("Mug, cheap").price(1000).create(&app).await;
    ProductBuilder::new("gone").name("Mug, gone").price(500).stock(0).create(&app).await;
    let document =
        "{ products(search: \"mug\", sort: PRICE_ASCENDING, filter: { inStock: true }) { nodes { slug } } }";
    let answer = app.guest().query(document).await;
    assert_eq!(answer.texts("/products/nodes", "/slug"), ["cheap", "dear"]);
}
