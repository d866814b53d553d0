//! A provider that takes its time.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::Shop;
use crate::support::ProductBuilder;
use crate::support::faults::Fault;
use crate::support::stripe::GOOD_CARD;

/// How long each answer of the provider's takes.
const EACH: Duration = Duration::from_secs(1);
/// How many payments wait to be asked after: side by side that takes five seconds or so.
const WAITING: usize = 40;
/// How long it may take here, which one after the other it would not.
const PATIENCE: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread")]
async fn payments_are_asked_after_side_by_side_and_unpaid_orders_lapse_meanwhile() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(100).create(&shop.app).await;
    let unpaid = shop.buy(&mug, 1).await;
    shop.app.app.clock.advance(TimeDelta::minutes(50));
    let paid = join_all((0..WAITING).map(|_| async {
        let order = shop.buy(&mug, 1).await;
        let secret = shop.secret(&order).await;
        shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
        order
    }))
    .await;
    let begun = shop.proxy.calls("/v1/payment_intents").len();
    shop.proxy.always("/v1/payment_intents", Fault::Late(EACH));
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    shop.until_called("/v1/payment_intents", begun + 1).await;
    let start = Instant::now();
    shop.app.app.clock.advance(TimeDelta::minutes(8));
    shop.until_status(&unpaid, "CANCELLED").await;
    assert!(shop.app.count("payments WHERE status = 'PENDING'").await > 0, "it had to wait for the provider");
    join_all(paid.iter().map(|order| shop.until_status(order, "PAID"))).await;
    assert!(start.elapsed() < PATIENCE, "one after the other: {:?}", start.elapsed());
}
