//! Many at once on one cart.

use futures_util::future::join_all;
use serde_json::json;

use super::{add, change, lines, product, read};
use crate::support::TestApp;
use crate::support::db::count;

#[tokio::test]
async fn fifty_adds_at_once_all_count() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let (mug, tee) = (product(&app, "mug").await, product(&app, "tee").await);
    let ids = [mug.variant.to_string(), tee.variant.to_string()];
    // Half of them name the variants the other way round, which would deadlock were lines locked one by one.
    let adds = (0..50).map(|index| {
        let (first, second) = (&ids[index % 2], &ids[(index + 1) % 2]);
        let wanted = json!({ "lines": [{ "variantId": first }, { "variantId": second, "quantity": 2 }] });
        change(&customer, "cartLinesAdd", wanted)
    });
    for answer in join_all(adds).await {
        assert_eq!(answer.user_errors("cartLinesAdd"), []);
    }
    let mut found = lines(&read(&customer, "").await, "/cart");
    found.sort();
    assert_eq!(found, [("mug".to_owned(), 75), ("tee".to_owned(), 75)]);
    let mut db = app.database().connect().await;
    assert_eq!(count(&mut db, "SELECT count(*) AS n FROM carts").await, 1, "one customer, one cart");
}

#[tokio::test]
async fn the_limits_hold_when_many_push_against_them_at_once() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mug = product(&app, "mug").await;
    add(&customer, &mug, 990).await;
    let wanted = json!({ "lines": [{ "variantId": mug.variant.to_string() }] });
    let answers = join_all((0..20).map(|_| change(&customer, "cartLinesAdd", wanted.clone()))).await;
    let refused = answers.iter().filter(|answer| !answer.user_errors("cartLinesAdd").is_empty()).count();
    assert_eq!(refused, 10);
    assert_eq!(lines(&read(&customer, "").await, "/cart"), [("mug".to_owned(), 1000)]);
}

#[tokio::test]
async fn a_customers_first_carts_made_at_once_are_one() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let answers = join_all((0..20).map(|_| change(&customer, "cartCreate", json!({})))).await;
    let ids: std::collections::BTreeSet<&str> =
        answers.iter().map(|answer| answer.text("/cartCreate/cart/id")).collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn guests_adding_at_once_get_a_cart_each() {
    let app = TestApp::start().await;
    let mug = product(&app, "mug").await;
    let guest = app.guest();
    let answers = join_all((0..5).map(|_| add(&guest, &mug, 1))).await;
    let tokens: std::collections::BTreeSet<&str> =
        answers.iter().map(|answer| answer.text("/cartLinesAdd/cart/token")).collect();
    assert_eq!(tokens.len(), 5);
}
