//! Webhooks that would lead into the network that the server stands in.

use serde_json::json;

use super::{CREATE, create, deliveries, endpoint_when};
use crate::live::place;
use crate::support::TestApp;
use crate::support::db::run;
use crate::support::receiver::{Manner, Receiver};

#[tokio::test]
async fn nothing_is_sent_into_a_private_network() {
    let receiver = Receiver::start().await;
    let app = TestApp::start_with(|config| config.webhooks.allow_private = false).await;
    let admin = app.admin().await;
    let made = create(&admin, "http://example.com/hooks", &["ORDER_PLACED"]).await;
    let mut conn = app.database().connect().await;
    let port = receiver.port();
    // Addresses that were entered before the setting changed, and a name that leads to this machine.
    for (number, host) in ["localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "2130706433"].iter().enumerate() {
        run(&mut conn, &format!("UPDATE webhook_endpoints SET url = 'http://{host}:{port}/', failures = 0, failing_since = NULL, paused_until = NULL")).await;
        place(&app, None, None).await;
        let shown = endpoint_when(&admin, &made.id, |shown| {
            deliveries(shown).len() == number + 1 && !deliveries(shown)[0]["attempts"][0].is_null()
        })
        .await;
        let attempt = &deliveries(&shown)[0]["attempts"][0];
        assert_eq!(attempt["error"], "the address is not one of the open internet", "{host}");
    }
    assert_eq!(receiver.heard().len(), 0);
}

#[tokio::test]
async fn nobody_sends_the_courier_on() {
    let (app, receiver, elsewhere) =
        (TestApp::start().await, Receiver::start().await, Receiver::start().await);
    let admin = app.admin().await;
    let made = create(&admin, &receiver.url(), &["ORDER_PLACED"]).await;
    receiver.answers(Manner::SendOn(elsewhere.url()));
    place(&app, None, None).await;
    let shown = endpoint_when(&admin, &made.id, |shown| {
        deliveries(shown).first().is_some_and(|delivery| !delivery["attempts"][0].is_null())
    })
    .await;
    assert_eq!(deliveries(&shown)[0]["attempts"][0]["status"], 302);
    assert_eq!(deliveries(&shown)[0]["deliveredAt"], json!(null));
    assert_eq!(elsewhere.heard().len(), 0);
}

#[tokio::test]
async fn addresses_of_private_networks_are_refused_as_they_are_entered() {
    let strict = |config: &mut cartograph::config::Config| {
        config.webhooks.allow_private = false;
        config.webhooks.allow_http = false;
    };
    let app = TestApp::start_with(strict).await;
    let admin = app.admin().await;
    for (url, code) in [
        ("https://169.254.169.254/latest/meta-data", "URL_PRIVATE"),
        ("https://localhost/", "URL_PRIVATE"),
        ("http://example.com/", "URL_INSECURE"),
        ("https://ada:secret@example.com/", "URL_INVALID"),
        ("example.com", "URL_INVALID"),
    ] {
        let input = json!({ "url": url, "eventTypes": ["ORDER_PAID"] });
        let refused = admin.query_with(CREATE, json!({ "input": input })).await;
        assert_eq!(refused.user_error_codes("webhookEndpointCreate"), [code], "{url}");
        assert_eq!(refused.at("/webhookEndpointCreate/secret"), &json!(null));
    }
    assert_eq!(app.count("webhook_endpoints").await, 0);
}
