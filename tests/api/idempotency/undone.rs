//! A key stands for what was done: refusals and failures leave it free, and nothing half done.

use std::time::Duration;

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::{ADD, in_cart, lines, send};
use crate::accounts::{refresh, register};
use crate::live;
use crate::support::db::{count, run};
use crate::support::{ProductBuilder, TestApp};
use cartograph::ids::VariantId;
use cartograph::orders::OrderStatus;

#[tokio::test]
async fn a_refusal_leaves_the_key_free_whether_or_not_it_is_asked_for() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    let silent =
        "mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { cart { itemCount } } }";
    for document in [ADD, silent] {
        let refused = send(&app, &customer, document, lines(VariantId::new(), 1, "once")).await;
        assert_eq!(refused.at("/cartLinesAdd/cart"), &Value::Null);
        assert!(!refused.answer.text().contains("refused"), "{:#}", refused.body);
    }
    assert_eq!(app.count("idempotency_keys").await, 0);
    let done = send(&app, &customer, silent, lines(mug.variant, 1, "once")).await;
    assert_eq!(done.at("/cartLinesAdd/cart/itemCount"), 1);
}

#[tokio::test]
async fn what_a_refusal_does_all_the_same_stays_done() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let input = json!({ "email": "ada@example.com", "password": "correct horse battery", "name": "Ada" });
    let registered = register(&guest, input).await;
    let spent = registered.text("/accountRegister/session/refreshToken");
    refresh(&guest, spent).await;

    // A thief, who sends a key.
    let document =
        "mutation($input: SessionRefreshInput!) { sessionRefresh(input: $input) { session { id } } }";
    let input = json!({ "refreshToken": spent, "idempotencyKey": "once" });
    let refused = send(&app, &guest, document, json!({ "input": input })).await;
    assert_eq!(refused.at("/sessionRefresh/session"), &Value::Null);
    let ended = "SELECT count(*) AS n FROM sessions WHERE revoked_at IS NOT NULL";
    assert_eq!(count(&mut *app.db().await, ended).await, 1, "the session has ended");
    let token = registered.text("/accountRegister/session/accessToken");
    let owner = app.guest().with_authorization(&format!("Bearer {token}"));
    assert_eq!(owner.query("{ viewer { id } }").await.error_code(), "UNAUTHENTICATED", "at once");
}

#[tokio::test]
async fn an_answer_that_fails_undoes_the_work() {
    let app = TestApp::start().await;
    let (customer, staff) = (app.customer().await, app.staff().await);
    let order = live::place(&app, Some(customer.user_id()), None).await;
    live::step(&app, order, OrderStatus::Pending, OrderStatus::Paid).await;
    let step = |selection: &str| {
        format!(
            "mutation($input: OrderStatusUpdateInput!) {{ orderStatusUpdate(input: $input) {{ order {{ status {selection} }} }} }}"
        )
    };
    let input = json!({ "input": { "orderId": order.to_string(), "status": "PROCESSING", "idempotencyKey": "once" } });
    let failed = send(&app, &staff, &step("customer { addresses { id } }"), input.clone()).await;
    assert_eq!(failed.code(), Some("FORBIDDEN"), "{:#}", failed.body);
    assert_eq!(failed.body["data"], Value::Null);
    let message =
        failed.body["errors"].as_array().unwrap().iter().map(|error| error["message"].as_str().unwrap());
    assert!(message.into_iter().any(|message| message.starts_with("Nothing was done")), "{:#}", failed.body);
    let status = format!("{{ order(id: \"{order}\") {{ status }} }}");
    assert_eq!(staff.query(&status).await.text("/order/status"), "PAID");

    let done = send(&app, &staff, &step(""), input).await;
    assert_eq!(done.at("/orderStatusUpdate/order/status"), "PROCESSING");
    assert!(done.replayed().is_empty());
}

#[tokio::test]
async fn who_loses_the_database_is_told_so_and_sends_it_again() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    customer.query_with(ADD, lines(mug.variant, 1, "first")).await;
    let mut holder = app.database().connect().await;
    run(&mut holder, "BEGIN").await;
    run(&mut holder, "SELECT FROM carts FOR UPDATE").await;
    let restart = async {
        // As PostgreSQL does when it is stopped: whatever waits for the cart loses its connection.
        let waiting = "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while count(&mut holder, waiting).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        run(&mut holder, "ROLLBACK").await;
    };
    let (lost, ()) = tokio::join!(send(&app, &customer, ADD, lines(mug.variant, 3, "second")), restart);
    assert_eq!(lost.code(), Some("UNAVAILABLE"), "{:#}", lost.body);
    let again = send(&app, &customer, ADD, lines(mug.variant, 3, "second")).await;
    assert_eq!((again.at("/cartLinesAdd/cart/itemCount"), again.replayed().len()), (&json!(4), 0));
}

#[tokio::test]
async fn without_its_record_the_work_is_undone() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    customer.query_with(ADD, lines(mug.variant, 1, "first")).await;
    let place = "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) { order { id } userErrors { code } } }";
    let address = json!({ "name": "Ada", "line1": "1 Square", "city": "London", "postalCode": "SW1Y 4JH", "country": "GB" });
    let order = json!({ "input": { "shippingAddress": address, "idempotencyKey": "once" } });
    // As if the database went away between the two.
    for statement in [
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'lost'; END $$",
        "CREATE TRIGGER lose BEFORE INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION lose()",
    ] {
        sql_query(statement).execute(&mut app.db().await).await.unwrap();
    }
    let lost = send(&app, &customer, place, order.clone()).await;
    assert_eq!(lost.code(), Some("INTERNAL"));
    let added = send(&app, &customer, ADD, lines(mug.variant, 3, "second")).await;
    assert_eq!(added.code(), Some("INTERNAL"));
    assert_eq!((app.count("orders").await, app.count("outbox").await), (0, 0));
    assert_eq!(in_cart(&customer).await, 1);

    sql_query("DROP TRIGGER lose ON idempotency_keys").execute(&mut app.db().await).await.unwrap();
    let placed = send(&app, &customer, place, order).await;
    assert!(placed.at("/orderPlace/order/id").is_string());
    assert_eq!(app.count("orders").await, 1);
}
