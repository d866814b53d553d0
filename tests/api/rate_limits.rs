//! Who asks for too much in too short a time is told so, and nobody else notices.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use cartograph::config::Rates;
use cartograph::inventory::adjust::{Adjustment, adjust};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::app::GENEROUS;
use crate::support::builders::{ProductBuilder, UserBuilder};
use crate::support::client::{Answer, Http};
use crate::support::db::TestDatabase;
use crate::support::process::{DataDir, Process};
use crate::support::redis::RedisServer;
use crate::support::ws::Socket;

/// Costs one point.
const CHEAP: &str = "{ shop { name } }";
/// Costs 111.
const PAGE: &str = "{ products(first: 100) { nodes { id } } }";

/// A shop where guests may ask for ten points now, and one more each second.
async fn strict() -> TestApp {
    TestApp::start_with(|config| config.limits.rates = Some(Rates { guest_queries: 1, ..GENEROUS })).await
}

async fn ask(app: &TestApp, body: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    Http::new(app.address).send(Method::POST, "/graphql", &headers, body.to_string()).await
}

/// Whether the answer says all that one says that is too much.
#[track_caller]
fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let body = answer.json();
    let body = body.get(0).unwrap_or(&body);
    let wait = &body["errors"][0]["extensions"]["retryAfter"];
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{body:#}");
    assert_eq!(answer.headers["retry-after"].to_str().expect("text"), wait.to_string());
    assert!((1..=200).contains(&wait.as_u64().expect("seconds")), "{wait}");
    assert!(answer.headers["ratelimit"].to_str().expect("text").starts_with("\"guest-queries\";r="));
    assert_eq!(answer.headers["ratelimit-policy"], "\"guest-queries\";q=10;w=10");
}

#[tokio::test]
async fn who_asks_for_too_much_is_refused_before_any_statement_and_told_when_to_come_again() {
    let app = strict().await;
    let first = ask(&app, &json!({ "query": PAGE })).await;
    assert_eq!(first.status, StatusCode::OK, "a full bucket lets anything through: {}", first.text());
    let (second, statements) = app.statements(ask(&app, &json!({ "query": PAGE }))).await;
    assert_refused(&second);
    assert_eq!(statements.count(), 0);
    // Neither a batch nor a document that is wrong gets around it.
    assert_refused(&ask(&app, &json!([{ "query": CHEAP }, { "query": CHEAP }])).await);
    assert_refused(&ask(&app, &json!({ "query": "{ nothing" })).await);
    let mut socket = Socket::connect(app.address, json!({})).await;
    socket.subscribe(CHEAP, json!({})).await;
    let refused = socket.receive().await;
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{refused:#}");
}

#[tokio::test]
async fn each_class_and_each_account_has_points_of_its_own() {
    let app = strict().await;
    ask(&app, &json!({ "query": PAGE })).await;
    assert_refused(&ask(&app, &json!({ "query": CHEAP })).await);
    let cart = app.guest().query("mutation { cartCreate { cart { id } } }").await;
    assert!(cart.at("/cartCreate/cart/id").is_string(), "guests go on shopping");
    let customer = app.customer().await;
    assert_eq!(customer.query(CHEAP).await.text("/shop/name"), "Test Shop");
}

#[tokio::test]
async fn log_ins_are_counted_by_address_whoever_they_are_for() {
    let rates = Rates { log_ins: 11, ..GENEROUS };
    let app = TestApp::start_with(|config| config.limits.rates = Some(rates)).await;
    let attempt = |number: u32| {
        let document =
            "mutation($email: String!) { sessionCreate(input: { email: $email, password: \"wrong\" }) {
            userErrors { code message field } } }";
        let guest = app.guest();
        async move { guest.query_with(document, json!({ "email": format!("ada{number}@example.com") })).await }
    };
    assert_eq!(attempt(0).await.user_error_codes("sessionCreate"), ["INVALID_CREDENTIALS"]);
    assert_eq!(attempt(1).await.user_error_codes("sessionCreate"), ["INVALID_CREDENTIALS"]);
    assert_eq!(attempt(2).await.error_code(), "RATE_LIMITED");
    assert_eq!(app.guest().query(CHEAP).await.text("/shop/name"), "Test Shop", "others go on shopping");
}

#[tokio::test]
async fn every_answer_tells_what_it_cost_and_what_is_left() {
    let app = TestApp::start_with(|config| config.shop.catalog_max_age = Duration::from_secs(60)).await;
    ProductBuilder::new("mug").create(&app).await;
    let cost = |answer: &Value| answer["extensions"]["cost"].clone();
    let query = "{ products(first: 7) { nodes { price { amount } } } }";
    let told = cost(&app.guest().query(query).await.body);
    assert_eq!((&told["requested"], &told["restoreRate"]), (&json!(25), &json!(200_000_000)), "{told}");
    let shared = app.guest().query(query).await;
    assert_eq!(cost(&shared.body)["requested"], 25, "one that was kept: {}", shared.body);
    assert_eq!(shared.at("/products/nodes").as_array().map(Vec::len), Some(1));
    let customer = app.customer().await;
    assert_eq!(cost(&customer.query(query).await.body)["restoreRate"], 50_000_000);
    let mut socket = Socket::connect(app.address, json!({})).await;
    socket.subscribe(query, json!({})).await;
    assert_eq!(cost(&socket.receive().await["payload"])["requested"], 25);
    let batch = ask(&app, &json!([{ "query": query }, { "query": CHEAP }])).await.json();
    assert_eq!([&cost(&batch[0])["requested"], &cost(&batch[1])["requested"]], [25, 1]);

    let unlimited = TestApp::start_with(|config| config.limits.rates = None).await;
    assert_eq!(cost(&unlimited.guest().query(CHEAP).await.body), json!({ "requested": 1 }));
}

#[tokio::test]
async fn each_operation_of_a_batch_is_paid_for_by_its_own_class() {
    let app = strict().await;
    assert_eq!(app.guest().query(PAGE).await.status, StatusCode::OK);
    let mutation = json!({ "query": "mutation { cartCreate { cart { id } } }" });
    assert_refused(&ask(&app, &json!([{ "query": PAGE }, mutation])).await);
    assert_eq!(app.count("carts").await, 0, "all of a batch is carried out, or nothing");
    let alone = ask(&app, &json!([mutation])).await;
    assert_eq!(alone.status, StatusCode::OK, "{}", alone.text());
}

#[tokio::test]
async fn a_stream_is_refused_before_it_begins_and_tells_in_its_headers_what_is_left() {
    let app = strict().await;
    let http = Http::new(app.address);
    let headers = [("content-type", "application/json"), ("accept", "text/event-stream")];
    let body = json!({ "query": PAGE }).to_string();
    let first = http.send(Method::POST, "/graphql", &headers, body.clone()).await;
    assert_eq!(first.status, StatusCode::OK);
    assert!(first.headers.contains_key("ratelimit"));
    let refused = http.send(Method::POST, "/graphql", &headers, body).await;
    assert_refused(&refused);
    assert!(refused.json()["extensions"]["cost"]["requested"].as_u64() > Some(1), "{}", refused.text());
}

#[tokio::test]
async fn who_has_no_points_left_hears_of_events_later_and_of_many_at_once() {
    let app = strict().await;
    let lamp = ProductBuilder::new("lamp").stock(5).create(&app).await;
    let actor = app.staff().await.user_id();
    // Two points more than there are: the next event has to wait for twelve seconds.
    let document = "subscription($ids: [ID!]!) {
        variantAvailability(variantIds: $ids) { stock product { name reviews(first: 1) { totalCount } } } }";
    let mut guest = Socket::connect(app.address, json!({})).await;
    let watching = guest.subscribe(document, json!({ "ids": [lamp.variant.to_string()] })).await;
    assert_eq!(guest.next(&watching).await["variantAvailability"]["stock"], 5);
    for _ in 0..2 {
        let adjustment = Adjustment { variant_id: lamp.variant, delta: -1, reason: String::new(), actor };
        adjust(&*app.db().await, &adjustment).await.expect("there is enough");
        app.app.relay.wake();
    }
    assert_eq!(guest.receive_within(Duration::from_secs(5)).await, None);
    assert_eq!(guest.next(&watching).await["variantAvailability"]["stock"], 3);
}

#[tokio::test]
async fn what_is_read_is_paid_for_though_it_is_not_carried_out() {
    let app = strict().await;
    let long = format!("{{ shop {{ name }} }} #{}", "x".repeat(20_000));
    let answer = ask(&app, &json!({ "query": long })).await.json();
    assert_eq!(answer["extensions"]["cost"]["requested"], 78, "{answer}");
    assert_refused(&ask(&app, &json!({ "query": CHEAP })).await);
}

#[tokio::test]
async fn a_batch_that_is_too_much_is_paid_for_as_far_as_it_was_read() {
    let app = strict().await;
    let long = format!(
        "{{ products(first: 100) {{ nodes {{ reviews(first: 10) {{ nodes {{ id }} }} }} }} }} #{}",
        "x".repeat(3_000)
    );
    let refused = ask(&app, &json!(vec![json!({ "query": long }); 9])).await.json();
    assert_eq!(refused[8]["errors"][0]["extensions"]["code"], "COST_LIMIT_EXCEEDED", "{refused:#}");
    assert_refused(&ask(&app, &json!({ "query": CHEAP })).await);
}

#[tokio::test]
async fn a_batch_may_cost_no_more_than_one_operation() {
    let app = TestApp::start().await;
    let expensive =
        json!({ "query": "{ products(first: 100) { nodes { reviews(first: 10) { nodes { id } } } } }" });
    let batch = ask(&app, &json!(vec![&expensive; 9])).await.json();
    assert_eq!(batch[8]["errors"][0]["extensions"]["code"], "COST_LIMIT_EXCEEDED", "{batch:#}");
    let alone = ask(&app, &json!([expensive])).await.json();
    assert_eq!(alone[0]["data"]["products"]["nodes"], json!([]));
}

#[tokio::test]
async fn copies_of_the_server_share_the_buckets_in_redis() {
    let prefix = Uuid::now_v7().to_string();
    let configure = |config: &mut cartograph::config::Config| {
        config.redis.url = Some(RedisServer::shared().into());
        config.redis.prefix = prefix.clone();
        config.limits.rates = Some(Rates { queries: 1, ..GENEROUS });
    };
    let one = TestApp::start_with(configure).await;
    let other = TestApp::start_beside(&one, configure).await;
    let customer = one.customer().await;
    let header = customer.authorization().expect("signed in").to_owned();
    assert_eq!(customer.query(PAGE).await.status, StatusCode::OK);
    let again = other.guest().with_authorization(&header).query(PAGE).await;
    assert_eq!(again.status, StatusCode::TOO_MANY_REQUESTS);
}

/// Killed in the middle of the traffic, Redis is missed by nobody: shopping goes on, sessions stay good, limits are held
/// in the process, and the log says once that it was lost and once that it is back.
#[tokio::test]
async fn a_redis_that_is_killed_is_missed_by_nobody() {
    let mut redis = RedisServer::start().await;
    let database = Arc::new(TestDatabase::create().await);
    let beside = TestApp::start_on(Arc::clone(&database), |_| {}).await;
    ProductBuilder::new("mug").create(&beside).await;
    let user = UserBuilder::new().create(&beside).await;
    let session = beside.sign_in(user).await;
    let (data, redis_url, database_url) = (DataDir::new(), redis.url(), database.url());
    let server = Process::start_with(
        &data,
        &[
            ("DATABASE_URL", &database_url),
            ("REDIS_URL", &redis_url),
            ("JWT_SECRET", crate::support::app::SECRET),
            ("LOG", "info"),
            ("RATE_LIMIT_GUEST_QUERIES", "50"),
        ],
    )
    .await;
    let customer = server.guest().with_authorization(session.authorization().expect("signed in"));
    let shopping = async || {
        let added = customer.query("mutation { cartCreate { cart { id } userErrors { code } } }").await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        assert!(customer.query("{ viewer { email } }").await.at("/viewer/email").is_string());
    };
    let lines = |text: &str| server.log().iter().filter(|line| line.contains(text)).count();
    const LOST: &str = "Redis is away";
    const BACK: &str = "Redis is back";
    let alarms = || lines("WARN") + lines("ERROR");

    shopping().await;
    server.guest().query(PAGE).await;
    // A bucket is kept for as long as something is missing in it.
    assert!(redis.keys().await > 0, "nothing is taken from Redis");
    let alarms_before = alarms();
    redis.kill();
    for _ in 0..20 {
        shopping().await;
    }
    wait_until(async || lines(LOST) > 0).await;
    // What is left of the limits is held in the process.
    let mut refused = 0;
    for _ in 0..40 {
        refused += usize::from(server.guest().query(PAGE).await.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 0, "there are no limits without Redis");
    shopping().await;
    assert_eq!((lines(LOST), lines(BACK), alarms()), (1, 0, alarms_before + 1));

    redis.restart().await;
    wait_until(async || {
        shopping().await;
        lines(BACK) > 0
    })
    .await;
    wait_until(async || {
        server.guest().query(PAGE).await;
        redis.keys().await > 0
    })
    .await;
    shopping().await;
    assert_eq!((lines(LOST), lines(BACK), alarms()), (1, 1, alarms_before + 1));
}

async fn wait_until(there: impl AsyncFn() -> bool) {
    let waiting = async {
        while !there().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it comes to that");
}
