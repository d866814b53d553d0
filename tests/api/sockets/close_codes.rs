//! What a client is told that breaks the protocol.

use std::time::Duration;

use serde_json::{Value, json};

use crate::live::{AVAILABILITY, FEED};
use crate::support::ws::Socket;
use crate::support::{ProductBuilder, TestApp};

fn init() -> Value {
    json!({ "type": "connection_init" })
}

fn subscribe() -> Value {
    json!({ "type": "subscribe", "id": "1", "payload": { "query": FEED } })
}

#[track_caller]
fn assert_code(closed: Option<u16>, code: u16, messages: &[Value]) {
    assert_eq!(closed, Some(code), "{messages:?}");
}

async fn close_code(app: &TestApp, messages: &[Value]) -> Option<u16> {
    let mut socket = Socket::open(app.address, "/graphql/ws").await;
    for message in messages {
        socket.send(message.clone()).await;
    }
    socket.close_code().await
}

#[tokio::test]
async fn a_message_that_is_none_is_4400() {
    let app = TestApp::start().await;
    for message in [
        json!("what?"),
        json!({}),
        json!({ "type": 5 }),
        json!({ "type": "start", "id": "1", "payload": { "query": FEED } }),
        json!({ "type": "connection_ack" }),
        json!({ "type": "next", "id": "1", "payload": {} }),
        json!({ "type": "ping", "payload": "now" }),
        json!({ "type": "pong", "payload": [] }),
        json!({ "type": "complete" }),
        json!({ "type": "subscribe", "payload": { "query": FEED } }),
        json!({ "type": "subscribe", "id": "", "payload": { "query": FEED } }),
        json!({ "type": "subscribe", "id": 1, "payload": { "query": FEED } }),
        json!({ "type": "subscribe", "id": "1" }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": null } }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": FEED, "variables": [] } }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": FEED, "extensions": 1 } }),
    ] {
        let messages = [init(), message];
        assert_code(close_code(&app, &messages).await, 4400, &messages);
    }
    for payload in [json!("token"), json!([]), json!(1), json!(false)] {
        let messages = [json!({ "type": "connection_init", "payload": payload })];
        assert_code(close_code(&app, &messages).await, 4400, &messages);
    }
    for text in ["", "{", "null", "\u{feff}{}", "{} {}"] {
        let mut socket = Socket::connect(app.address, json!({})).await;
        socket.send_text(text.to_owned()).await;
        assert_eq!(socket.close_code().await, Some(4400), "{text:?}");
    }
}

#[tokio::test]
async fn an_operation_before_the_greeting_is_4401() {
    let app = TestApp::start().await;
    let messages = [subscribe()];
    assert_code(close_code(&app, &messages).await, 4401, &messages);
    let messages = [json!({ "type": "ping" }), json!({ "type": "complete", "id": "1" }), subscribe()];
    assert_code(close_code(&app, &messages).await, 4401, &messages);
}

#[tokio::test]
async fn a_token_that_is_no_good_is_4403() {
    let app = TestApp::start().await;
    for payload in [json!({ "Authorization": "Bearer forged" }), json!({ "token": 5 })] {
        let messages = [json!({ "type": "connection_init", "payload": payload })];
        assert_code(close_code(&app, &messages).await, 4403, &messages);
    }
}

#[tokio::test]
async fn no_greeting_in_time_is_4408() {
    let app = TestApp::start_with(|config| config.websockets.init_timeout = Duration::from_millis(300)).await;
    assert_eq!(close_code(&app, &[]).await, Some(4408));
    // Whatever else a client says.
    let messages = [json!({ "type": "ping" })];
    assert_code(close_code(&app, &messages).await, 4408, &messages);
    let mut greeted = Socket::connect(app.address, json!({})).await;
    assert_eq!(greeted.receive_within(Duration::from_millis(600)).await, None);
}

#[tokio::test]
async fn an_id_that_is_taken_is_4409_and_one_that_is_free_again_is_not() {
    let app = TestApp::start().await;
    let lamp = ProductBuilder::new("lamp").create(&app).await.variant.to_string();
    let watch = |id: &str| {
        let payload = json!({ "query": AVAILABILITY, "variables": { "ids": [lamp] } });
        json!({ "type": "subscribe", "id": id, "payload": payload })
    };
    let messages = [init(), watch("1"), watch("1")];
    assert_code(close_code(&app, &messages).await, 4409, &messages);
    let query = json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ shop { name } }" } });
    let messages = [init(), watch("1"), query.clone()];
    assert_code(close_code(&app, &messages).await, 4409, &messages);

    let mut socket = Socket::connect(app.address, json!({})).await;
    for _ in 0..3 {
        socket.send(watch("again")).await;
        socket.next("again").await;
        socket.complete("again").await;
    }
    // One that the server has ended.
    for _ in 0..2 {
        socket.send(query.clone()).await;
        socket.next("1").await;
        assert_eq!(socket.receive().await, json!({ "type": "complete", "id": "1" }));
    }
}

#[tokio::test]
async fn a_second_greeting_is_4429() {
    let app = TestApp::start().await;
    let messages = [init(), init()];
    assert_code(close_code(&app, &messages).await, 4429, &messages);
}
