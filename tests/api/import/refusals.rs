//! Files and rows that cannot be imported.

use cartograph::import::{ImportError, Options, Summary};

use super::{SHOP_EXPORT, created, import, import_with, options};
use crate::support::TestApp;
use crate::support::db::count;

const BAD_ROWS: &[u8] = include_bytes!("../../fixtures/bad-rows.csv");

fn reasons(summary: &Summary) -> Vec<(u64, &'static str, u64)> {
    summary.problems.iter().map(|problem| (problem.line, problem.problem.code(), problem.rows)).collect()
}

const EXPECTED: [(u64, &str, u64); 8] = [
    (3, "PRICE_EMPTY", 1),
    (4, "AMOUNT_NEGATIVE", 1),
    (7, "TITLE_EMPTY", 2),
    (9, "HANDLE_EMPTY", 1),
    (10, "AMOUNT_INVALID", 1),
    (11, "SKU_TAKEN", 1),
    (12, "NUMBER_INVALID", 1),
    (13, "TOO_MANY_FIELDS", 1),
];

#[tokio::test]
async fn a_file_with_bad_rows_is_not_imported_and_says_why() {
    let app = TestApp::start().await;
    let error = import_with(&app, &options(BAD_ROWS)).await.unwrap_err();
    let text = error.to_string();
    let ImportError::BadRows { summary, .. } = error else { panic!("{text}") };
    assert_eq!(reasons(&summary), EXPECTED);
    assert!(text.contains("9 of 11 rows") && text.contains("--skip-bad"), "{text}");
    assert!(text.contains("\n  line 3: PRICE_EMPTY: price is empty\n"), "{text}");
    assert_eq!(count(&mut *app.db().await, "SELECT count(*) AS n FROM products").await, 0);
}

#[tokio::test]
async fn the_rest_of_it_is_imported_when_asked_for() {
    let app = TestApp::start().await;
    let summary = import_with(&app, &Options { skip_bad: true, ..options(BAD_ROWS) }).await.unwrap();
    assert_eq!(reasons(&summary), EXPECTED);
    assert_eq!((summary.products, summary.variants, summary.skipped_rows), (created(1), created(2), 9));
    let answer =
        app.guest().query(r#"{ product(slug: "good") { variants(first: 9) { nodes { sku } } } }"#).await;
    assert_eq!(answer.texts("/product/variants/nodes", "/sku"), ["GOOD-S", "GOOD-XL"]);
}

#[tokio::test]
async fn a_refusal_lists_twenty_reasons_and_counts_the_rest() {
    let app = TestApp::start().await;
    let rows: String = (0..30).map(|row| format!("p{row},P,\n")).collect();
    let file = format!("Handle,Title,Price\n{rows}");
    let text = import_with(&app, &options(file.leak().as_bytes())).await.unwrap_err().to_string();
    assert_eq!(text.lines().count(), 22, "{text}");
    assert!(text.ends_with("and 10 more"), "{text}");
}

#[tokio::test]
async fn what_is_no_product_file_is_refused_in_one_line() {
    let app = TestApp::start().await;
    for (file, code) in [
        (&b""[..], "EMPTY"),
        (b"Handle,Title,Variant Price\r\n", "EMPTY"),
        (b"Title,Variant Price\nMug,1\n", "MISSING_COLUMN"),
        (b"Handle;Title;Variant Price\nmug;Mug;1\n", "WRONG_DELIMITER"),
        (b"Handle,Title,Variant Price\nmug,\"Mug,1\nend,End,2\n", "UNCLOSED_QUOTE: line 2"),
        (b"\xFF\xFEH\0a\0n\0d\0l\0e\0", "NOT_UTF8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NOT_UTF8"),
    ] {
        let error = import_with(&app, &Options { skip_bad: true, ..options(file) }).await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, ImportError::File { .. }), "{text}");
        assert!(text.starts_with(&format!("test.csv: {code}")), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let missing =
        Options { source: cartograph::import::Source::File("/nowhere/x.csv".into()), ..options(b"") };
    let text = import_with(&app, &missing).await.unwrap_err().to_string();
    assert!(text.starts_with("/nowhere/x.csv: UNREADABLE: "), "{text}");
}

#[tokio::test]
async fn another_products_sku_is_not_taken_over() {
    let app = TestApp::start().await;
    import(&app, SHOP_EXPORT).await;
    let file = b"Handle,Title,SKU,Price\nmy-mug,My Mug,MUG-1,5\n";
    let text = import_with(&app, &options(file)).await.unwrap_err().to_string();
    assert!(
        text.contains("line 2: SKU_TAKEN: the SKU 'MUG-1' belongs to the product 'secret-mug'"),
        "{text}"
    );
}

#[tokio::test]
async fn a_variant_is_not_left_without_a_value_for_a_new_option() {
    let app = TestApp::start().await;
    import(&app, b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Title,Default Title,TEE,5\n")
        .await;
    let sizes =
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Size,S,TEE-S,5\ntee,,,M,TEE-M,5\n";
    let text = import_with(&app, &options(sizes)).await.unwrap_err().to_string();
    assert!(text.contains("OPTIONS_CHANGED") && text.contains("SKU 'TEE'"), "{text}");
    // With the old article number on one of the sizes nothing is left over.
    let summary = import(
        &app,
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Size,S,TEE,5\ntee,,,M,TEE-M,5\n",
    )
    .await;
    assert_eq!((summary.variants.updated, summary.variants.created), (1, 1));
}

#[tokio::test]
async fn a_variant_does_not_take_the_choices_of_one_that_the_file_does_not_list() {
    let app = TestApp::start().await;
    import(
        &app,
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Size,S,A,1\ntee,,,M,B,1\ntee,,,L,C,1\n",
    )
    .await;
    let moved = b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Size,L,C,2\ntee,,,M,A,2\n";
    let summary = import_with(&app, &Options { skip_bad: true, ..options(moved) }).await.expect("the rest");
    assert_eq!(reasons(&summary), [(3, "VARIANT_TAKEN", 1)]);
    assert_eq!((summary.variants.updated, summary.variants.created), (1, 0));
    let answer = app
        .guest()
        .query(r#"{ product(slug: "tee") { variants(first: 5) { nodes { sku name price { amount } } } } }"#)
        .await;
    let mut left: Vec<_> = answer
        .texts("/product/variants/nodes", "/name")
        .into_iter()
        .zip(answer.texts("/product/variants/nodes", "/price/amount"))
        .collect();
    left.sort_unstable();
    assert_eq!(left, [("L", "2.00"), ("M", "1.00"), ("S", "1.00")]);
}
