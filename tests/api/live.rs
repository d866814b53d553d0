//! Live views: what is watched over a websocket comes completely, once and in order.

use std::time::Duration;

use cartograph::ids::{OrderId, UserId, VariantId};
use cartograph::inventory::adjust::{Adjustment, adjust};
use cartograph::orders::OrderStatus::{self, Cancelled, Delivered, Paid, Pending, Processing, Shipped};
use cartograph::orders::events::{self, Actor, Change, NewEvent};
use cartograph::secrets;
use diesel::sql_types::{Binary, Nullable, Uuid};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::ws::Socket;
use crate::support::{Client, ProductBuilder, TestApp};

const STATUS: &str = "subscription($id: ID!, $after: Int, $token: String) {
    orderStatus(orderId: $id, after: $after, token: $token) { sequence type from to order { id status } }
}";
pub(crate) const FEED: &str = "subscription($after: String, $filter: OrderEventFilter) {
    orderEvents(after: $after, filter: $filter) { cursor sequence to order { id } }
}";
pub(crate) const AVAILABILITY: &str = "subscription($ids: [ID!]!) {
    variantAvailability(variantIds: $ids) { id stock inStock price { amount } }
}";

/// An order that was just placed, by this customer or a guest with this token. It costs nothing, so that it can go anywhere.
pub(crate) async fn place(app: &TestApp, owner: Option<UserId>, token: Option<&str>) -> OrderId {
    let id = OrderId::new();
    let mut conn = app.db().await;
    diesel::sql_query(
        "INSERT INTO orders (id, user_id, token_hash, email, currency, subtotal, total, shipping_address)
         VALUES ($1, $2, $3, 'buyer@example.com', 'USD', 0, 0, '{}')",
    )
    .bind::<Uuid, _>(id)
    .bind::<Nullable<Uuid>, _>(owner)
    .bind::<Nullable<Binary>, _>(token.map(|token| secrets::sha256(token.as_bytes()).to_vec()))
    .execute(&mut conn)
    .await
    .expect("the order can be written");
    append(app, id, Change::Placed).await;
    id
}

/// Moves an order, as its verbs do.
pub(crate) async fn step(app: &TestApp, id: OrderId, from: OrderStatus, to: OrderStatus) {
    append(app, id, Change::Status { from, to }).await;
}

async fn append(app: &TestApp, order_id: OrderId, change: Change) {
    let event = NewEvent::new(order_id, change, Actor::System);
    events::append(&*app.db().await, event).await.expect("the event can be appended");
    app.app.relay.wake();
}

/// A socket of this client's.
pub(crate) async fn socket(app: &TestApp, client: &Client) -> Socket {
    Socket::connect(app.address, json!({ "Authorization": client.authorization() })).await
}

/// Watches an order, from behind an event or from what it is now.
pub(crate) async fn watch(socket: &mut Socket, id: OrderId, after: Option<i32>) -> String {
    socket.subscribe(STATUS, json!({ "id": id.to_string(), "after": after })).await
}

/// The sequence and the new status of the next event.
pub(crate) async fn next_step(socket: &mut Socket, operation: &str) -> (i64, String) {
    let event = socket.next(operation).await["orderStatus"].take();
    (event["sequence"].as_i64().expect("a sequence"), event["to"].as_str().expect("a status").to_owned())
}

/// Waits until a feed has begun, which it does at "now": cancels orders until it shows one, and then the last of them.
async fn begun(app: &TestApp, feed: &mut Socket, operation: &str) {
    for _ in 0..50 {
        let last = place(app, None, None).await;
        step(app, last, Pending, Cancelled).await;
        while let Some(message) = feed.receive_within(Duration::from_millis(200)).await {
            assert_eq!(
                (&message["type"], &message["id"]),
                (&json!("next"), &json!(operation)),
                "{message:#}"
            );
            let event = &message["payload"]["data"]["orderEvents"];
            if event["order"]["id"] == last.to_string() && event["to"] == "CANCELLED" {
                return;
            }
        }
    }
    panic!("the feed does not begin");
}

/// The code of the only error with which the next message ends its operation.
pub(crate) async fn next_error(socket: &mut Socket) -> Value {
    let message = socket.receive().await;
    assert_eq!(message["type"], "error", "{message:#}");
    let errors = &message["payload"];
    assert_eq!(errors.as_array().map(Vec::len), Some(1), "{message:#}");
    assert!(errors[0]["extensions"]["requestId"].is_string(), "{message:#}");
    errors[0]["extensions"]["code"].clone()
}

/// Fails when anything else comes in the next moment.
pub(crate) async fn nothing_more(socket: &mut Socket) {
    let more = socket.receive_within(Duration::from_millis(1500)).await;
    assert_eq!(more, None, "something came that should not");
}

#[tokio::test]
async fn the_current_status_comes_first_and_then_each_change_once_and_in_order() {
    let app = TestApp::start().await;
    let buyer = app.customer().await;
    let id = place(&app, Some(buyer.user_id()), None).await;
    step(&app, id, Pending, Paid).await;
    let mut socket = socket(&app, &buyer).await;
    let operation = watch(&mut socket, id, None).await;
    let first = socket.next(&operation).await["orderStatus"].take();
    let expected = json!({
        "sequence": 2, "type": "STATUS_CHANGED", "from": "PENDING", "to": "PAID",
        "order": { "id": id.to_string(), "status": "PAID" },
    });
    assert_eq!(first, expected);
    for (sequence, from, to) in [(3, Paid, Processing), (4, Processing, Shipped), (5, Shipped, Delivered)] {
        step(&app, id, from, to).await;
        let event = socket.next(&operation).await["orderStatus"].take();
        assert_eq!((&event["sequence"], &event["to"]), (&json!(sequence), &json!(to.as_str())));
        assert_eq!(event["order"]["status"], to.as_str(), "each event shows its order as it is then");
    }
    nothing_more(&mut socket).await;
}

#[tokio::test]
async fn what_a_watcher_may_not_read_is_null_and_the_event_comes_all_the_same() {
    let app = TestApp::start().await;
    let buyer = app.customer().await;
    let id = place(&app, Some(buyer.user_id()), None).await;
    let mut socket = socket(&app, &buyer).await;
    let document = "subscription($id: ID!) { orderStatus(orderId: $id) { note sequence } }";
    socket.subscribe(document, json!({ "id": id.to_string() })).await;
    let message = socket.receive().await;
    let event = &message["payload"]["data"]["orderStatus"];
    assert_eq!(event, &json!({ "note": null, "sequence": 1 }), "{message:#}");
    assert_eq!(message["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn a_client_that_was_cut_off_resumes_behind_what_it_has_seen() {
    let app = TestApp::start().await;
    let buyer = app.customer().await;
    let id = place(&app, Some(buyer.user_id()), None).await;
    let mut first = socket(&app, &buyer).await;
    let operation = watch(&mut first, id, None).await;
    assert_eq!(next_step(&mut first, &operation).await, (1, "PENDING".to_owned()));
    drop(first);
    step(&app, id, Pending, Paid).await;
    step(&app, id, Paid, Processing).await;
    let mut second = socket(&app, &buyer).await;
    let operation = watch(&mut second, id, Some(1)).await;
    assert_eq!(next_step(&mut second, &operation).await, (2, "PAID".to_owned()));
    assert_eq!(next_step(&mut second, &operation).await, (3, "PROCESSING".to_owned()));
    step(&app, id, Processing, Cancelled).await;
    assert_eq!(next_step(&mut second, &operation).await, (4, "CANCELLED".to_owned()));
    let history = watch(&mut second, id, Some(0)).await;
    for sequence in 1..=4 {
        assert_eq!(next_step(&mut second, &history).await.0, sequence);
    }
}

#[tokio::test]
async fn a_hundred_quick_changes_by_several_writers_arrive_completely() {
    let app = TestApp::start().await;
    let buyer = app.customer().await;
    let id = place(&app, Some(buyer.user_id()), None).await;
    let mut socket = socket(&app, &buyer).await;
    let operation = watch(&mut socket, id, Some(0)).await;
    let writer = async || {
        for _ in 0..25 {
            step(&app, id, Paid, Processing).await;
        }
    };
    let reader = async {
        let mut seen = Vec::new();
        for _ in 0..101 {
            seen.push(next_step(&mut socket, &operation).await.0);
        }
        seen
    };
    let (.., seen) = tokio::join!(writer(), writer(), writer(), writer(), reader);
    assert_eq!(seen, (1..=101).collect::<Vec<_>>());
    nothing_more(&mut socket).await;
}

#[tokio::test]
async fn the_feed_has_every_event_of_concurrent_orders_once_and_resumes_at_a_cursor() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mut first = socket(&app, &staff).await;
    let operation = first.subscribe(FEED, json!({})).await;
    begun(&app, &mut first, &operation).await;
    let shopper = async || {
        let mut ids = Vec::new();
        for _ in 0..8 {
            let id = place(&app, None, None).await;
            step(&app, id, Pending, Paid).await;
            ids.push(id.to_string());
        }
        ids
    };
    let reader = async {
        let mut seen = Vec::new();
        for _ in 0..64 {
            seen.push(first.next(&operation).await["orderEvents"].take());
        }
        seen
    };
    let (a, b, c, d, seen) = tokio::join!(shopper(), shopper(), shopper(), shopper(), reader);
    for id in a.iter().chain(&b).chain(&c).chain(&d) {
        let of_order = seen.iter().filter(|event| event["order"]["id"] == *id);
        let sequences: Vec<_> = of_order.map(|event| event["sequence"].as_i64()).collect();
        assert_eq!(sequences, [Some(1), Some(2)], "order {id}");
    }
    drop(first);
    let mut second = socket(&app, &staff).await;
    let operation = second.subscribe(FEED, json!({ "after": seen[30]["cursor"] })).await;
    for expected in &seen[31..] {
        assert_eq!(second.next(&operation).await["orderEvents"], *expected);
    }
    nothing_more(&mut second).await;
}

#[tokio::test]
async fn the_feed_is_filtered_and_for_staff_alone() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mut feed = socket(&app, &staff).await;
    let filter = json!({ "filter": { "types": ["STATUS_CHANGED"], "to": ["CANCELLED", "SHIPPED"] } });
    let operation = feed.subscribe(FEED, filter).await;
    begun(&app, &mut feed, &operation).await;
    let id = place(&app, None, None).await;
    step(&app, id, Pending, Paid).await;
    step(&app, id, Paid, Cancelled).await;
    let event = feed.next(&operation).await;
    assert_eq!(event["orderEvents"]["sequence"], 3);
    nothing_more(&mut feed).await;

    let mut customer = socket(&app, &app.customer().await).await;
    customer.subscribe(FEED, json!({})).await;
    assert_eq!(next_error(&mut customer).await, "FORBIDDEN");
    let mut guest = Socket::connect(app.address, json!({})).await;
    guest.subscribe(FEED, json!({})).await;
    assert_eq!(next_error(&mut guest).await, "UNAUTHENTICATED");
    feed.subscribe(FEED, json!({ "after": "nonsense" })).await;
    assert_eq!(next_error(&mut feed).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn an_order_is_watched_by_its_owner_its_token_and_staff_and_by_nobody_else() {
    let app = TestApp::start().await;
    let (buyer, stranger, staff) = (app.customer().await, app.customer().await, app.staff().await);
    let own = place(&app, Some(buyer.user_id()), None).await;
    let guests = place(&app, None, Some("the token")).await;
    let (buyer, stranger, staff) = (Some(&buyer), Some(&stranger), Some(&staff));
    for (client, id, token, may) in [
        (buyer, own, None, true),
        (buyer, guests, None, false),
        (stranger, own, None, false),
        (staff, own, None, true),
        (staff, guests, None, true),
        (None, own, None, false),
        (None, own, Some("the token"), false),
        (None, guests, None, false),
        (None, guests, Some("another token"), false),
        (None, guests, Some("the token"), true),
        (None, OrderId::new(), None, false),
    ] {
        let token_of = client.and_then(Client::authorization);
        let mut socket = Socket::connect(app.address, json!({ "Authorization": token_of })).await;
        let operation = socket.subscribe(STATUS, json!({ "id": id.to_string(), "token": token })).await;
        if may {
            assert_eq!(next_step(&mut socket, &operation).await.0, 1);
        } else {
            assert_eq!(next_error(&mut socket).await, "NOT_FOUND");
        }
    }
    let mut guest = Socket::connect(app.address, json!({})).await;
    guest.subscribe(STATUS, json!({ "id": guests.to_string(), "token": "the token", "after": -1 })).await;
    assert_eq!(next_error(&mut guest).await, "BAD_USER_INPUT");
}

#[tokio::test]
async fn stock_and_price_are_told_when_they_change_and_only_then() {
    let app = TestApp::start().await;
    let watched = ProductBuilder::new("lamp").stock(5).create(&app).await;
    let other = ProductBuilder::new("table").create(&app).await;
    let mut guest = Socket::connect(app.address, json!({})).await;
    let ids = json!({ "ids": [watched.variant.to_string()] });
    let operation = guest.subscribe(AVAILABILITY, ids).await;
    let mut next = async || guest.next(&operation).await["variantAvailability"].take();
    assert_eq!(next().await["stock"], 5);
    let actor = app.staff().await.user_id();
    let change = async |variant_id: VariantId, delta: i32| {
        let adjustment = Adjustment { variant_id, delta, reason: String::new(), actor };
        adjust(&*app.db().await, &adjustment).await.expect("there is enough");
        app.app.relay.wake();
    };
    change(other.variant, 3).await;
    change(watched.variant, -5).await;
    let sold_out = next().await;
    assert_eq!((&sold_out["stock"], &sold_out["inStock"]), (&json!(0), &json!(false)));
    change(watched.variant, 1).await;
    assert_eq!(next().await["stock"], 1);
    nothing_more(&mut guest).await;
}

#[tokio::test]
async fn a_shopper_hears_once_that_a_product_was_withdrawn_and_nothing_of_what_becomes_of_it() {
    let app = TestApp::start().await;
    let lamp = ProductBuilder::new("lamp").price(1000).stock(5).create(&app).await;
    let document = "subscription($ids: [ID!]!) { variantAvailability(variantIds: $ids) {
        stock inStock archived price { amount } images { url } product { slug } } }";
    let ids = json!({ "ids": [lamp.variant.to_string()] });
    let mut guest = Socket::connect(app.address, json!({})).await;
    let watching = guest.subscribe(document, ids.clone()).await;
    let next = async |guest: &mut Socket| guest.next(&watching).await["variantAvailability"].take();
    let image = json!([{ "url": "http://shop.test/old.jpg" }]);
    let mut conn = app.database().connect().await;
    let picture = |url| {
        let id = OrderId::new().0;
        format!(
            "INSERT INTO product_images (id, product_id, url, position) VALUES ('{id}', '{}', '{url}', 1)",
            lamp.id.0
        )
    };
    let first = next(&mut guest).await;
    assert_eq!((&first["stock"], &first["archived"]), (&json!(5), &json!(false)));

    let actor = app.staff().await.user_id();
    let mut publish = async |statements: &[String], delta: i32| {
        for statement in statements {
            crate::support::db::run(&mut conn, statement).await;
        }
        let adjustment = Adjustment { variant_id: lamp.variant, delta, reason: String::new(), actor };
        adjust(&*app.db().await, &adjustment).await.expect("there is enough");
        app.app.relay.wake();
    };
    let reprice =
        |price| format!("UPDATE product_variants SET price = {price} WHERE id = '{}'", lamp.variant.0);
    let status = |status| format!("UPDATE products SET status = '{status}' WHERE id = '{}'", lamp.id.0);
    publish(&[picture("/old.jpg"), reprice(7777), status("draft")], 100).await;
    let gone = json!({ "stock": 0, "inStock": false, "archived": true, "price": { "amount": "10.00" },
        "images": [], "product": null });
    assert_eq!(next(&mut guest).await, gone, "gone, at the price it had");
    publish(&[reprice(8888)], 1).await;
    nothing_more(&mut guest).await;
    publish(&[status("active")], 1).await;
    let back = json!({ "stock": 107, "inStock": true, "archived": false, "price": { "amount": "88.88" },
        "images": image, "product": { "slug": "lamp" } });
    assert_eq!(next(&mut guest).await, back, "and when it is sold again");
}

#[tokio::test]
async fn what_a_shopper_cannot_see_cannot_be_watched() {
    let app = TestApp::start().await;
    let draft = ProductBuilder::new("secret").draft().create(&app).await;
    let mut guest = Socket::connect(app.address, json!({})).await;
    for (ids, code) in [
        (json!([draft.variant.to_string()]), "NOT_FOUND"),
        (json!([VariantId::new().to_string()]), "NOT_FOUND"),
        (json!([]), "BAD_USER_INPUT"),
        (json!([draft.id.to_string()]), "BAD_USER_INPUT"),
        (Value::from(vec![draft.variant.to_string(); 101]), "BAD_USER_INPUT"),
    ] {
        guest.subscribe(AVAILABILITY, json!({ "ids": ids })).await;
        assert_eq!(next_error(&mut guest).await, code);
    }
}

#[tokio::test]
async fn a_mutation_over_one_socket_is_seen_on_another() {
    let app = TestApp::start().await;
    let (buyer, staff) = (app.customer().await, app.staff().await);
    let id = place(&app, Some(buyer.user_id()), None).await;
    let mut watching = socket(&app, &buyer).await;
    let operation = watch(&mut watching, id, None).await;
    assert_eq!(next_step(&mut watching, &operation).await.0, 1);
    let mut working = socket(&app, &staff).await;
    let document = "mutation($id: ID!) {
        orderStatusUpdate(input: { orderId: $id, status: PAID }) { order { status } userErrors { message } }
    }";
    let mutation = working.subscribe(document, json!({ "id": id.to_string() })).await;
    let payload = working.next(&mutation).await["orderStatusUpdate"].take();
    assert_eq!(payload, json!({ "order": { "status": "PAID" }, "userErrors": [] }));
    assert_eq!(next_step(&mut watching, &operation).await, (2, "PAID".to_owned()));
}
