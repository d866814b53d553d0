//! An import and what others do at the same time.

use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{Options, import, import_with, options};
use crate::support::TestApp;
use crate::support::db::{count, run};

/// Longer than anything here takes that does not wait for a lock.
const PATIENCE: Duration = Duration::from_secs(8);

const TEE: &[u8] = b"Handle,Title,Option1 Name,Option1 Value,SKU,Price,Inventory quantity\n\
    tee,Tee,Size,S,TEE-S,10,5\ntee,,,M,TEE-M,10,5\n";

/// Puts an article into a new cart and orders it, as a guest; panics when one of the two has to wait.
async fn buy(app: &TestApp, sku: &str) {
    let guest = app.guest();
    let add = guest.query_with(
        "mutation($sku: String!) { cartLinesAdd(input: { lines: [{ sku: $sku, quantity: 1 }] }) {
            cart { token } userErrors { message } } }",
        json!({ "sku": sku }),
    );
    let cart = timeout(PATIENCE, add).await.expect("a cart does not wait for an import");
    let place = guest.query_with(
        "mutation($cart: String!) { orderPlace(input: { cartToken: $cart, email: \"ada@example.com\",
            shippingAddress: { name: \"Ada\", line1: \"1 Way\", city: \"London\", postalCode: \"1\", country: \"GB\" } }) {
            order { number } userErrors { message } } }",
        json!({ "cart": cart.text("/cartLinesAdd/cart/token") }),
    );
    let placed = timeout(PATIENCE, place).await.expect("an order does not wait for an import");
    assert!(placed.at("/orderPlace/order/number").is_number(), "{:#}", placed.body);
}

/// Until somebody waits for a lock in the test's database.
async fn somebody_waits(app: &TestApp) {
    let waiting = "SELECT count(*) AS n FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let conn = &mut *app.db().await;
    let wait = async {
        while count(conn, waiting).await == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("somebody waits for a lock");
}

/// Another's transaction, which has begun with this statement.
async fn begin(app: &TestApp, statement: &str) -> AsyncPgConnection {
    let mut conn = app.database().connect().await;
    run(&mut conn, &format!("BEGIN; {statement}")).await;
    conn
}

#[tokio::test]
async fn shoppers_buy_what_an_import_is_changing() {
    let app = TestApp::start().await;
    import(&app, TEE).await;
    let dearer = b"Handle,Title,Option1 Name,Option1 Value,SKU,Price,Barcode,Tags\n\
        tee,T-Shirt,Size,S,TEE-S,12,1,new\ntee,,,M,TEE-M,13,2,\n";
    let mut importer = app.database().connect().await;
    importer
        .transaction(async |conn| {
            let summary = cartograph::import::run(conn, &options(dearer)).await.unwrap();
            assert_eq!((summary.products.updated, summary.variants.updated), (1, 2));
            // The import is done and not yet committed: it holds every lock that it ever takes.
            buy(&app, "TEE-S").await;
            diesel::QueryResult::Ok(())
        })
        .await
        .unwrap();
    let dearer = "SELECT count(*) AS n FROM product_variants WHERE price IN (1200, 1300)";
    assert_eq!(count(&mut *app.db().await, dearer).await, 2);
}

/// An order locks the stock of a variant and then refers to the variant. An import that changes the variant's article
/// number must not hold the variant while it waits for the stock.
#[tokio::test]
async fn an_order_and_an_import_of_article_numbers_do_not_wait_for_each_other() {
    let app = TestApp::start().await;
    import(&app, TEE).await;
    let renamed = b"Handle,Title,Option1 Name,Option1 Value,SKU,Price,Inventory quantity\n\
        tee,Tee,Size,M,TEE-S,10,7\ntee,,,S,TEE-M,10,7\ntee,,,L,TEE-L,10,7\n";
    let update = Options { update_stock: true, ..options(renamed) };
    let mut order = begin(&app, "SELECT FROM inventory ORDER BY variant_id FOR UPDATE").await;
    let placing = async {
        somebody_waits(&app).await;
        run(&mut order, "SET LOCAL lock_timeout = '3s'; SELECT FROM product_variants FOR KEY SHARE; COMMIT")
            .await;
    };
    let (summary, ()) = tokio::join!(import_with(&app, &update), placing);
    let summary = summary.unwrap();
    assert_eq!((summary.variants.updated, summary.variants.created, summary.stock_set), (2, 1, 3));
    let swapped = "SELECT count(*) AS n FROM product_variants WHERE (sku, option_values) IN \
                   (VALUES ('TEE-S', ARRAY['M']), ('TEE-M', ARRAY['S']), ('TEE-L', ARRAY['L']))";
    assert_eq!(count(&mut *app.db().await, swapped).await, 3);
}

#[tokio::test]
async fn an_import_waits_for_another_longer_than_a_statement_may_take() {
    let app = TestApp::start_with(|config| {
        config.database.statement_timeout = Duration::from_millis(500);
    })
    .await;
    let mut other = begin(&app, "SELECT pg_advisory_xact_lock(7161130726806351988)").await;
    let ending = async {
        sleep(Duration::from_millis(1200)).await;
        run(&mut other, "COMMIT").await;
    };
    let (summary, ()) = tokio::join!(import(&app, TEE), ending);
    assert_eq!(summary.products.created, 1);
}

#[tokio::test]
async fn what_staff_change_meanwhile_is_not_undone() {
    let app = TestApp::start().await;
    import(&app, TEE).await;
    let mut staff = begin(&app, "UPDATE products SET status = 'archived', vendor = 'Loom'").await;
    let named = b"Handle,Title,SKU,Price\ntee,T-Shirt,TEE-S,10\n";
    let saving = async {
        somebody_waits(&app).await;
        run(&mut staff, "COMMIT").await;
    };
    let (summary, ()) = tokio::join!(import(&app, named), saving);
    assert_eq!(summary.products.updated, 1);
    let both = "SELECT count(*) AS n FROM products \
                WHERE name = 'T-Shirt' AND status = 'archived' AND vendor = 'Loom'";
    assert_eq!(count(&mut *app.db().await, both).await, 1);
}

/// How often each article was announced as changed.
async fn announced(app: &TestApp) -> (i64, i64) {
    let of = |sku: &str| {
        format!(
            "SELECT count(*) AS n FROM outbox o JOIN product_variants v ON v.id = o.aggregate_id \
             WHERE o.type = 'inventory.changed' AND v.sku = '{sku}'"
        )
    };
    let conn = &mut *app.db().await;
    (count(conn, &of("TEE-S")).await, count(conn, &of("TEE-M")).await)
}

#[tokio::test]
async fn who_watches_a_variant_hears_of_a_new_price_and_of_the_end_of_its_sale() {
    let app = TestApp::start().await;
    import(&app, TEE).await;
    assert_eq!(announced(&app).await, (1, 1), "the first delivery");
    import(&app, b"Handle,Title,SKU,Price\ntee,T-Shirt,TEE-S,12\ntee,,TEE-M,10\n").await;
    assert_eq!(announced(&app).await, (2, 1), "a price");
    import(&app, b"Handle,Title,SKU,Price,Status\ntee,T-Shirt,TEE-S,12,archived\n").await;
    assert_eq!(announced(&app).await, (3, 2), "the end of the sale, of all variants");
    import(&app, b"Handle,Title,SKU,Price,Status\ntee,T-Shirt,TEE-S,12,archived\n").await;
    assert_eq!(announced(&app).await, (3, 2), "nothing");
}

#[tokio::test]
async fn a_category_that_staff_make_meanwhile_is_used() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let tee = b"Handle,Title,Product Category,Price\ntee,Tee,Shirts,10\n";
    // Staff have made their category and not committed yet.
    let mut making = begin(
        &app,
        "LOCK TABLE categories IN SHARE ROW EXCLUSIVE MODE; \
         INSERT INTO categories (id, slug, name, path) SELECT id, 'shirts', 'Shirts', ARRAY[id] FROM uuid_v7() AS id",
    )
    .await;
    let committing = async {
        somebody_waits(&app).await;
        run(&mut making, "COMMIT").await;
    };
    let (summary, ()) = tokio::join!(import(&app, tee), committing);
    assert_eq!((summary.products.created, summary.categories_created), (1, 0));

    let create =
        "mutation { categoryCreate(input: { name: \"Hats\" }) { category { slug } userErrors { message } } }";
    let hat = b"Handle,Title,Product Category,Price\nhat,Hat,Hats,10\n";
    let mut importer = app.database().connect().await;
    let imported = importer.transaction(async |conn| {
        let summary = cartograph::import::run(conn, &options(hat)).await.unwrap();
        assert_eq!(summary.categories_created, 1);
        let staff = staff.clone();
        let creating = tokio::spawn(async move {
            staff.query(create).await.text("/categoryCreate/category/slug").to_owned()
        });
        somebody_waits(&app).await;
        Ok::<_, diesel::result::Error>(creating)
    });
    let created = imported.await.unwrap().await.unwrap();
    assert_eq!(created, "hats-2", "made after the import's, whose slug it cannot have");
}
