//! The program as operators know it: started on an empty folder, stopped, killed, started wrongly.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::support::client::{Client, Http};
use crate::support::process::{DataDir, Process, run};

/// Places an order as a guest; tells its number.
async fn order(guest: &Client) -> i64 {
    let variant = guest
        .query("{ products(first: 1, filter: { inStock: true }) { nodes { defaultVariant { id } } } }")
        .await;
    let variant = variant.text("/products/nodes/0/defaultVariant/id").to_owned();
    let cart = guest
        .query_with(
            "mutation($variant: ID!) { cartCreate(input: { lines: [{ variantId: $variant, quantity: 1 }] }) { cart { token } } }",
            json!({ "variant": variant }),
        )
        .await;
    let address = json!({ "name": "Ada", "line1": "1 Main St", "city": "Berlin", "postalCode": "10115", "country": "DE" });
    let placed = guest
        .query_with(
            "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) { order { number } userErrors { code message } } }",
            json!({ "input": {
                "cartToken": cart.text("/cartCreate/cart/token"), "idempotencyKey": uuid::Uuid::now_v7().to_string(),
                "email": "ada@example.com", "shippingAddress": address,
            } }),
        )
        .await;
    placed.int("/orderPlace/order/number")
}

async fn get(http: &Http, path: &str) -> (StatusCode, String) {
    let answer = http.send(Method::GET, path, &[], "").await;
    (answer.status, answer.text().to_owned())
}

/// How many orders the shop has, by the word of its staff.
async fn orders(shop: &Process) -> i64 {
    let session = shop.guest().query(
        "mutation { sessionCreate(input: { email: \"staff@example.com\", password: \"cartograph-demo\" }) { session { accessToken } } }",
    ).await;
    let token = session.text("/sessionCreate/session/accessToken").to_owned();
    let staff = shop.guest().with_authorization(&format!("Bearer {token}"));
    staff.query("{ orders(first: 1) { totalCount } }").await.int("/orders/totalCount")
}

#[tokio::test]
async fn an_empty_folder_becomes_a_shop_that_outlives_stops_and_kills() {
    let data = DataDir::new();
    let mut shop = Process::start(&data).await;
    assert_eq!(get(&shop.http(), "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    assert_eq!(get(&shop.http(), "/readyz").await, (StatusCode::OK, "ready\n".to_owned()));
    let before = orders(&shop).await;
    order(&shop.guest()).await;

    // What make, a supervisor and a terminal do together: one wish, sent twice.
    shop.signal("TERM");
    shop.signal("TERM");
    assert!(shop.end().await.success(), "a stop that was asked for is no failure");
    assert_eq!(data.postgres(), None, "the private PostgreSQL stops with the shop");

    let mut shop = Process::start(&data).await;
    assert_eq!(orders(&shop).await, before + 1, "the second start finds what the first left");
    order(&shop.guest()).await;
    let postgres = data.postgres();
    shop.signal("KILL");
    assert!(!shop.end().await.success());
    assert_eq!(data.postgres(), postgres, "a killed shop cannot stop its PostgreSQL");

    let mut shop = Process::start(&data).await;
    assert_eq!(data.postgres(), postgres, "the next one takes it over");
    assert_eq!(orders(&shop).await, before + 2, "an answered order survives");
    shop.signal("INT");
    assert!(shop.end().await.success());
    assert_eq!(data.postgres(), None);

    let other_money = run(&data, &["serve"], &[("PORT", "0"), ("SHOP_CURRENCY", "EUR")]).await;
    assert_one_line(&other_money, "SHOP_CURRENCY");
    assert_eq!(data.postgres(), None, "a start that fails leaves nothing running");
}

#[tokio::test]
async fn a_folder_or_port_in_use_is_one_clear_line() {
    let data = DataDir::new();
    let shop = Process::start(&data).await;

    let refused = run(&data, &["serve"], &[("PORT", "0")]).await;
    assert_one_line(&refused, "another cartograph");
    let taken = shop.address.port().to_string();
    let refused = run(&DataDir::new(), &["serve"], &[("PORT", &taken)]).await;
    assert_one_line(&refused, "is taken by another program");
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_is_named_in_one_line() {
    let data = DataDir::new();
    for (variables, named) in [
        (&[("PORT", "http")][..], "PORT: 'http' is not a port number"),
        (&[("CARTOGRAPH_ENV", "production")], "JWT_SECRET: must be set in production"),
        (&[("JWT_SECRET", "short")], "JWT_SECRET: is too short"),
        (&[("DATABASE_POOL_SIZE", "91")], "DATABASE_POOL_SIZE: '91' is more than the 90 connections"),
        (&[("DATABASE_URL", "mysql://user:hunter2@host/db")], "DATABASE_URL: must begin with postgres://"),
        (
            &[("DATABASE_URL", "postgres://user:hunter2@127.0.0.1:1/db"), ("PORT", "0")],
            "PostgreSQL cannot be reached",
        ),
    ] {
        let refused = run(&data, &["serve"], variables).await;
        assert_one_line(&refused, named);
        assert!(!String::from_utf8_lossy(&refused.stderr).contains("hunter2"), "no password in an error");
    }
}

#[track_caller]
fn assert_one_line(ended: &std::process::Output, holding: &str) {
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success(), "it should have failed");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(said.contains(holding), "{said}");
}
