//! The made-up shop for measuring.

use cartograph::money::Currency;
use cartograph::seed::{self, Options, Sizes};
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use secrecy::SecretString;
use serde_json::json;

use crate::support::TestApp;
use crate::support::db::count;

fn options(app: &TestApp) -> Options {
    Options {
        url: app.database().url(),
        sizes: Sizes { products: 60, users: 20, reviews: 150, orders: 400 },
        seed: 1,
        currency: Currency::USD,
        password: None,
        force: false,
    }
}

/// All that a seed writes, without the times that PostgreSQL puts on rows.
async fn contents(app: &TestApp) -> String {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        digest: String,
    }
    let mut all = String::new();
    for table in [
        "categories",
        "products",
        "product_options",
        "product_variants",
        "product_images",
        "inventory",
        "users",
        "reviews",
        "orders",
        "order_lines",
        "order_events",
        "shipments",
        "shipment_lines",
    ] {
        let query = format!(
            "SELECT md5(string_agg(r, ' ' ORDER BY r)) AS digest \
             FROM (SELECT (to_jsonb(t) - 'updated_at')::text AS r FROM {table} t) rows"
        );
        let row: Row = sql_query(query).get_result(&mut *app.db().await).await.expect("a digest");
        all.push_str(&row.digest);
    }
    all
}

#[tokio::test]
async fn one_seed_is_one_shop() {
    let (one, two, other) = tokio::join!(TestApp::start(), TestApp::start(), TestApp::start());
    seed::run(&options(&one)).await.unwrap();
    seed::run(&options(&two)).await.unwrap();
    seed::run(&Options { seed: 2, ..options(&other) }).await.unwrap();
    assert_eq!(contents(&one).await, contents(&two).await);
    assert_ne!(contents(&one).await, contents(&other).await);
}

#[tokio::test]
async fn a_seeded_shop_is_consistent() {
    let app = TestApp::start().await;
    let report = seed::run(&options(&app)).await.unwrap();
    let rows = |table: &str| report.tables.iter().find(|report| report.table == table).unwrap().rows;
    assert_eq!((rows("products"), rows("users"), rows("reviews"), rows("orders")), (60, 20, 150, 400));
    let unproven = app.count("users WHERE email_verified_at IS NULL").await;
    assert_eq!(unproven, 0, "nobody registered these accounts");
    for (what, query) in [
        (
            "derived columns are those of the variants",
            "SELECT count(*) AS n FROM products p, LATERAL (SELECT min(price) AS low, max(price) AS high, \
             (array_agg(id ORDER BY position))[1] AS first, string_agg(sku, ' ' ORDER BY position) AS skus, \
             string_agg(DISTINCT spaced(option_values), ' ') AS choices \
             FROM product_variants WHERE product_id = p.id) v \
             WHERE (p.price_min, p.price_max, p.default_variant_id, p.skus, p.choices) \
             IS DISTINCT FROM (low, high, first, v.skus, v.choices)",
        ),
        (
            "ratings are those of the reviews",
            "SELECT count(*) AS n FROM products p WHERE p.rating_sum <> \
             (SELECT coalesce(sum(rating), 0) FROM reviews WHERE product_id = p.id)",
        ),
        (
            "what open orders were promised is reserved",
            "SELECT count(*) AS n FROM inventory i WHERE i.reserved <> (SELECT coalesce(sum(l.quantity - l.cancelled - l.shipped), 0) \
             FROM order_lines l JOIN orders o ON o.id = l.order_id \
             WHERE l.variant_id = i.variant_id AND o.status IN ('PENDING', 'PAID', 'PROCESSING'))",
        ),
        (
            "shipments hold what was shipped, which is all of what has left the shop",
            "SELECT count(*) AS n FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.shipped <> \
             (SELECT coalesce(sum(quantity), 0) FROM shipment_lines WHERE order_line_id = l.id) OR l.shipped <> \
             CASE WHEN EXISTS (SELECT FROM order_events WHERE order_id = o.id AND to_status = 'SHIPPED') \
             THEN l.quantity ELSE 0 END",
        ),
        (
            "lines sum to their order",
            "SELECT count(*) AS n FROM orders o \
             WHERE total <> (SELECT sum(total) FROM order_lines WHERE order_id = o.id)",
        ),
        (
            "histories are gapless and end in the order's status",
            "SELECT count(*) AS n FROM orders o WHERE last_sequence <> \
             (SELECT count(*) FROM order_events WHERE order_id = o.id) OR status <> (SELECT to_status \
             FROM order_events WHERE order_id = o.id AND sequence = o.last_sequence)",
        ),
        (
            "every event has its place in the feed",
            "SELECT count(*) AS n FROM order_events WHERE feed_position IS NULL",
        ),
    ] {
        assert_eq!(count(&mut *app.db().await, query).await, 0, "{what}");
    }
    let open = "SELECT count(*) AS n FROM inventory WHERE reserved > 0";
    assert!(count(&mut *app.db().await, open).await > 0);
    // The next order gets the next number.
    let next = "SELECT nextval('order_numbers') - max(number) AS n FROM orders";
    assert_eq!(count(&mut *app.db().await, next).await, 1);
}

#[tokio::test]
async fn a_shop_with_orders_is_left_alone_unless_forced() {
    let app = TestApp::start().await;
    seed::run(&options(&app)).await.unwrap();
    let before = contents(&app).await;
    let error = seed::run(&Options { seed: 2, ..options(&app) }).await.unwrap_err();
    assert!(error.to_string().contains("--force"), "{error:#}");
    let error = seed::run(&Options { force: true, ..options(&app) }).await.unwrap_err();
    assert!(format!("{error:#}").contains("choose another --seed"), "{error:#}");
    assert_eq!(contents(&app).await, before);
    seed::run(&Options { seed: 2, force: true, ..options(&app) }).await.unwrap();
    assert_eq!(count(&mut *app.db().await, "SELECT count(*) AS n FROM orders").await, 800);
}

#[tokio::test]
async fn its_accounts_sign_in_with_the_password_given() {
    let app = TestApp::start().await;
    let password = Some(SecretString::from("for measuring"));
    seed::run(&Options { password, ..options(&app) }).await.unwrap();
    let document = "mutation($email: String!) {
        sessionCreate(input: { email: $email, password: \"for measuring\" }) { session { accessToken } } }";
    let answer = app.guest().query_with(document, json!({ "email": "user1.s1@seed.example" })).await;
    let token = answer.text("/sessionCreate/session/accessToken");
    let customer = app.guest().with_authorization(&format!("Bearer {token}"));
    let seen = customer.query("{ viewer { orders(first: 1) { nodes { number } } } }").await;
    assert!(seen.int("/viewer/orders/nodes/0/number") > 0, "there is something to look at");
}
