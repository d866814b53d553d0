//! Somebody of the staff who watches all orders live, and whose socket breaks whenever a server is killed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::shop::Shop;
use crate::support::ws::Socket;

const FEED: &str =
    "subscription($after: String) { orderEvents(after: $after) { cursor sequence order { id } } }";

/// Watches until nothing new has come for a while after the storm, or the time is over.
pub(crate) async fn watch(shop: Arc<Shop>) {
    let mut chances = shop.plan.chances_of(3000);
    // From the beginning: the demo's own orders are known already, and passed over by the auditor.
    let mut after: Option<String> = None;
    while Instant::now() < shop.plan.patience() {
        let address = shop.servers.any(&mut chances).await;
        let payload = json!({ "authorization": shop.admin });
        let Some(mut socket) = Socket::try_connect(address, payload).await else {
            tokio::time::sleep(Duration::from_millis(200)).await;
            continue;
        };
        let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": FEED, "variables": { "after": after } } });
        if socket.try_send(subscribe).await.is_none() {
            continue;
        }
        // Until the socket breaks, or the operation ends.
        while let Some(message) = socket.try_receive(Duration::from_secs(1)).await {
            let Some(message) = message else { continue };
            let event = &message["payload"]["data"]["orderEvents"];
            let (Some(cursor), Some(sequence)) = (event["cursor"].as_str(), event["sequence"].as_i64())
            else {
                break;
            };
            after = Some(cursor.to_owned());
            let order = event["order"]["id"].as_str().unwrap_or_default().to_owned();
            shop.ledger.told.lock().expect("nobody panics with it").push((order, sequence));
        }
    }
}
