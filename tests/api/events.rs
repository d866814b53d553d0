//! Events become jobs: each once, whatever dies on the way; and those that are no order's are written at all.

use std::time::Duration;

use cartograph::config::Config;
use serde_json::json;

use crate::accounts::register;
use crate::orders::buy;
use crate::support::db::{count, run};
use crate::support::redis::RedisServer;
use crate::support::{ProductBuilder, TestApp};

const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until every event has become jobs.
async fn fanned_out(app: &TestApp) {
    for _ in 0..PATIENCE.as_millis() / 20 {
        app.app.relay.wake();
        if app.count("outbox WHERE fanned_out_at IS NULL").await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("events are left");
}

/// An endpoint that nobody listens at, for these types.
async fn endpoint(app: &TestApp, types: &str) {
    let insert = format!(
        "INSERT INTO webhook_endpoints (id, url, event_types, secret, failures, failing_since, paused_until)
         VALUES (gen_random_uuid(), 'http://127.0.0.1:9/', '{{{types}}}', '', 9, now(), now() + interval '1 hour')"
    );
    run(&mut app.database().connect().await, &insert).await;
}

/// Two relays, whose connections are cut again and again, in the middle of whatever they are doing.
#[tokio::test(flavor = "multi_thread")]
async fn each_event_becomes_each_job_once_whoever_is_killed_meanwhile() {
    let here = TestApp::start().await;
    let there = TestApp::start_beside(&here, |_| {}).await;
    endpoint(&here, "order.placed,inventory.changed").await;
    endpoint(&here, "order.placed").await;
    let mut conn = here.database().connect().await;
    for round in 0..40 {
        let write = "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload)
                     SELECT uuid_v7(), 'order', md5((n % 20)::text)::uuid, 'order.placed', jsonb_build_object('sequence', n)
                     FROM generate_series(1, 100) AS n";
        run(&mut conn, write).await;
        here.app.relay.wake();
        there.app.relay.wake();
        if round % 2 == 0 {
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()
                         AND (query LIKE '%outbox%' OR query LIKE '%advisory%' OR query LIKE '%webhook%' OR query LIKE '%INSERT INTO jobs%')";
            run(&mut conn, cut).await;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    // Those of the pool may be among what was cut.
    tokio::time::timeout(PATIENCE, async {
        while count(&mut conn, "SELECT count(*) AS n FROM outbox WHERE fanned_out_at IS NULL").await > 0 {
            here.app.relay.wake();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("every event becomes jobs in the end");
    let n = |query: &'static str| format!("SELECT count(*) AS n FROM {query}");
    let events = count(&mut conn, &n("outbox WHERE type = 'order.placed'")).await;
    assert_eq!(events, 4000);
    let doubled =
        "(SELECT 1 FROM webhook_deliveries GROUP BY endpoint_id, event_id HAVING count(*) > 1) AS doubled";
    assert_eq!(count(&mut conn, &n(doubled)).await, 0);
    assert_eq!(count(&mut conn, &n("webhook_deliveries")).await, 2 * events);
    assert_eq!(
        count(&mut conn, &n("webhook_deliveries AS d JOIN jobs ON jobs.id = d.id")).await,
        2 * events,
        "each delivery has its job"
    );
    let letters = "(SELECT DISTINCT payload->>'event' FROM jobs WHERE kind = 'order_letter' AND finished_at IS NULL
                    UNION ALL SELECT id::text FROM jobs WHERE kind = 'order_letter' AND finished_at IS NOT NULL) AS letters";
    assert_eq!(count(&mut conn, &n(letters)).await, events);
    // The order of the jobs of one aggregate is that of its events.
    let swapped = "(SELECT j.position < lag(j.position) OVER (PARTITION BY d.endpoint_id, d.aggregate_id ORDER BY o.position) AS swapped
                    FROM webhook_deliveries d JOIN jobs j ON j.id = d.id JOIN outbox o ON o.id = d.event_id) AS pairs WHERE swapped";
    assert_eq!(count(&mut conn, &n(swapped)).await, 0);
}

#[tokio::test]
async fn an_event_that_is_published_twice_becomes_no_second_job() {
    let app = TestApp::start().await;
    endpoint(&app, "inventory.changed").await;
    let mut conn = app.database().connect().await;
    run(
        &mut conn,
        "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload)
                    VALUES (uuid_v7(), 'variant', gen_random_uuid(), 'inventory.changed', '{}')",
    )
    .await;
    fanned_out(&app).await;
    // As a relay leaves it that was killed between publishing and marking.
    run(&mut conn, "UPDATE outbox SET published_at = NULL, leased_until = NULL").await;
    for _ in 0..PATIENCE.as_millis() / 20 {
        app.app.relay.wake();
        if app.count("outbox WHERE published_at IS NULL").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(app.count("webhook_deliveries").await, 1);
    assert_eq!(app.count("jobs").await, 1);
}

#[tokio::test]
async fn what_nobody_wants_to_hear_of_becomes_no_job() {
    let app = TestApp::start().await;
    endpoint(&app, "order.paid").await;
    let mut conn = app.database().connect().await;
    run(&mut conn, "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload)
                    SELECT uuid_v7(), 'variant', gen_random_uuid(), 'inventory.changed', '{}' FROM generate_series(1, 1200)").await;
    run(
        &mut conn,
        "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload)
                    VALUES (uuid_v7(), 'comet', gen_random_uuid(), 'comet.seen', '{}')",
    )
    .await;
    fanned_out(&app).await;
    assert_eq!((app.count("jobs").await, app.count("webhook_deliveries").await), (0, 0));
}

#[tokio::test]
async fn letters_and_webhooks_need_no_redis() {
    let mut redis = RedisServer::start().await;
    let app = TestApp::start_with(|config: &mut Config| config.redis.url = Some(redis.url().into())).await;
    redis.kill();
    let mug = ProductBuilder::new("mug").create(&app).await;
    buy(&app, &mug, 1).await;
    let letter = app.letter("ada@example.com", 1).await;
    assert!(letter.subject.contains("We have your order"), "{}", letter.subject);
}

/// How many events of this type there are.
async fn told(app: &TestApp, kind: &str) -> i64 {
    app.count(&format!("outbox WHERE type = '{kind}'")).await
}

#[tokio::test]
async fn an_account_that_is_made_is_told_of_by_its_id_alone() {
    let app = TestApp::start().await;
    let input = json!({ "email": "ada@example.com", "password": "correct horse battery", "name": "Ada" });
    assert_eq!(register(&app.guest(), input.clone()).await.user_error_codes("accountRegister"), [""; 0]);
    assert_eq!(register(&app.guest(), input).await.user_error_codes("accountRegister"), ["EMAIL_TAKEN"]);
    assert_eq!(told(&app, "user.registered").await, 1);
    let by_id =
        "outbox JOIN users ON users.id = aggregate_id WHERE payload = jsonb_build_object('userId', users.id)";
    assert_eq!(app.count(by_id).await, 1);
}

#[tokio::test]
async fn each_change_of_a_product_is_told_of_once_and_no_change_is_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let created = admin
        .query(r#"mutation { productCreate(input: { name: "Mug", price: "10.00", status: ACTIVE }) { product { id defaultVariant { id } } userErrors { code } } }"#)
        .await;
    let id = created.text("/productCreate/product/id").to_owned();
    let variant = created.text("/productCreate/product/defaultVariant/id").to_owned();
    assert_eq!(told(&app, "product.updated").await, 1);
    let slug = "outbox WHERE payload->>'slug' = 'mug' AND payload->>'status' = 'active' AND aggregate_type = 'product'";
    assert_eq!(app.count(slug).await, 1);
    for (mutation, expected) in [
        (format!(r#"productUpdate(input: {{ id: "{id}", name: "Cup" }})"#), 2),
        (format!(r#"productUpdate(input: {{ id: "{id}" }})"#), 2),
        (format!(r#"variantUpdate(input: {{ id: "{variant}", price: "11.00" }})"#), 3),
        (format!(r#"variantUpdate(input: {{ id: "{variant}" }})"#), 3),
        (format!(r#"variantArchive(input: {{ id: "{variant}" }})"#), 3),
        (format!(r#"productArchive(input: {{ id: "{id}" }})"#), 4),
        (format!(r#"productArchive(input: {{ id: "{id}" }})"#), 4),
    ] {
        admin.query(&format!("mutation {{ {mutation} {{ userErrors {{ code }} }} }}")).await.data();
        assert_eq!(told(&app, "product.updated").await, expected, "{mutation}");
    }
}
