//! Sending an event once more.

use serde_json::json;

use super::{REPLAY, UPDATE, create, deliveries, endpoint, hurry, settled};
use crate::live::place;
use crate::support::TestApp;
use crate::support::receiver::{Manner, Receiver};

#[tokio::test]
async fn a_replay_is_a_new_delivery_of_the_same_event() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    place(&app, None, None).await;
    receiver.hears(1).await;
    settled(&app).await;
    let shown = endpoint(&admin, &made.id).await;
    let first = shown.text("/node/deliveries/nodes/0/id").to_owned();
    let replayed = admin.query_with(REPLAY, json!({ "id": first })).await;
    let replay = replayed.at("/webhookDeliveryReplay/webhookDelivery");
    assert_eq!((&replay["replay"], &replay["attempts"]), (&json!(true), &json!([])));
    let heard = receiver.hears(2).await;
    assert_eq!(heard[0].body, heard[1].body);
    assert_eq!(heard[0].header("webhook-id"), heard[1].header("webhook-id"));
    assert_eq!(heard[1].signatures_of(&made.secret), 1);
    settled(&app).await;
    let shown = endpoint(&admin, &made.id).await;
    assert_eq!(deliveries(shown.at("/node")).len(), 2);
    assert!(deliveries(shown.at("/node")).iter().all(|delivery| !delivery["deliveredAt"].is_null()));
}

#[tokio::test]
async fn what_is_still_tried_or_goes_nowhere_is_not_replayed() {
    let (app, receiver) = (TestApp::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    receiver.answers(Manner::Status(500));
    place(&app, None, None).await;
    receiver.hears(1).await;
    let shown = endpoint(&admin, &made.id).await;
    let id = shown.text("/node/deliveries/nodes/0/id").to_owned();
    let replay = async || {
        let replayed = admin.query_with(REPLAY, json!({ "id": id })).await;
        replayed.user_error_codes("webhookDeliveryReplay")
    };
    assert_eq!(replay().await, ["STILL_TRIED"]);
    hurry(&app).await;
    receiver.hears(2).await;
    settled(&app).await;
    let set = async |enabled: bool| {
        admin.query_with(UPDATE, json!({ "input": { "id": made.id, "enabled": enabled } })).await.data();
    };
    set(false).await;
    assert_eq!(replay().await, ["ENDPOINT_DISABLED"]);
    set(true).await;
    assert_eq!(replay().await, [""; 0]);
    receiver.hears(3).await;
}
