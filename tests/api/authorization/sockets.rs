//! The same over a socket: who may not watch something is told so, and the socket stays open.

use serde_json::json;

use super::rules::fields;
use super::world::World;
use crate::live::socket;
use crate::schema::sdl::auth;
use crate::support::ws::Socket;

#[tokio::test]
async fn whoever_may_not_watch_something_is_told_so() {
    let world = World::make().await;
    let sdl = world.sdl();
    let customer = world.app.customer().await;
    let mut guarded = 0;
    for (owner, field, rule) in fields(&sdl) {
        if owner != "Subscription" || rule.is_none() {
            continue;
        }
        assert!(auth(&field.directives).is_some(), "a subscription belongs to nobody");
        let document = format!("subscription {{ {} }}", sdl.selection(field));
        let guest = Socket::connect(world.app.address, json!({})).await;
        let customers = socket(&world.app, &customer).await;
        for (mut socket, code) in [(guest, "UNAUTHENTICATED"), (customers, "FORBIDDEN")] {
            for _ in 0..2 {
                let id = socket.subscribe(&document, json!({})).await;
                let refused = socket.receive().await;
                assert_eq!((&refused["id"], &refused["payload"]["data"]), (&json!(id), &json!(null)));
                let errors = if refused["type"] == "error" {
                    &refused["payload"]
                } else {
                    &refused["payload"]["errors"]
                };
                assert_eq!(errors[0]["extensions"]["code"], code, "{refused:#}");
                if refused["type"] == "next" {
                    assert_eq!(socket.receive().await["type"], "complete");
                }
            }
        }
        guarded += 1;
    }
    assert!(guarded > 0);
}
