//! Letters about orders: from the orders' events, in text and HTML, over a real SMTP server.

use serde_json::json;

use super::{job, shop};
use crate::orders::buy;
use crate::support::db::run;
use crate::support::smtp::SmtpServer;
use crate::support::{ProductBuilder, TestApp};

const ADA: &str = "ada@example.com";

/// Writes an event of an order as its domain does, and returns its id.
async fn tell(app: &TestApp, kind: &str, payload: serde_json::Value) -> String {
    let id = uuid::Uuid::now_v7().to_string();
    let insert = format!(
        "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload)
         SELECT '{id}', 'order', id, '{kind}', '{payload}' FROM orders"
    );
    run(&mut app.database().connect().await, &insert).await;
    app.app.relay.wake();
    id
}

#[tokio::test]
async fn each_news_of_an_order_is_a_letter_with_its_contents() {
    let mut server = SmtpServer::start().await;
    let app = shop(server.url()).await;
    let mug = ProductBuilder::new("mug").name("Mug <i>& co</i>").sku("MUG-1").create(&app).await;
    buy(&app, &mug, 2).await;
    let (taken, letter) = server.letter().await;
    assert_eq!(taken["to"], json!([ADA]));
    assert_eq!(letter.subject, "Test Shop: We have your order 1001");
    for words in [
        "Thank you for your order.",
        "2 x Mug <i>& co</i> [MUG-1]: 20.00 USD",
        "Total: 20.00 USD",
        "  Ada Lovelace\n",
        "  SW1Y 4JH London\n",
        "\nhttps://front.test/orders/1001\n",
    ] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
    for words in ["Ada Lovelace", "20.00 USD", "https://front.test/orders/1001", "MUG-1"] {
        assert!(letter.html.contains(words), "{words}: {}", letter.html);
    }
    assert!(!letter.html.contains("<i>"), "{}", letter.html);

    let parcel = json!({ "carrier": "DHL", "trackingCode": "JD0146" });
    let refund = json!({ "amount": 550, "currency": "USD" });
    for (kind, payload, subject, words) in [
        ("order.paid", json!({}), "Your order 1001 is paid", "Your payment has arrived."),
        ("order.shipped", parcel, "Your order 1001 is on its way", "Tracking code (DHL): JD0146"),
        ("order.cancelled", json!({}), "Your order 1001 was cancelled", "Your order was cancelled."),
        ("order.refunded", refund, "A refund for your order 1001", "5.50 USD of your payment"),
    ] {
        let event = tell(&app, kind, payload).await;
        let (_, letter) = server.letter().await;
        assert_eq!(letter.subject, format!("Test Shop: {subject}"));
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
        assert!(letter.headers.contains(&format!("Message-ID: <{event}@shop.test>")), "{}", letter.headers);
    }
    app.at_rest().await;
    assert_eq!(app.count("jobs WHERE kind = 'order_letter' AND finished_at IS NOT NULL").await, 5);
    assert_eq!(app.count("jobs WHERE payload <> '{}'").await, 0, "nothing is kept of what was sent");
}

#[tokio::test]
async fn news_of_an_order_come_in_their_order_however_long_the_first_takes() {
    let mut server = SmtpServer::start().await;
    server.behave("later").await;
    let app = shop(server.url()).await;
    let mug = ProductBuilder::new("mug").create(&app).await;
    buy(&app, &mug, 1).await;
    job(&app, "kind = 'order_letter' AND attempts = 1 AND leased_until IS NULL").await;
    tell(&app, "order.paid", json!({})).await;
    for _ in 0..20 {
        app.app.worker.wake();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    job(&app, "kind = 'order_letter' AND attempts = 0").await;
    server.behave("take").await;
    super::hurry(&app).await;
    assert_eq!(server.letter().await.1.subject, "Test Shop: We have your order 1001");
    assert_eq!(server.letter().await.1.subject, "Test Shop: Your order 1001 is paid");
}

#[tokio::test]
async fn whoever_was_erased_is_not_written_to() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    crate::live::place(&app, Some(customer.user_id()), None).await;
    app.letter("buyer@example.com", 1).await;
    app.at_rest().await;
    let erase = format!(
        "UPDATE users SET deleted_at = now(), erased_at = now(), name = '', password_hash = NULL WHERE id = '{}'",
        customer.user_id().0
    );
    run(&mut app.database().connect().await, &erase).await;
    tell(&app, "order.paid", json!({})).await;
    job(&app, "kind = 'order_letter' AND finished_at IS NOT NULL AND subject LIKE 'paid: order_%'").await;
    assert_eq!(app.letters("buyer@example.com").len(), 1);
}

#[tokio::test]
async fn a_strangers_mailbox_is_not_filled_with_orders_of_guests() {
    let app = TestApp::start().await;
    for _ in 0..25 {
        crate::live::place(&app, None, None).await;
    }
    app.at_rest().await;
    assert_eq!(app.count("jobs WHERE kind = 'order_letter' AND finished_at IS NOT NULL").await, 25);
    assert_eq!(app.letters("buyer@example.com").len(), 20);
}
