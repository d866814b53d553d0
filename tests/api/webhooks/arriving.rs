//! Events that arrive: signed, as documented, and in order.

use std::collections::BTreeMap;

use cartograph::orders::OrderStatus::{Cancelled, Delivered, Paid, Pending, Processing, Shipped};
use serde_json::json;

use super::{ROTATE, TEST, create, deliveries, endpoint, endpoint_when, settled};
use crate::live::{place, step};
use crate::orders::buy;
use crate::support::db::run;
use crate::support::receiver::{Manner, Receiver};
use crate::support::{ProductBuilder, TestApp};

#[tokio::test]
async fn an_event_arrives_once_signed_and_is_in_the_log() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    let other = create(&admin, &receiver.url(), &["ORDER_PAID"]).await;
    let order = place(&app, None, None).await;
    step(&app, order, Pending, Cancelled).await;
    let [heard] = &receiver.hears(1).await[..] else { panic!("one event") };
    assert_eq!(heard.signatures_of(&made.secret), 1);
    assert_eq!(heard.signatures_of(&other.secret), 0, "each endpoint has a secret of its own");
    assert_eq!(heard.header("content-type"), "application/json");
    assert!(heard.header("user-agent").starts_with("Cartograph/"));
    let event = heard.json();
    assert_eq!(event["id"], heard.header("webhook-id"));
    assert!(heard.header("webhook-id").starts_with("event_"));
    assert_eq!((&event["type"], &event["version"]), (&json!("order.placed"), &json!(1)));
    let data = &event["data"];
    assert_eq!((&data["orderId"], &data["sequence"]), (&json!(order.to_string()), &json!(1)));
    assert_eq!(data["status"], "PENDING");

    let shown = endpoint_when(&admin, &made.id, |shown| !deliveries(shown)[0]["deliveredAt"].is_null()).await;
    settled(&app).await;
    let delivery = &deliveries(&shown)[0];
    assert_eq!((&delivery["type"], &delivery["payload"]), (&json!("order.placed"), &json!(heard.body)));
    assert_eq!((&delivery["eventId"], &delivery["endpoint"]["id"]), (&event["id"], &json!(made.id)));
    assert_eq!(delivery["attempts"][0]["status"], 204);
    assert_eq!(delivery["attempts"][0]["error"], json!(null));
    let shown = endpoint(&admin, &made.id).await;
    assert_eq!(shown.at("/node/deliveries/nodes/0/nextAttemptAt"), &json!(null));
    assert_eq!(shown.int("/node/deliveries/totalCount"), 1);
    assert_eq!(receiver.heard().len(), 1, "nobody wants to hear of the step");
    let secret = made.secret.trim_start_matches("whsec_");
    let kept = format!("webhook_endpoints AS e WHERE e::text LIKE '%{secret}%'");
    assert_eq!(app.count(&kept).await, 0, "the database cannot be read for secrets");
}

#[tokio::test]
async fn for_a_day_after_a_rotation_both_secrets_are_good() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    let rotated = admin.query_with(ROTATE, json!({ "id": made.id })).await;
    let new = rotated.text("/webhookEndpointSecretRotate/secret");
    assert_ne!(new, made.secret);
    place(&app, None, None).await;
    let heard = &receiver.hears(1).await[0];
    assert_eq!((heard.signatures_of(new), heard.signatures_of(&made.secret)), (1, 1));
    let over = "UPDATE webhook_endpoints SET previous_secret_until = now() - interval '1 second'";
    run(&mut app.database().connect().await, over).await;
    place(&app, None, None).await;
    let heard = &receiver.hears(2).await[1];
    assert_eq!((heard.signatures_of(new), heard.signatures_of(&made.secret)), (1, 0));
}

/// Whatever fails on the way and whichever server brings it, an order's events are taken one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_events_of_an_order_arrive_in_order_whatever_fails() {
    let (here, receiver) = (TestApp::start().await, Receiver::start().await);
    let there = TestApp::start_beside(&here, |_| {}).await;
    let admin = here.admin().await;
    let types = ["ORDER_PLACED", "ORDER_STATUS_CHANGED"];
    create(&admin, &receiver.url(), &types).await;
    // Every third attempt or so fails, in a way of its own.
    for number in 0..60_u16 {
        receiver.answers(Manner::Status(match number % 5 {
            0 => 500,
            3 => 429,
            _ => 200,
        }));
    }
    let mut orders = Vec::new();
    for _ in 0..8 {
        orders.push(place(&here, None, None).await);
    }
    let life = [Pending, Paid, Processing, Shipped, Delivered];
    for (number, pair) in life.windows(2).enumerate() {
        for order in &orders {
            step(if number % 2 == 0 { &there } else { &here }, *order, pair[0], pair[1]).await;
        }
    }
    settled(&here).await;
    let mut sequences: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    let mut failed = 0;
    for heard in receiver.heard() {
        let data = heard.json()["data"].take();
        let (order, sequence) = (data["orderId"].as_str().expect("an id"), data["sequence"].as_i64());
        let taken = sequences.entry(order.to_owned()).or_default();
        let next = taken.last().map_or(1, |last| last + 1);
        assert_eq!(sequence, Some(next), "{order}: what comes next is tried, and nothing else");
        if heard.answered < 300 {
            taken.push(next);
        } else {
            failed += 1;
        }
    }
    assert!(failed > 5, "only {failed} attempts failed");
    assert_eq!(sequences.len(), orders.len());
    assert!(sequences.values().all(|taken| *taken == [1, 2, 3, 4, 5]), "{sequences:?}");
}

#[tokio::test]
async fn what_is_told_of_stock_later_is_never_the_older_news() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    settled(&app).await;
    create(&app.admin().await, &receiver.url(), &["INVENTORY_CHANGED"]).await;
    // A price changes, in a transaction that takes its time: its event is written before a sale, and committed after it.
    let mut slow = app.database().connect().await;
    run(&mut slow, "BEGIN").await;
    let written = format!(
        "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload) SELECT uuid_v7(), 'variant', variant_id,
             'inventory.changed', jsonb_build_object('onHand', on_hand, 'reserved', reserved, 'available', on_hand - reserved)
         FROM inventory WHERE variant_id = '{}'",
        mug.variant.0
    );
    run(&mut slow, &written).await;
    buy(&app, &mug, 3).await;
    let [sale] = &receiver.hears(1).await[..] else { panic!("one event") };
    assert_eq!(sale.json()["data"]["available"], 7);
    run(&mut slow, "COMMIT").await;
    let told = receiver.hears(2).await[1].json()["data"].take();
    assert_eq!((&told["onHand"], &told["reserved"], &told["available"]), (&json!(10), &json!(3), &json!(7)));
}

#[tokio::test]
async fn an_endpoint_can_be_tried_also_while_it_is_disabled() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    let off = json!({ "input": { "id": made.id, "enabled": false } });
    admin.query_with(super::UPDATE, off).await.data();
    place(&app, None, None).await;
    settled(&app).await;
    let tried = admin.query_with(TEST, json!({ "id": made.id })).await;
    assert_eq!(tried.text("/webhookEndpointTest/webhookDelivery/type"), "webhook.ping");
    let [heard] = &receiver.hears(1).await[..] else { panic!("one event") };
    assert_eq!(heard.signatures_of(&made.secret), 1);
    let event = heard.json();
    assert_eq!(
        (&event["type"], &event["data"]["webhookEndpointId"]),
        (&json!("webhook.ping"), &json!(made.id))
    );
}
