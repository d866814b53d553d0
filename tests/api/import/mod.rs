//! Import of product files as shops export them.

mod again;
mod meanwhile;
mod order;
mod refusals;

use cartograph::import::{self, Counts, ImportError, Options, Source, Summary};
use cartograph::money::Currency;

use crate::support::TestApp;

const SHOP_EXPORT: &[u8] = include_bytes!("../../fixtures/shop-export.csv");
const NEW_EXPORT: &[u8] = include_bytes!("../../fixtures/new-export.csv");

fn options(bytes: &'static [u8]) -> Options {
    Options {
        source: Source::Embedded { name: "test.csv", bytes },
        currency: Currency::USD,
        skip_bad: false,
        dry_run: false,
        update_stock: false,
    }
}

async fn import_with(app: &TestApp, options: &Options) -> Result<Summary, ImportError> {
    import::run(&mut *app.db().await, options).await
}

/// Imports a file that has nothing wrong with it.
async fn import(app: &TestApp, bytes: &'static [u8]) -> Summary {
    import_with(app, &options(bytes)).await.unwrap_or_else(|error| panic!("{error}"))
}

fn created(created: u64) -> Counts {
    Counts { created, ..Counts::default() }
}

fn unchanged(unchanged: u64) -> Counts {
    Counts { unchanged, ..Counts::default() }
}

#[tokio::test]
async fn an_export_becomes_the_shop_it_came_from() {
    let app = TestApp::start().await;
    let summary = import(&app, SHOP_EXPORT).await;
    assert_eq!((summary.products, summary.variants, summary.images), (created(5), created(8), created(4)));
    assert_eq!((summary.rows, summary.skipped_rows, summary.categories_created), (9, 0, 7));
    assert_eq!((summary.notes.negative_quantities, summary.notes.oversell_refused), (1, 1));
    assert_eq!(summary.notes.compare_at_prices_dropped, 1);

    let answer = app
        .guest()
        .query(
            r#"{
                shirt: product(slug: "linen-shirt") {
                    name description descriptionHtml vendor tags
                    category { slug name }
                    attributes { name value }
                    options { name values }
                    priceRange { min { amount } max { amount } }
                    images { url altText }
                    variants(first: 10) {
                        nodes { sku name price { amount } compareAtPrice { amount } stock weightGrams barcode }
                    }
                }
                card: product(slug: "postcard") { name sku options { name } price { amount } stock category { slug } }
                draft: product(slug: "secret-mug") { name }
                archived: product(slug: "old-mug") { name }
                workwear: product(slug: "work-shirt") { category { slug } }
                kitchen: category(slug: "kitchen") { children(first: 5) { nodes { slug } } }
            }"#,
        )
        .await;
    assert_eq!(answer.text("/shirt/name"), "Linen Shirt");
    assert_eq!(answer.text("/shirt/vendor"), "Atelier Müller");
    assert_eq!(
        answer.text("/shirt/descriptionHtml"),
        "<p>Washed linen.</p>\n<ul>\n<li>Soft</li>\n<li>\"Airy\", they say</li>\n</ul>"
    );
    assert_eq!(answer.text("/shirt/description"), "Washed linen.\nSoft\n\"Airy\", they say");
    assert_eq!(answer.at("/shirt/tags"), &serde_json::json!(["summer", "linen"]));
    // Two categories cannot have one slug. The linen shirt, whose rows lie apart, comes in behind the others.
    assert_eq!(answer.text("/shirt/category/slug"), "clothing-shirts");
    assert_eq!(answer.text("/workwear/category/slug"), "shirts");
    assert_eq!(answer.texts("/shirt/attributes", "/value"), ["Regular", "Linen"]);
    assert_eq!(answer.texts("/shirt/options", "/name"), ["Size", "Colour"]);
    assert_eq!(answer.at("/shirt/options/0/values"), &serde_json::json!(["S", "M", "L"]));
    assert_eq!(answer.text("/shirt/priceRange/min/amount"), "68.00");
    assert_eq!(answer.text("/shirt/priceRange/max/amount"), "72.00");
    assert_eq!(
        answer.texts("/shirt/images", "/url"),
        ["shirt.jpg?v=1", "back.jpg", "sand.jpg", "ink.jpg"]
            .map(|name| format!("https://cdn.example/{name}"))
    );
    assert_eq!(answer.texts("/shirt/images", "/altText"), ["Linen shirt", "From behind", "In sand", ""]);
    let nodes = "/shirt/variants/nodes";
    assert_eq!(answer.texts(nodes, "/sku"), ["SHIRT-S", "SHIRT-M", "SHIRT-M-INK", "SHIRT-L-INK"]);
    assert_eq!(answer.texts(nodes, "/name"), ["S / Sand", "M / Sand", "M / Ink", "L / Ink"]);
    assert_eq!(answer.texts(nodes, "/price/amount"), ["68.00", "68.50", "72.00", "72.00"]);
    assert_eq!(answer.text(&format!("{nodes}/0/compareAtPrice/amount")), "85.00");
    assert!(answer.at(&format!("{nodes}/1/compareAtPrice")).is_null(), "not above the price");
    assert_eq!(answer.text(&format!("{nodes}/0/barcode")), "0012345678905");
    let whole =
        |field: &str| (0..4).map(|n| answer.at(&format!("{nodes}/{n}/{field}")).as_i64()).collect::<Vec<_>>();
    assert_eq!(whole("stock"), [Some(5), Some(0), Some(0), Some(3)]);
    assert_eq!(whole("weightGrams"), [Some(180), Some(191), Some(190), None]);

    assert_eq!(answer.text("/card/name"), "Postcard, 10 × 15");
    assert_eq!((answer.text("/card/price/amount"), answer.int("/card/stock")), ("1.50", 40));
    assert!(answer.at("/card/sku").is_null());
    assert_eq!(answer.text("/card/category/slug"), "paper-goods");
    assert!(answer.at("/card/options").as_array().unwrap().is_empty());
    assert!(answer.at("/draft").is_null() && answer.at("/archived").is_null());
    assert_eq!(answer.texts("/kitchen/children/nodes", "/slug"), ["mugs"]);
}

#[tokio::test]
async fn the_newer_headers_mean_the_same() {
    let app = TestApp::start().await;
    let summary = import(&app, NEW_EXPORT).await;
    assert_eq!((summary.products, summary.variants, summary.images), (created(1), created(2), created(1)));
    let answer = app
        .guest()
        .query(
            r#"{ product(slug: "enamel-kettle") {
                name stock compareAtPrice { amount } category { slug } images { altText }
                variants(first: 2) { nodes { name sku price { amount } stock } }
            } }"#,
        )
        .await;
    assert_eq!(answer.texts("/product/variants/nodes", "/name"), ["Green", "White"]);
    assert_eq!(answer.texts("/product/variants/nodes", "/price/amount"), ["49.90", "52.90"]);
    assert_eq!(answer.text("/product/compareAtPrice/amount"), "60.00");
    assert_eq!((answer.int("/product/stock"), answer.text("/product/category/slug")), (7, "kettles"));
    assert_eq!(answer.text("/product/images/0/altText"), "A kettle");
}

#[tokio::test]
async fn an_imported_product_is_found_by_the_words_of_its_description() {
    let app = TestApp::start().await;
    import(&app, SHOP_EXPORT).await;
    let answer = app.guest().query(r#"{ products(first: 5, search: "airy") { nodes { slug } } }"#).await;
    assert_eq!(answer.texts("/products/nodes", "/slug"), ["linen-shirt"]);
    let answer = app.guest().query(r#"{ products(first: 5, search: "steal") { nodes { slug } } }"#).await;
    assert!(
        answer.at("/products/nodes").as_array().unwrap().is_empty(),
        "what was sanitised away is not searched"
    );
}

#[tokio::test]
async fn a_large_file_is_imported_in_batches() {
    let app = TestApp::start().await;
    let mut file = "Handle,Title,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price\n".to_owned();
    for product in 0..1200 {
        file.push_str(&format!("p{product},Product {product},Type {},Size,S,P{product}-S,10\n", product % 7));
        file.push_str(&format!("p{product},,,,M,P{product}-M,11\n"));
    }
    let file: &'static [u8] = file.leak().as_bytes();
    let summary = import(&app, file).await;
    assert_eq!((summary.products, summary.variants), (created(1200), created(2400)));
    assert_eq!(summary.categories_created, 7);
    let summary = import(&app, file).await;
    assert_eq!((summary.products, summary.variants), (unchanged(1200), unchanged(2400)));
}
