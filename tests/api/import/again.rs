//! Importing what is there already.

use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use super::{NEW_EXPORT, SHOP_EXPORT, created, import, import_with, options, unchanged};
use crate::support::TestApp;
use crate::support::db::{count, run};

/// Every row of the catalogue with the transaction that wrote it: not only the same, but not written again.
async fn versions(app: &TestApp) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        row: String,
    }
    let mut rows = Vec::new();
    for table in [
        "categories",
        "products",
        "product_options",
        "product_variants",
        "product_images",
        "inventory",
        "stock_changes",
    ] {
        let query = format!("SELECT xmin || ' ' || t AS row FROM {table} t ORDER BY t::text");
        let of_table: Vec<Row> = sql_query(query).load(&mut *app.db().await).await.expect("rows");
        rows.extend(of_table.into_iter().map(|row| row.row));
    }
    rows
}

async fn stock(app: &TestApp, sku: &str) -> i64 {
    let query = format!(
        "SELECT i.on_hand::bigint AS n FROM inventory i JOIN product_variants v ON v.id = i.variant_id WHERE v.sku = '{sku}'"
    );
    count(&mut *app.db().await, &query).await
}

#[tokio::test]
async fn a_second_import_changes_nothing_at_all() {
    let app = TestApp::start().await;
    import(&app, SHOP_EXPORT).await;
    let before = versions(&app).await;
    let summary = import(&app, SHOP_EXPORT).await;
    assert_eq!(
        (summary.products, summary.variants, summary.images),
        (unchanged(5), unchanged(8), unchanged(4))
    );
    assert_eq!((summary.categories_created, summary.stock_set), (0, 0));
    assert_eq!(versions(&app).await, before);
    import_with(&app, &super::Options { update_stock: true, ..options(SHOP_EXPORT) }).await.unwrap();
    assert_eq!(versions(&app).await, before, "the stock is what the file says");
}

#[tokio::test]
async fn a_changed_file_changes_what_differs() {
    let app = TestApp::start().await;
    import(&app, NEW_EXPORT).await;
    let changed =
        std::str::from_utf8(NEW_EXPORT).unwrap().replace("52.90", "54.90").replace("A kettle", "Kettle");
    let summary = import(&app, changed.leak().as_bytes()).await;
    assert_eq!((summary.products.updated, summary.products.unchanged), (1, 0));
    assert_eq!((summary.variants.updated, summary.variants.unchanged), (1, 1));
    assert_eq!((summary.images.updated, summary.images.created), (1, 0));
    let answer = app
        .guest()
        .query(r#"{ product(slug: "enamel-kettle") { priceRange { max { amount } } images { altText } } }"#)
        .await;
    assert_eq!(answer.text("/product/priceRange/max/amount"), "54.90");
    assert_eq!(answer.texts("/product/images", "/altText"), ["Kettle"]);
}

#[tokio::test]
async fn what_was_sold_since_is_not_put_back() {
    let app = TestApp::start().await;
    import(&app, NEW_EXPORT).await;
    run(&mut *app.db().await, "UPDATE inventory SET on_hand = 4, reserved = 1 WHERE on_hand = 7").await;
    let summary = import(&app, NEW_EXPORT).await;
    assert_eq!((summary.stock_set, stock(&app, "KETTLE-G").await), (0, 4));

    let update = super::Options { update_stock: true, ..options(NEW_EXPORT) };
    let summary = import_with(&app, &update).await.unwrap();
    assert_eq!((summary.stock_set, summary.products), (1, unchanged(1)));
    assert_eq!(stock(&app, "KETTLE-G").await, 8, "seven can be bought, one is promised");
    assert_eq!(stock(&app, "KETTLE-W").await, 2);
    let entered = "SELECT count(*) AS n FROM stock_changes WHERE reason = 'import of test.csv'";
    assert_eq!(count(&mut *app.db().await, entered).await, 3, "two first deliveries and this one");
}

#[tokio::test]
async fn variants_are_known_by_sku_else_by_their_choices() {
    let app = TestApp::start().await;
    import(
        &app,
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Size,S,A,1\ntee,,,M,B,2\ntee,,,L,,3\n",
    )
    .await;
    let ids = "SELECT string_agg(id::text, ' ' ORDER BY position) AS row FROM product_variants";
    #[derive(QueryableByName, PartialEq, Debug)]
    struct Row {
        #[diesel(sql_type = Text)]
        row: String,
    }
    let before: Row = sql_query(ids).get_result(&mut *app.db().await).await.unwrap();
    // The first two swap their sizes, the third gets an article number: all three stay who they are.
    let summary = import(
        &app,
        b"Handle,Title,Option1 Name,Option1 Value,SKU,Price\ntee,Tee,Size,M,A,1\ntee,,,S,B,2\ntee,,,L,C,3\n",
    )
    .await;
    assert_eq!((summary.variants.updated, summary.variants.created), (3, 0));
    let after: Row = sql_query(ids).get_result(&mut *app.db().await).await.unwrap();
    assert_eq!(before, after);
    let answer =
        app.guest().query(r#"{ product(slug: "tee") { variants(first: 5) { nodes { sku name } } } }"#).await;
    assert_eq!(answer.texts("/product/variants/nodes", "/sku"), ["A", "B", "C"]);
    assert_eq!(answer.texts("/product/variants/nodes", "/name"), ["M", "S", "L"]);
}

#[tokio::test]
async fn a_file_of_prices_leaves_everything_else_alone() {
    let app = TestApp::start().await;
    import(&app, SHOP_EXPORT).await;
    let summary = import(
        &app,
        b"Handle,Title,SKU,Price\nlinen-shirt,Linen Shirt,SHIRT-M,70\nsecret-mug,Secret Mug,MUG-1,12\n",
    )
    .await;
    assert_eq!((summary.products.updated, summary.products.unchanged), (1, 1));
    let answer = app
        .guest()
        .query(
            r#"{ product(slug: "linen-shirt") {
                vendor tags description attributes { name } options { name } images { url } category { slug }
                variants(first: 5) { nodes { sku name price { amount } weightGrams } }
            } }"#,
        )
        .await;
    assert_eq!(answer.text("/product/vendor"), "Atelier Müller");
    assert_eq!(answer.at("/product/attributes").as_array().unwrap().len(), 2);
    assert_eq!(answer.at("/product/images").as_array().unwrap().len(), 4);
    assert_eq!(answer.text("/product/category/slug"), "clothing-shirts");
    let price = |sku: &str| {
        let nodes = answer.at("/product/variants/nodes").as_array().unwrap();
        nodes.iter().find(|node| node["sku"] == sku).unwrap()["price"]["amount"].clone()
    };
    assert_eq!((price("SHIRT-M"), price("SHIRT-S")), ("70.00".into(), "68.00".into()));
}

#[tokio::test]
async fn two_imports_of_one_file_at_once_take_turns() {
    let app = TestApp::start().await;
    let (one, two) = tokio::join!(import(&app, SHOP_EXPORT), import(&app, SHOP_EXPORT));
    let mut counts = [one.products, two.products];
    counts.sort_by_key(|counts| counts.created);
    assert_eq!(counts, [unchanged(5), created(5)]);
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_do_and_does_not() {
    let app = TestApp::start().await;
    let summary = import_with(&app, &super::Options { dry_run: true, ..options(SHOP_EXPORT) }).await.unwrap();
    assert_eq!((summary.products, summary.stock_set, summary.dry_run), (created(5), 3, true));
    let rows = "SELECT (SELECT count(*) FROM products) + (SELECT count(*) FROM categories) AS n";
    assert_eq!(count(&mut *app.db().await, rows).await, 0);
}
