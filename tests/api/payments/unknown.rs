//! Payments that Stripe does not know: those of another account, say, whose key the shop had before.

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use super::Shop;
use crate::support::ProductBuilder;
use crate::support::db::run;
use crate::support::stripe::GOOD_CARD;

/// A name that nothing has at Stripe.
const GONE: &str = "pi_gone";

/// Has the shop know its payments by this name, and ask after them at once where it asks.
async fn call_them(shop: &Shop, name: &str) {
    let mut conn = shop.app.database().connect().await;
    run(&mut conn, &format!("UPDATE payments SET provider_ref = '{name}', check_at = now()")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_will_come_of_what_stripe_does_not_know_but_money_is_the_last_word() {
    let shop = Shop::with_webhooks().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    let secret = shop.secret(&order).await;
    call_them(&shop, GONE).await;
    let seen = shop.until(&order, |seen| seen["payments"][0]["status"] == "CANCELLED").await;
    assert_eq!(seen["status"], "PENDING");
    assert_eq!(shop.app.count("payments WHERE check_at IS NOT NULL").await, 0, "it is asked after no more");
    // The account is back, and with it what can be paid there.
    let intent = shop.stripe.journal().await.intents[0].id.clone();
    let mut conn = shop.app.database().connect().await;
    run(&mut conn, &format!("UPDATE payments SET provider_ref = '{intent}'")).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!((&seen["paid"]["amount"], &seen["refunds"]), (&json!("12.50"), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_payment_takes_the_place_of_one_that_stripe_does_not_know() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    let unknown = shop.begin(&order).await;
    let mut conn = shop.app.database().connect().await;
    run(&mut conn, &format!("UPDATE payments SET provider_ref = '{GONE}'")).await;
    let begun = join_all((0..3).map(|_| shop.begin(&order))).await;
    for other in &begun {
        assert_eq!(other["userErrors"], json!([]));
        assert_ne!(other["payment"]["id"], unknown["payment"]["id"]);
        assert_eq!(other["clientSecret"], begun[0]["clientSecret"]);
    }
    let seen = shop.look(&order).await;
    let statuses: Vec<_> =
        seen["payments"].as_array().expect("a list").iter().map(|payment| &payment["status"]).collect();
    assert_eq!(statuses, ["CANCELLED", "PENDING"]);
    let secret = begun[0]["clientSecret"].as_str().expect("a secret");
    shop.stripe.pay(secret, GOOD_CARD).await.expect("a good card");
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    let seen = shop.until_status(&order, "PAID").await;
    assert_eq!(seen["paid"]["amount"], "12.50");
    // What is unknown again and again is no reason to begin again and again.
    let other = shop.buy(&mug, 1).await;
    shop.begin(&other).await;
    let conn = &mut shop.app.database().connect().await;
    run(conn, "UPDATE payments SET provider_ref = 'pi_gone_as_well' WHERE status = 'PENDING'").await;
    let renamed = "CREATE FUNCTION rename() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN NEW.provider_ref := 'pi_gone_' || NEW.id; RETURN NEW; END $$;
         CREATE TRIGGER rename BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION rename()";
    run(conn, renamed).await;
    let refused = shop.begin(&other).await;
    assert_eq!(refused["userErrors"][0]["code"], "PROVIDER_NOT_AVAILABLE", "{refused:#}");
    assert_eq!(shop.look(&other).await["payments"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_stays_whatever_stripe_says_later() {
    let shop = Shop::open().await;
    let mug = ProductBuilder::new("mug").price(1250).stock(5).create(&shop.app).await;
    let order = shop.buy(&mug, 1).await;
    let secret = shop.secret(&order).await;
    shop.stripe.pay(&secret, GOOD_CARD).await.expect("a good card");
    shop.app.app.clock.advance(TimeDelta::minutes(3));
    shop.until_status(&order, "PAID").await;
    // With the second question, what was made of the first answer is settled.
    for asked in 1..=2 {
        call_them(&shop, GONE).await;
        shop.until_called(GONE, asked).await;
    }
    let seen = shop.look(&order).await;
    assert_eq!((&seen["status"], &seen["payments"][0]["status"]), (&json!("PAID"), &json!("CAPTURED")));
    assert_eq!((&seen["paid"]["amount"], &seen["refunds"]), (&json!("12.50"), &json!([])));
}
