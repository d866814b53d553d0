//! What shoppers type, and what they meant.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use tokio::runtime::Handle;

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

/// Letters that are written like apostrophes, which is what folding makes of them.
#[tokio::test]
async fn apostrophes_that_are_letters_are_found_however_they_are_typed() {
    let app = TestApp::start().await;
    ProductBuilder::new("oneill").name("O'Neill Wetsuit").create(&app).await;
    ProductBuilder::new("hawaii").name("Hawai\u{2bb}i Shirt").create(&app).await;
    ProductBuilder::new("five").name("П\u{2bc}ять зірок").create(&app).await;
    for (typed, slug) in [
        ("o\u{2bc}neill", "oneill"),
        ("O\u{2019}Neill", "oneill"),
        ("o'neill", "oneill"),
        ("o\u{2bc}nei", "oneill"),
        ("hawai\u{2bb}i", "hawaii"),
        ("hawai'i", "hawaii"),
        ("п\u{2bc}ять", "five"),
        ("п'ять", "five"),
    ] {
        assert_eq!(found(&app, typed).await, [slug], "{typed}");
    }
    assert_eq!(found(&app, "\u{2bc}").await, [""; 0]);
    assert_eq!(found(&app, "\u{345}").await, [""; 0], "a letter that folding leaves nothing of");
}

/// What somebody might type to break a query, a pattern or a tokenizer, and anything else.
fn typed() -> impl Strategy<Value = String> {
    let tricky = prop::sample::select(vec![
        "'",
        "''",
        "\\",
        "\\\\",
        ":",
        ":*",
        "'x':*",
        "&",
        "|",
        "!",
        "(",
        ")",
        "<->",
        "<2>",
        "%",
        "_",
        "$1",
        "--",
        "\"",
        " ",
        "\t",
        "\u{149}",
        "\u{2b9}",
        "\u{2bb}",
        "\u{2bc}",
        "\u{2bd}",
        "\u{2c8}",
        "\u{345}",
        "\u{301}",
        "\u{bd}",
        "İ",
        "ß",
        "🫖",
        "👨\u{200d}👩\u{200d}👧",
        "\u{202e}",
        "the",
        "mug",
        "http://a.b/c?d=e",
        "a@b.c",
        "-1.5e9",
        "1/2",
        "/a/b",
        "<a>",
        "&amp;",
    ])
    .prop_map(str::to_owned);
    // NUL is refused wherever it stands.
    let any = "[^\\x00]{0,8}";
    prop_oneof![
        8 => prop::collection::vec(prop_oneof![tricky, any], 0..12).prop_map(|parts| parts.concat()),
        1 => "[^\\x00]{1,3}".prop_map(|part| part.repeat(10_000 / part.chars().count())),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_is_searched_for() {
    let app = shop().await;
    let guest = app.guest();
    let document = "query($typed: String!) {
        products(search: $typed) { totalCount nodes { id } }
        sorted: products(search: $typed, sort: NAME) { nodes { id } }
        searchSuggestions(query: $typed) { text }
    }";
    let holds = |typed: String| {
        let asked = guest.query_with(document, json!({ "typed": typed }));
        let answer = tokio::task::block_in_place(|| Handle::current().block_on(asked));
        for error in answer.errors() {
            prop_assert_eq!(&error["extensions"]["code"], "BAD_USER_INPUT", "{:#}", error);
            prop_assert!(!typed.chars().any(char::is_alphanumeric), "{:#}", error);
        }
        Ok(())
    };
    let config = Config { cases: 128, failure_persistence: None, ..Config::default() };
    if let Err(failure) = TestRunner::new(config).run(&typed(), holds) {
        panic!("{failure}");
    }
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
