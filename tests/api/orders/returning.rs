//! Pieces that come back, and the money that goes back for them.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::shipping::ship;
use super::{buy, line_of, move_to};
use crate::support::builders::Product;
use crate::support::{Client, ProductBuilder, Response, TestApp, stock_of};

const RETURN: &str = "mutation($input: OrderReturnInput!) { orderReturn(input: $input) {
    return { id note actor { kind } lines { quantity restocked line { name } } }
    refunds { amount { amount } reason lines { quantity } }
    order { status fulfilmentStatus paymentStatus refunded { amount } lines { returnedQuantity refundedQuantity } returns { id } }
    userErrors { code field message } } }";
const REFUND: &str = "mutation($input: OrderRefundInput!) { orderRefund(input: $input) {
    refunds { amount { amount } reason } order { returns { lines { quantity restocked } } lines { returnedQuantity } }
    userErrors { code field message } } }";

async fn give_back(staff: &Client, input: Value) -> Response {
    staff.query_with(RETURN, json!({ "input": input })).await
}

/// An order of so many pieces that was sent: its id and its line's.
async fn sent(app: &TestApp, staff: &Client, product: &Product, quantity: i32) -> (String, String) {
    let (order, _) = buy(app, product, quantity).await;
    move_to(staff, &order, "PAID").await;
    ship(staff, json!({ "orderId": order })).await;
    let line = line_of(staff, &order, 0).await;
    (order, line)
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_come_back_onto_the_shelf_or_not_with_their_price_or_without() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, line) = sent(&app, &staff, &mug, 5).await;
    assert_eq!(stock_of(&app, mug.variant).await, (5, 0));
    let some =
        |quantity: i32, restock: bool| json!({ "lineId": line, "quantity": quantity, "restock": restock });

    let both = json!({ "orderId": order, "lines": [some(2, true), some(1, false)], "note": "one is chipped", "refund": {} });
    let taken = give_back(&staff, both).await;
    let back = &taken.at("/orderReturn/return");
    assert_eq!((&back["note"], &back["actor"]["kind"]), (&json!("one is chipped"), &json!("STAFF")));
    let named = json!({ "name": "mug" });
    let lines = json!([{ "quantity": 1, "restocked": false, "line": named }, { "quantity": 2, "restocked": true, "line": named }]);
    assert_eq!(back["lines"], lines);
    let refunds =
        json!([{ "amount": { "amount": "30.00" }, "reason": "RETURNED", "lines": [{ "quantity": 3 }] }]);
    assert_eq!(taken.at("/orderReturn/refunds"), &refunds);
    let now = &taken.at("/orderReturn/order");
    assert_eq!((&now["status"], &now["fulfilmentStatus"]), (&json!("SHIPPED"), &json!("PARTIALLY_RETURNED")));
    assert_eq!(now["lines"], json!([{ "returnedQuantity": 3, "refundedQuantity": 3 }]));
    assert_eq!(stock_of(&app, mug.variant).await, (7, 0), "the chipped one is not sold again");

    let without = give_back(&staff, json!({ "orderId": order, "lines": [some(1, true)] })).await;
    assert_eq!(without.at("/orderReturn/refunds"), &json!([]));
    assert_eq!(without.text("/orderReturn/order/refunded/amount"), "30.00");
    let partly = json!({ "orderId": order, "lines": [some(1, true)], "refund": { "amount": "4.50" } });
    let partly = give_back(&staff, partly).await;
    assert_eq!(partly.text("/orderReturn/order/refunded/amount"), "34.50");
    assert_eq!(partly.text("/orderReturn/order/fulfilmentStatus"), "RETURNED");
    assert_eq!(partly.text("/orderReturn/order/paymentStatus"), "PARTIALLY_REFUNDED");
    assert_eq!(stock_of(&app, mug.variant).await, (9, 0));
    let told = "query($id: ID!) { order(id: $id) { events(first: 20) { nodes { type return { id } amount { amount } } } } }";
    let events = staff.query_with(told, json!({ "id": order })).await;
    assert_eq!(events.at("/order/events/nodes/4/type"), "RETURN_RECEIVED");
    assert_eq!(events.at("/order/events/nodes/4/return/id"), &back["id"]);
    assert_eq!(events.at("/order/events/nodes/4/amount/amount"), "30.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_comes_back_than_was_sent_nor_goes_back_than_was_paid() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 3).await;
    move_to(&staff, &order, "PAID").await;
    let line = line_of(&staff, &order, 0).await;
    let back = |quantity: i32, refund: Value| {
        let lines = json!([{ "lineId": line, "quantity": quantity, "restock": true }]);
        let input = json!({ "orderId": order, "lines": lines, "refund": refund });
        let staff = staff.clone();
        async move { give_back(&staff, input).await }
    };
    assert_eq!(
        back(1, Value::Null).await.user_error_codes("orderReturn"),
        ["QUANTITY_INVALID"],
        "it is still here"
    );
    ship(&staff, json!({ "orderId": order, "lines": [{ "lineId": line, "quantity": 2 }] })).await;
    for (quantity, refund, code) in [
        (3, Value::Null, "QUANTITY_INVALID"),
        (0, Value::Null, "QUANTITY_INVALID"),
        (1, json!({ "amount": "30.01" }), "AMOUNT_INVALID"),
        (1, json!({ "amount": "0.00" }), "AMOUNT_INVALID"),
    ] {
        assert_eq!(
            back(quantity, refund.clone()).await.user_error_codes("orderReturn"),
            [code],
            "{quantity} {refund}"
        );
    }
    let none = give_back(&staff, json!({ "orderId": order, "lines": [] })).await;
    assert_eq!(none.user_error_codes("orderReturn"), ["LINES_MISSING"]);
    assert_eq!(app.count("returns").await, 0);

    let answers = join_all((0..6).map(|_| back(1, json!({})))).await;
    let taken = answers.iter().filter(|answer| answer.at("/orderReturn/return").is_object()).count();
    assert_eq!(taken, 2, "two were sent");
    assert_eq!(stock_of(&app, mug.variant).await, (10, 1));
    assert_eq!(app.count("orders WHERE refunded = 2000").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_pieces_that_are_back_on_the_shelf_is_a_return() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, line) = sent(&app, &staff, &mug, 3).await;
    let refund = |quantity: i32, restock: bool| {
        let lines = json!([{ "lineId": line, "quantity": quantity, "restock": restock }]);
        let (staff, input) = (staff.clone(), json!({ "orderId": order, "lines": lines }));
        async move { staff.query_with(REFUND, json!({ "input": input })).await }
    };
    let back = refund(1, true).await;
    assert_eq!(
        back.at("/orderRefund/refunds"),
        &json!([{ "amount": { "amount": "10.00" }, "reason": "RETURNED" }])
    );
    assert_eq!(
        back.at("/orderRefund/order/returns"),
        &json!([{ "lines": [{ "quantity": 1, "restocked": true }] }])
    );
    assert_eq!(stock_of(&app, mug.variant).await, (8, 0));
    let only_money = refund(1, false).await;
    assert_eq!(only_money.text("/orderRefund/refunds/0/reason"), "REQUESTED");
    assert_eq!(only_money.int("/orderRefund/order/lines/0/returnedQuantity"), 1);
    // Of a line that is named twice each piece is paid back once.
    let twice = json!([{ "lineId": line, "quantity": 1 }, { "lineId": line, "quantity": 1 }]);
    let refused = staff.query_with(REFUND, json!({ "input": { "orderId": order, "lines": twice } })).await;
    assert_eq!(refused.user_error_codes("orderRefund"), ["QUANTITY_INVALID"]);
    // Its price went back before: the piece comes back all the same.
    let lines = json!([{ "lineId": line, "quantity": 2, "restock": true }]);
    let rest = give_back(&staff, json!({ "orderId": order, "lines": lines, "refund": {} })).await;
    assert_eq!(rest.text("/orderReturn/refunds/0/amount/amount"), "10.00");
    assert_eq!(rest.text("/orderReturn/order/paymentStatus"), "REFUNDED");
    assert_eq!(stock_of(&app, mug.variant).await, (10, 0));
    let once_more = refund(1, true).await;
    assert_eq!(once_more.user_error_codes("orderRefund"), ["NOTHING_KEPT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_comes_back_also_of_an_order_that_was_refunded() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, line) = sent(&app, &staff, &mug, 2).await;
    move_to(&staff, &order, "REFUNDED").await;
    assert_eq!(stock_of(&app, mug.variant).await, (8, 0));
    let lines = json!([{ "lineId": line, "quantity": 2, "restock": true }]);
    let nothing_left = give_back(&staff, json!({ "orderId": order, "lines": lines, "refund": {} })).await;
    assert_eq!(nothing_left.user_error_codes("orderReturn"), ["NOTHING_KEPT"]);
    let back = give_back(&staff, json!({ "orderId": order, "lines": lines })).await;
    assert_eq!(back.text("/orderReturn/order/status"), "REFUNDED");
    assert_eq!(stock_of(&app, mug.variant).await, (10, 0));
}
