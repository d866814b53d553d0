//! Cancelling a part of an order: what is owed, what goes back, and what becomes of the rest.

use cartograph::error::ActionError;
use cartograph::orders::cancel_lines::{CancelLines, CancelLinesRefusal, cancel_lines};
use cartograph::orders::events::Actor;
use cartograph::orders::pieces::Pieces;
use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::json;

use super::shipping::ship;
use super::{buy, line_of, move_to};
use crate::support::{Client, ProductBuilder, Response, TestApp, stock_of};

const CANCEL_LINES: &str = "mutation($input: OrderLinesCancelInput!) { orderLinesCancel(input: $input) {
    order { status paymentStatus fulfilmentStatus total { amount } cancelled { amount } paid { amount } refunded { amount }
            due { amount } cancelReason lines { quantity cancelledQuantity quantityToShip refundedQuantity } }
    refunds { amount { amount } reason status lines { quantity } } userErrors { code field message } } }";

async fn cancel(staff: &Client, order: &str, line: &str, quantity: i32, refund: Option<bool>) -> Response {
    let mut input = json!({ "orderId": order, "lines": [{ "lineId": line, "quantity": quantity }] });
    if let Some(refund) = refund {
        input["refund"] = refund.into();
    }
    staff.query_with(CANCEL_LINES, json!({ "input": input })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn before_it_is_paid_less_is_due() {
    let app = TestApp::start_with(|config| config.orders.invoice_hold = Some(TimeDelta::days(7))).await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, token) = buy(&app, &mug, 5).await;
    let line = line_of(&staff, &order, 0).await;
    let begin = "mutation($input: PaymentCreateInput!) { paymentCreate(input: $input) {
        payment { id amount { amount } status } userErrors { code } } }";
    let pay = json!({ "input": { "orderId": order, "token": token, "provider": "MANUAL" } });
    let begun = app.guest().query_with(begin, pay.clone()).await;
    assert_eq!(begun.text("/paymentCreate/payment/amount/amount"), "50.00");

    let cancelled = cancel(&staff, &order, &line, 2, None).await;
    let now = &cancelled.at("/orderLinesCancel/order");
    assert_eq!((&now["status"], &now["paymentStatus"]), (&json!("PENDING"), &json!("UNPAID")));
    assert_eq!((&now["cancelled"]["amount"], &now["due"]["amount"]), (&json!("20.00"), &json!("30.00")));
    assert_eq!(
        now["lines"],
        json!([{ "quantity": 5, "cancelledQuantity": 2, "quantityToShip": 3, "refundedQuantity": 0 }])
    );
    assert_eq!(cancelled.at("/orderLinesCancel/refunds"), &json!([]));
    assert_eq!(stock_of(&app, mug.variant).await, (10, 3));
    // What was begun over another amount makes way.
    assert_eq!(app.count("payments WHERE cancel_requested_at IS NOT NULL OR status = 'CANCELLED'").await, 1);
    let again = app.guest().query_with(begin, pay).await;
    assert_eq!(again.text("/paymentCreate/payment/amount/amount"), "30.00");
    move_to(&staff, &order, "PAID").await;
    assert_eq!(app.count("orders WHERE paid = 3000 AND cancelled = 2000").await, 1);
    // There is no price of the cancelled pieces that could go back.
    let refund =
        "mutation($input: OrderRefundInput!) { orderRefund(input: $input) { userErrors { code message } } }";
    let lines = json!([{ "lineId": line, "quantity": 4 }]);
    let refused = staff.query_with(refund, json!({ "input": { "orderId": order, "lines": lines } })).await;
    assert_eq!(refused.user_error_codes("orderRefund"), ["QUANTITY_INVALID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_it_is_paid_the_price_goes_back_if_that_is_wanted() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 5).await;
    let line = line_of(&staff, &order, 0).await;
    move_to(&staff, &order, "PAID").await;
    let cancelled = cancel(&staff, &order, &line, 2, None).await;
    let now = &cancelled.at("/orderLinesCancel/order");
    assert_eq!((&now["status"], &now["paymentStatus"]), (&json!("PAID"), &json!("PARTIALLY_REFUNDED")));
    assert_eq!(now["refunded"]["amount"], "20.00");
    assert_eq!(now["lines"][0]["refundedQuantity"], 2);
    let refunds = cancelled.at("/orderLinesCancel/refunds");
    assert_eq!(refunds[0]["amount"]["amount"], "20.00");
    assert_eq!(
        (&refunds[0]["reason"], &refunds[0]["lines"]),
        (&json!("LINES_CANCELLED"), &json!([{ "quantity": 2 }]))
    );

    let kept = cancel(&staff, &order, &line, 1, Some(false)).await;
    assert_eq!(kept.text("/orderLinesCancel/order/refunded/amount"), "20.00");
    assert_eq!(kept.text("/orderLinesCancel/order/cancelled/amount"), "30.00");
    assert_eq!(stock_of(&app, mug.variant).await, (10, 2));
    // The rest is given up with the order, which keeps nothing.
    let refused = cancel(&staff, &order, &line, 2, Some(false)).await;
    assert_eq!(refused.user_error_codes("orderLinesCancel"), ["REFUND_REQUIRED"]);
    let whole = cancel(&staff, &order, &line, 2, None).await;
    let now = &whole.at("/orderLinesCancel/order");
    assert_eq!((&now["status"], &now["cancelReason"]), (&json!("CANCELLED"), &json!("STAFF")));
    assert_eq!((&now["refunded"]["amount"], &now["paymentStatus"]), (&json!("50.00"), &json!("REFUNDED")));
    assert_eq!(now["lines"][0]["cancelledQuantity"], 5);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 0));
    let too_late = cancel(&staff, &order, &line, 1, None).await;
    assert_eq!(too_late.user_error_codes("orderLinesCancel"), ["NOTHING_LEFT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_rest_was_sent_the_order_is_shipped() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 3).await;
    let line = line_of(&staff, &order, 0).await;
    move_to(&staff, &order, "PAID").await;
    ship(&staff, json!({ "orderId": order, "lines": [{ "lineId": line, "quantity": 2 }] })).await;
    let cancelled = cancel(&staff, &order, &line, 1, None).await;
    let now = &cancelled.at("/orderLinesCancel/order");
    assert_eq!((&now["status"], &now["fulfilmentStatus"]), (&json!("SHIPPED"), &json!("FULFILLED")));
    assert_eq!(now["refunded"]["amount"], "10.00");
    assert_eq!(stock_of(&app, mug.variant).await, (8, 0));
    let told = "query($id: ID!) { order(id: $id) { events(first: 20) { nodes {
        type to amount { amount } refunds { reason } lines { quantity line { name } } } } } }";
    let events = staff.query_with(told, json!({ "id": order })).await;
    assert_eq!(
        events.at("/order/events/nodes/4"),
        &json!({ "type": "LINES_CANCELLED", "to": null, "amount": { "amount": "10.00" },
                 "refunds": [{ "reason": "LINES_CANCELLED" }], "lines": [{ "quantity": 1, "line": { "name": "mug" } }] })
    );
    assert_eq!(events.at("/order/events/nodes/5/to"), "SHIPPED");
    assert_eq!(app.count("outbox WHERE type = 'order.shipped'").await, 1, "nothing was sent by cancelling");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_pay_back_cancels_without() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 3).await;
    let line = line_of(&staff, &order, 0).await;
    move_to(&staff, &order, "PAID").await;
    let by = |quantity: i32, refund: bool| CancelLines {
        order_id: order.parse().expect("an id"),
        pieces: vec![Pieces { line: line.parse().expect("an id"), quantity }],
        refund,
        may_pay_back: false,
        note: None,
        actor: Actor::Staff(staff.user_id()),
        at: Utc::now(),
    };
    let mut conn = app.database().connect().await;
    for quantity in [1, 3] {
        let refused = cancel_lines(&mut conn, &by(quantity, true)).await;
        let Err(ActionError::Refused(reasons)) = refused else { panic!("{refused:?}") };
        assert_eq!(reasons, [CancelLinesRefusal::MayNotPayBack]);
    }
    assert!(cancel_lines(&mut conn, &by(1, false)).await.is_ok());
    assert_eq!(app.count("refunds").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_are_cancelled_or_sent_but_never_both() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let staff = app.staff().await;
    for _ in 0..4 {
        let (order, _) = buy(&app, &mug, 6).await;
        let line = line_of(&staff, &order, 0).await;
        move_to(&staff, &order, "PAID").await;
        let two = json!({ "orderId": order, "lines": [{ "lineId": line, "quantity": 2 }] });
        let sending = join_all((0..4).map(|_| ship(&staff, two.clone())));
        let cancelling = join_all((0..4).map(|_| cancel(&staff, &order, &line, 2, None)));
        let (sent, cancelled) = tokio::join!(sending, cancelling);
        let done = sent.iter().filter(|answer| answer.at("/orderShip/order").is_object()).count()
            + cancelled.iter().filter(|answer| answer.at("/orderLinesCancel/order").is_object()).count();
        assert_eq!(done, 3, "six pieces are three times two");
    }
    let wrong = "order_lines JOIN orders ON orders.id = order_id
        WHERE order_lines.cancelled + shipped <> quantity AND status <> 'CANCELLED'";
    assert_eq!(app.count(wrong).await, 0);
    let sent = app.count("order_lines CROSS JOIN generate_series(1, shipped)").await;
    assert_eq!(stock_of(&app, mug.variant).await, (100 - i32::try_from(sent).expect("few"), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_paid_or_cancelled_but_keeps_no_money_that_it_does_not_cost() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let staff = app.staff().await;
    for _ in 0..4 {
        let (order, _) = buy(&app, &mug, 2).await;
        let line = line_of(&staff, &order, 0).await;
        let pay = move_to(&staff, &order, "PAID");
        let cancelling = join_all((0..2).map(|_| cancel(&staff, &order, &line, 1, None)));
        let (_, cancelled) = tokio::join!(pay, cancelling);
        for answer in &cancelled {
            assert_eq!(answer.at("/orderLinesCancel/userErrors"), &json!([]), "{:#}", answer.body);
        }
    }
    assert_eq!(app.count("orders WHERE status <> 'CANCELLED' OR paid <> refunded").await, 0);
    assert_eq!(stock_of(&app, mug.variant).await, (100, 0));
    let gaps = "orders o WHERE last_sequence <> (SELECT count(*) FROM order_events WHERE order_id = o.id)";
    assert_eq!(app.count(gaps).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_is_for_staff_and_names_pieces() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 2).await;
    let line = line_of(&staff, &order, 0).await;
    assert_eq!(cancel(&app.guest(), &order, &line, 1, None).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(cancel(&app.customer().await, &order, &line, 1, None).await.error_code(), "FORBIDDEN");
    let none = json!({ "input": { "orderId": order, "lines": [] } });
    let refused = staff.query_with(CANCEL_LINES, none).await;
    assert_eq!(refused.user_error_codes("orderLinesCancel"), ["LINES_MISSING"]);
    for quantity in [-1, 0, 3, i32::MAX] {
        let refused = cancel(&staff, &order, &line, quantity, None).await;
        assert_eq!(refused.user_error_codes("orderLinesCancel"), ["QUANTITY_INVALID"], "{quantity}");
    }
    assert_eq!(stock_of(&app, mug.variant).await, (10, 2));
    assert_eq!(app.count("order_events WHERE type = 'LINES_CANCELLED'").await, 0);
}
