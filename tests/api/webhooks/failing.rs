//! Endpoints that are away, want no more, or never answer.

use cartograph::orders::OrderStatus::{Paid, Pending};
use serde_json::json;

use super::{UPDATE, create, deliveries, endpoint, endpoint_when, hurry, settled};
use crate::live::{place, step};
use crate::support::TestApp;
use crate::support::db::run;
use crate::support::receiver::{Manner, Receiver};

#[tokio::test]
async fn an_event_waits_for_an_endpoint_that_is_away() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    let away = receiver.stop().await;
    place(&app, None, None).await;
    // The endpoint and its deliveries are two statements: the attempt may come between them.
    let failed = |shown: &serde_json::Value| {
        let attempted = |delivery: &serde_json::Value| !delivery["attempts"][0].is_null();
        deliveries(shown).first().is_some_and(attempted) && !shown["failingSince"].is_null()
    };
    let shown = endpoint_when(&admin, &made.id, failed).await;
    let delivery = &deliveries(&shown)[0];
    assert_eq!(delivery["attempts"][0]["status"], json!(null));
    let error = delivery["attempts"][0]["error"].as_str().expect("a reason");
    assert!(error.starts_with("no connection: ") && !error.contains("hooks"), "{error}");
    assert!(!delivery["nextAttemptAt"].is_null(), "{shown:#}");
    let receiver = away.restart().await;
    hurry(&app).await;
    receiver.hears(1).await;
    let shown = endpoint_when(&admin, &made.id, |shown| shown["failingSince"].is_null()).await;
    assert!(!deliveries(&shown)[0]["deliveredAt"].is_null());
}

/// While an endpoint is away only one delivery at a time asks for it. The others wait, and lose no attempts by it.
#[tokio::test]
async fn while_an_endpoint_is_away_deliveries_wait_and_use_up_no_attempts() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    let mut conn = app.database().connect().await;
    let away = "UPDATE webhook_endpoints SET failures = 5, failing_since = now(), paused_until = now() + interval '1 hour'";
    run(&mut conn, away).await;
    for _ in 0..5 {
        place(&app, None, None).await;
    }
    let put_off = "jobs WHERE kind = 'webhook_delivery' AND attempts > 0 AND max_attempts = 110 + attempts AND leased_until IS NULL AND run_at > now() + interval '50 minutes'";
    for _ in 0..600 {
        if app.count(put_off).await == 5 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!((app.count(put_off).await, receiver.heard().len()), (5, 0));
    receiver.answers(Manner::Hang);
    hurry(&app).await;
    receiver.hears(1).await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    assert_eq!(receiver.heard().len(), 1, "one of them asks, the others wait for what it is told");
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_sent_nothing_any_more() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    receiver.answers(Manner::Status(410));
    place(&app, None, None).await;
    let shown = endpoint_when(&admin, &made.id, |shown| shown["enabled"] == json!(false)).await;
    assert_eq!(shown["disabledReason"], "GONE");
    assert!(!shown["disabledAt"].is_null());
    place(&app, None, None).await;
    settled(&app).await;
    assert_eq!(receiver.heard().len(), 1);
    let shown = endpoint(&admin, &made.id).await;
    assert_eq!(shown.int("/node/deliveries/totalCount"), 1, "nothing is written for it either");
    assert_eq!(shown.at("/node/deliveries/nodes/0/nextAttemptAt"), &json!(null));
}

#[tokio::test]
async fn an_endpoint_that_fails_for_days_is_disabled_and_begins_anew_when_it_is_enabled() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    receiver.always_answers(Some(Manner::Status(503)));
    let mut conn = app.database().connect().await;
    let often = "UPDATE webhook_endpoints SET failures = 30, failing_since = now() - interval '2 days', paused_until = now()";
    run(&mut conn, often).await;
    place(&app, None, None).await;
    receiver.hears(1).await;
    let shown = endpoint_when(&admin, &made.id, |shown| {
        deliveries(shown).first().is_some_and(|delivery| !delivery["attempts"][0].is_null())
    })
    .await;
    assert_eq!(shown["enabled"], json!(true), "two days are not enough");
    run(&mut conn, "UPDATE webhook_endpoints SET failing_since = now() - interval '73 hours'").await;
    hurry(&app).await;
    let shown = endpoint_when(&admin, &made.id, |shown| shown["enabled"] == json!(false)).await;
    assert_eq!(shown["disabledReason"], "FAILING");
    settled(&app).await;
    assert_eq!(app.count("jobs WHERE died_at IS NOT NULL").await, 0);

    receiver.always_answers(None);
    let on = json!({ "input": { "id": made.id, "enabled": true } });
    let enabled = admin.query_with(UPDATE, on).await;
    let enabled = enabled.at("/webhookEndpointUpdate/webhookEndpoint");
    assert_eq!((&enabled["disabledReason"], &enabled["failingSince"]), (&json!(null), &json!(null)));
    let heard = receiver.heard().len();
    place(&app, None, None).await;
    receiver.hears(heard + 1).await;
}

/// Waits until the first attempt is over.
async fn waits(app: &TestApp) {
    let waiting = "jobs WHERE kind = 'webhook_delivery' AND attempts = 1 AND leased_until IS NULL";
    for _ in 0..600 {
        if app.count(waiting).await == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the attempt is not over");
}

#[tokio::test]
async fn an_event_that_cannot_be_taken_is_given_up_and_those_behind_it_go_on() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    create(&admin, &receiver.url(), &["ORDER_PLACED", "ORDER_STATUS_CHANGED"]).await;
    receiver.answers(Manner::Status(422));
    let mut conn = app.database().connect().await;
    let order = place(&app, None, None).await;
    receiver.hears(1).await;
    waits(&app).await;
    let last = "UPDATE jobs SET attempts = max_attempts - 1 WHERE kind = 'webhook_delivery'";
    run(&mut conn, last).await;
    receiver.answers(Manner::Status(422));
    step(&app, order, Pending, Paid).await;
    settled(&app).await;
    let heard = receiver.heard();
    let sequences: Vec<i64> =
        heard.iter().map(|heard| heard.json()["data"]["sequence"].as_i64().expect("a number")).collect();
    assert_eq!(sequences, [1, 1, 2]);
    let dead = admin.query("{ deadJobs { nodes { kind subject lastError attempts } } }").await;
    assert_eq!(dead.text("/deadJobs/nodes/0/kind"), "webhook_delivery");
    assert_eq!(dead.text("/deadJobs/nodes/0/lastError"), "the endpoint answered 422");
    assert!(dead.text("/deadJobs/nodes/0/subject").starts_with("order.placed as webhook_delivery_"));
}
