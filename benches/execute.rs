//! What a request costs in this process: the work of the GraphQL library alone, then whole requests with their reads.
//!
//! `make bench` runs it with a PostgreSQL of its own, named by `DATABASE_URL`; a small shop is made there on the first run.
//! The documents are those of the load test, so that the two can be set against each other.
#![recursion_limit = "256"]

use std::hint::black_box;
use std::net::Ipv4Addr;

use async_graphql::{Request, Variables};
use cartograph::accounts::{HashingCost, Viewer, authenticate};
use cartograph::app::App;
use cartograph::caller::{Caller, Cookies};
use cartograph::config::{self, Config};
use cartograph::db::{self, Db};
use cartograph::graphql::Schema;
use cartograph::limits::{Class, Demand, Holder, Limiter};
use cartograph::redis::Redis;
use cartograph::seed::{self, Sizes};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const PASSWORD: &str = "for measuring";

/// The document of this name, as the load test sends it.
fn document(name: &str) -> String {
    let path = format!("{}/benches/load/{name}.graphql", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A shop of 2,000 products, and everything that answers for it.
async fn shop() -> App {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL names a database made for this");
    let secret = "a secret that is only good for measuring";
    let config = Config::read(&|name| match name {
        "DATABASE_URL" => Some(url.clone().into()),
        "JWT_SECRET" => Some(secret.into()),
        _ => None,
    });
    let config = config.expect("the configuration is right");
    db::migrate(&url).await.expect("the schema can be made");
    let shop = seed::Options {
        url: url.clone(),
        sizes: Sizes { products: 2_000, users: 500, reviews: 10_000, orders: 5_000 },
        seed: 1,
        currency: config.shop.currency,
        password: Some(PASSWORD.into()),
        force: false,
    };
    match seed::run(&shop).await {
        Err(error) if !error.to_string().contains("--force") => panic!("{error:#}"),
        _ => {}
    }
    let options = db::Options {
        url,
        pool_size: 4,
        statement_timeout: config.database.statement_timeout,
        statement_log: None,
    };
    let db = Db::connect(&options).await.expect("PostgreSQL answers");
    App::open(config, db.clone(), db, HashingCost::default()).expect("the configuration can be used")
}

/// Answers one request as the HTTP edge has it answered, JSON included.
async fn answer(schema: &Schema, viewer: Viewer, document: &str, variables: &Value) -> Vec<u8> {
    let request = Request::new(document).variables(Variables::from_json(variables.clone()));
    let response = schema.execute(schema.read(request), caller(viewer), "bench").await;
    assert!(response.is_ok(), "{:?}", response.errors);
    serde_json::to_vec(&response).expect("a response is JSON")
}

/// They all ask from this machine.
fn caller(viewer: Viewer) -> Caller {
    Caller { viewer, address: Ipv4Addr::LOCALHOST.into(), cookies: Cookies::Unavailable }
}

async fn customer(app: &App, schema: &Schema) -> Viewer {
    let document = "mutation($password: String!) {
        sessionCreate(input: { email: \"user1.s1@seed.example\", password: $password }) { session { accessToken } } }";
    let answered = answer(schema, Viewer::Guest, document, &json!({ "password": PASSWORD })).await;
    let answered: Value = serde_json::from_slice(&answered).expect("JSON");
    let token = answered["data"]["sessionCreate"]["session"]["accessToken"].as_str().expect("a session");
    let header = format!("Bearer {token}");
    authenticate(Some(header.as_bytes()), &app.tokens, &app.recalls, app.clock.now())
        .expect("the token is good")
}

async fn first_slug(schema: &Schema, field: &str) -> Value {
    let document = format!("{{ {field}(first: 1) {{ nodes {{ slug }} }} }}");
    let answered = answer(schema, Viewer::Guest, &document, &json!({})).await;
    let answered: Value = serde_json::from_slice(&answered).expect("JSON");
    json!({ "slug": answered["data"][field]["nodes"][0]["slug"] })
}

fn requests(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let app = runtime.block_on(shop());
    let schema = runtime.block_on(Schema::open(app.clone())).expect("the configuration can be used");
    let customer = runtime.block_on(customer(&app, &schema));
    let product = runtime.block_on(first_slug(&schema, "products"));
    let category = runtime.block_on(first_slug(&schema, "categories"));

    let mut library = criterion.benchmark_group("library");
    for name in ["product_page", "category_page"] {
        let document = document(name);
        library.bench_function(format!("parse {name}"), |bencher| {
            bencher.iter(|| async_graphql::parser::parse_query(black_box(&document)).expect("a document"));
        });
    }
    // Validated and executed, with nothing to resolve.
    let skipped = format!("{} query Q {{ __typename }}", document("category_page"));
    library.bench_function("parse, validate, execute nothing", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let request = Request::new(black_box(&skipped)).operation_name("Q");
            schema.execute(schema.read(request), caller(Viewer::Guest), "bench").await
        });
    });
    library.finish();

    // What the limits add to a request: its document is known and its price told, its points are taken.
    let mut limits = criterion.benchmark_group("limits");
    let page = document("category_page");
    limits.bench_function("read a known document and tell its price", |bencher| {
        bencher.iter(|| {
            let request = Request::new(black_box(&page)).variables(Variables::from_json(category.clone()));
            schema.read(request)
        });
    });
    // To be set against parsing alone, above.
    let mut number = 0;
    limits.bench_function("read a document for the first time", |bencher| {
        bencher.iter(|| {
            number += 1;
            let request = Request::new(format!("{page}#{number}"));
            schema.read(request.variables(Variables::from_json(category.clone())))
        });
    });
    let address = Ipv4Addr::LOCALHOST.into();
    let demands = [Demand { class: Class::GuestQueries, holder: Holder::address(address), points: 1 }];
    limits.bench_function("take points", |bencher| {
        bencher.to_async(&runtime).iter(|| app.limits.take(black_box(&demands), address));
    });
    let redis =
        config::Redis { url: std::env::var("REDIS_URL").ok().map(Into::into), prefix: "bench".to_owned() };
    // Its pool begins to look after connections at once.
    let _entered = runtime.enter();
    if let Some(redis) = Redis::open(&redis).expect("REDIS_URL is an address") {
        let shared = Limiter::new(&app.config.limits, Some(redis));
        limits.bench_function("take points in Redis", |bencher| {
            bencher.to_async(&runtime).iter(|| shared.take(black_box(&demands), address));
        });
    }
    limits.finish();

    let mut whole = criterion.benchmark_group("request");
    for (name, viewer, variables) in [
        ("product_page", Viewer::Guest, product),
        ("category_page", Viewer::Guest, category),
        ("search", Viewer::Guest, json!({ "search": "walnut" })),
        ("order_history", customer, json!({})),
    ] {
        let document = document(name);
        whole.bench_function(name, |bencher| {
            bencher.to_async(&runtime).iter(|| answer(&schema, viewer, black_box(&document), &variables));
        });
    }
    whole.finish();
}

criterion_group!(benches, requests);
criterion_main!(benches);
