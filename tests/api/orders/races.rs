//! Many at once: nobody gets what somebody else has, nobody waits for ever.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{ADD, CANCEL, buy, fill, input, move_to, place};
use crate::support::{ProductBuilder, TestApp, stock_of};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_the_last_ten_pieces() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let buyers = join_all((0..200).map(|_| async {
        let guest = app.guest();
        let token = fill(&guest, mug.variant, 1).await;
        (guest, token)
    }))
    .await;

    let placed = join_all(buyers.iter().map(|(guest, token)| place(guest, input(token.as_deref())))).await;

    let bought = placed.iter().filter(|answer| answer.at("/orderPlace/order").is_object()).count();
    assert_eq!(bought, 10);
    for refused in placed.iter().filter(|answer| answer.at("/orderPlace/order").is_null()) {
        assert_eq!(refused.user_error_codes("orderPlace"), ["INSUFFICIENT_STOCK"]);
        assert_eq!(refused.at("/orderPlace/token"), &Value::Null);
    }
    assert_eq!(stock_of(&app, mug.variant).await, (10, 10));
    let counts = app.guest().query("{ product(slug: \"mug\") { stock inStock } }").await;
    assert_eq!((counts.int("/product/stock"), counts.at("/product/inStock")), (0, &json!(false)));
    for (table, expected) in [("orders", 10), ("order_lines", 10), ("order_events", 10)] {
        assert_eq!(app.count(table).await, expected, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn carts_in_opposite_order_do_not_deadlock() {
    let app = TestApp::start().await;
    let one = ProductBuilder::new("one").stock(1000).create(&app).await;
    let other = ProductBuilder::new("other").stock(1000).create(&app).await;
    let buyers = join_all((0..40).map(|number| {
        let (app, pair) = (&app, if number % 2 == 0 { [&one, &other] } else { [&other, &one] });
        async move {
            let guest = app.guest();
            let lines: Vec<Value> = pair
                .iter()
                .map(|product| json!({ "variantId": product.variant.to_string(), "quantity": 1 }))
                .collect();
            let added = guest.query_with(ADD, json!({ "input": { "lines": lines } })).await;
            (guest, added.text("/cartLinesAdd/cart/token").to_owned())
        }
    }))
    .await;
    let placed = join_all(buyers.iter().map(|(guest, token)| place(guest, input(Some(token))))).await;
    for answer in &placed {
        assert!(answer.at("/orderPlace/order").is_object(), "{:#}", answer.body);
    }
    assert_eq!(stock_of(&app, one.variant).await, (1000, 40));
    assert_eq!(stock_of(&app, other.variant).await, (1000, 40));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_move_an_order_at_once_one_does() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, token) = buy(&app, &mug, 3).await;
    let pay = join_all((0..10).map(|_| move_to(&staff, &order, "PAID")));
    let cancel = join_all((0..10).map(|_| {
        let variables = json!({ "input": { "orderId": order, "token": token } });
        let guest = app.guest();
        async move { guest.query_with(CANCEL, variables).await }
    }));
    let (paid, cancelled) = tokio::join!(pay, cancel);
    let won = paid.iter().filter(|answer| answer.at("/orderStatusUpdate/order").is_object()).count()
        + cancelled.iter().filter(|answer| answer.at("/orderCancel/order").is_object()).count();
    assert_eq!(won, 1);
    assert_eq!(app.count("order_events").await, 2);
}
