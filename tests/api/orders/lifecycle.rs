//! Moving an order on, and cancelling it.

use cartograph::accounts::{Permission, SignedIn, Viewer};
use cartograph::caller::{Caller, Cookies};
use cartograph::graphql::{Request, Schema};
use cartograph::ids::{OrderId, SessionId, UserId};
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{CANCEL, buy, move_to};
use crate::support::db::run;
use crate::support::{Client, ProductBuilder, TestApp, stock_of};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_lives_along_its_transitions_only() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 2).await;
    for wrong in ["PENDING", "PROCESSING", "SHIPPED", "DELIVERED", "REFUNDED"] {
        let refused = move_to(&staff, &order, wrong).await;
        assert_eq!(refused.user_error_codes("orderStatusUpdate"), ["WRONG_TRANSITION"], "{wrong}");
    }
    for status in ["PAID", "PROCESSING", "SHIPPED", "DELIVERED"] {
        let moved = move_to(&staff, &order, status).await;
        assert_eq!(moved.text("/orderStatusUpdate/order/status"), status);
    }
    // Shipped pieces have left the shop.
    assert_eq!(stock_of(&app, mug.variant).await, (8, 0));
    let sequences: Vec<i32> = cartograph::db::schema::order_events::table
        .order(cartograph::db::schema::order_events::sequence)
        .select(cartograph::db::schema::order_events::sequence)
        .load(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(sequences, [1, 2, 3, 4, 5]);
    let unknown = move_to(&staff, &OrderId::new().to_string(), "PAID").await;
    assert_eq!(unknown.user_error_codes("orderStatusUpdate"), ["NOT_FOUND"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_cancel_while_pending_and_the_stock_returns() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, token) = buy(&app, &mug, 4).await;
    let cancel = |client: Client, token: Value| {
        let variables = json!({ "input": { "orderId": order, "token": token } });
        async move { client.query_with(CANCEL, variables).await }
    };
    for client in [app.guest(), app.customer().await] {
        let refused = cancel(client, Value::Null).await;
        assert_eq!(refused.user_error_codes("orderCancel"), ["NOT_FOUND"]);
    }
    assert_eq!(stock_of(&app, mug.variant).await, (10, 4));
    let cancelled = cancel(app.guest(), token.clone().into()).await;
    assert_eq!(cancelled.at("/orderCancel/order"), &json!({ "status": "CANCELLED", "nextStatuses": [] }));
    assert_eq!(stock_of(&app, mug.variant).await, (10, 0));
    let again = cancel(app.guest(), token.into()).await;
    assert_eq!(again.user_error_codes("orderCancel"), ["NO_LONGER_PENDING"]);

    let (paid, token) = buy(&app, &mug, 1).await;
    move_to(&staff, &paid, "PAID").await;
    let late = app.guest().query_with(CANCEL, json!({ "input": { "orderId": paid, "token": token } })).await;
    assert_eq!(late.user_error_codes("orderCancel"), ["NO_LONGER_PENDING"]);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_orders_on_is_for_staff() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let (order, _) = buy(&app, &mug, 1).await;
    assert_eq!(move_to(&app.guest(), &order, "PAID").await.error_code(), "UNAUTHENTICATED");
    assert_eq!(move_to(&app.customer().await, &order, "PAID").await.error_code(), "FORBIDDEN");
    assert_eq!(app.guest().query("{ orders { nodes { id } } }").await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.customer().await.query("{ orders { nodes { id } } }").await.error_code(), "FORBIDDEN");
    let found = app
        .staff()
        .await
        .query("{ orders(filter: { status: [PENDING] }) { totalCount nodes { id status } } }")
        .await;
    assert_eq!(found.texts("/orders/nodes", "/status"), ["PENDING"]);
    assert_eq!(found.int("/orders/totalCount"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_rewrites_an_orders_books() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let (order, _) = buy(&app, &mug, 1).await;
    move_to(&staff, &order, "PAID").await;
    let attempt = async |statement: &str| diesel::sql_query(statement).execute(&mut app.db().await).await;
    for statement in [
        "UPDATE order_events SET note = 'never mind'",
        "UPDATE order_events SET actor_kind = 'SYSTEM'",
        "UPDATE order_events SET actor_id = NULL WHERE actor_id IS NOT NULL",
        "UPDATE order_events SET occurred_at = now()",
        "UPDATE order_events SET feed_position = feed_position + 1 WHERE feed_position IS NOT NULL",
        "DELETE FROM order_events WHERE sequence = 2",
        "DELETE FROM orders",
        "UPDATE orders SET total = 0",
        "UPDATE orders SET subtotal = 999, total = 0",
    ] {
        // The relay has given the events their places by then, or does so in a moment.
        let refused = async {
            while attempt(statement).await.is_ok_and(|rows| rows == 0) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            attempt(statement).await
        };
        assert!(refused.await.is_err(), "{statement}");
    }
    // An account goes with its name; what it did stays.
    assert_eq!(attempt("DELETE FROM users").await, Ok(1));
    let actors: Vec<Option<cartograph::ids::UserId>> = cartograph::db::schema::order_events::table
        .select(cartograph::db::schema::order_events::actor_id)
        .load(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(actors, [None, None]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_only_look_at_orders_cancels_none() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let (order, _) = buy(&app, &mug, 4).await;
    let answer = asked_by(&app, UserId::new(), &[Permission::ReadOrders], &cancelling(&order)).await;
    let refused = json!({ "order": null, "userErrors": [{ "code": "NOT_FOUND" }] });
    assert_eq!(answer["data"]["orderCancel"], refused);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_pay_back_ends_no_order_that_has_money() {
    use Permission::{ManageOrders, ManagePayments, ReadOrders};
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let staff = app.staff().await;
    let user = staff.user_id();
    let moving = |order: &str, status: &str| {
        format!(
            "mutation {{ orderStatusUpdate(input: {{ orderId: {order:?}, status: {status} }}) {{
                order {{ status }} userErrors {{ code }} }} }}"
        )
    };
    for end in ["cancel", "CANCELLED", "REFUNDED"] {
        let (order, _) = buy(&app, &mug, 2).await;
        move_to(&staff, &order, "PAID").await;
        let document = if end == "cancel" { cancelling(&order) } else { moving(&order, end) };
        let refused = asked_by(&app, user, &[ReadOrders, ManageOrders], &document).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{end}: {refused:#}");
        assert_eq!(app.count("orders WHERE status = 'PAID' AND refunded = 0").await, 1, "{end}");
        let done = asked_by(&app, user, &[ReadOrders, ManageOrders, ManagePayments], &document).await;
        assert!(done["errors"].is_null(), "{end}: {done:#}");
        assert_eq!(app.count("orders WHERE status = 'PAID'").await, 0, "{end}");
    }
    assert_eq!(app.count("refunds").await, 3);
    // Where no money is, there is none to go back.
    for end in ["cancel", "CANCELLED"] {
        let (order, _) = buy(&app, &mug, 2).await;
        let document = if end == "cancel" { cancelling(&order) } else { moving(&order, end) };
        let done = asked_by(&app, user, &[ReadOrders, ManageOrders], &document).await;
        assert!(done["errors"].is_null(), "{end}: {done:#}");
    }
    assert_eq!(app.count("orders WHERE status = 'CANCELLED'").await, 4);
    assert_eq!(stock_of(&app, mug.variant).await, (10, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_cancel_an_order_that_is_paid_in_part_without_any_permission() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let (order, token) = buy(&app, &mug, 2).await;
    let mut conn = app.database().connect().await;
    let paid_in_part =
        "INSERT INTO payments (id, order_id, provider, status, currency, amount, captured, provider_ref)
         SELECT gen_random_uuid(), id, 'manual', 'CAPTURED', 'USD', 500, 500, 'manual_part' FROM orders;
         UPDATE orders SET paid = 500";
    run(&mut conn, paid_in_part).await;
    let input = json!({ "input": { "orderId": order, "token": token } });
    let cancelled = app.guest().query_with(CANCEL, input).await;
    assert_eq!(cancelled.text("/orderCancel/order/status"), "CANCELLED");
    assert_eq!(app.count("orders WHERE paid = 500 AND refunded = 500").await, 1);
}

fn cancelling(order: &str) -> String {
    format!(
        "mutation {{ orderCancel(input: {{ orderId: {order:?} }}) {{ order {{ id }} userErrors {{ code }} }} }}"
    )
}

/// What somebody is answered who may do just this.
async fn asked_by(app: &TestApp, user: UserId, permissions: &[Permission], document: &str) -> Value {
    let schema = Schema::open(app.app.clone()).await.expect("a schema");
    let expires_at = Utc::now() + TimeDelta::minutes(5);
    let signed_in =
        SignedIn::with_permissions(user, SessionId::new(), permissions.iter().copied(), expires_at);
    let caller = Caller {
        viewer: Viewer::User(signed_in),
        address: [127, 0, 0, 1].into(),
        cookies: Cookies::Unavailable,
    };
    let request = schema.read(Request::new(document));
    serde_json::to_value(Schema::execute(&schema, request, caller, "a-test").await).expect("JSON")
}
