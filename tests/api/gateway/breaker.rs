//! A Stripe that is away is left alone for a while, and missed for no longer than it is away.

use std::time::{Duration, Instant};

use cartograph::config::{CaptureMode, Payments};
use cartograph::gateway::{Gateway, GatewayError};
use chrono::TimeDelta;

use super::{Shop, new_intent, unavailable};
use crate::support::faults::Fault;

#[tokio::test]
async fn who_asks_a_stripe_that_is_away_is_told_so_at_once() {
    let shop = Shop::open().await;
    shop.proxy.always("/v1", Fault::DropsBefore);
    let new = new_intent(1250);
    while !shop.gateway.breaker().is_open() {
        assert_eq!(unavailable(&shop.gateway.create(&new).await), Some(true));
    }
    let asked = shop.proxy.calls("/v1").len();
    assert_eq!(asked, 5, "failures in a row");
    let began = Instant::now();
    let answer = shop.gateway.create(&new).await;
    assert!(began.elapsed() < Duration::from_millis(100));
    let Err(GatewayError::Unavailable { after_effect_possible, retry_after, .. }) = answer else { panic!() };
    assert!(!after_effect_possible, "it was not sent");
    assert!(retry_after.is_some_and(|wait| wait > Duration::from_secs(1)));
    assert_eq!(shop.proxy.calls("/v1").len(), asked);

    // Somebody is sent to see; still away, it is left alone for longer.
    let first = shop.gateway.breaker().opens_again_at().expect("a moment");
    shop.clock.advance(TimeDelta::seconds(8));
    assert!(unavailable(&shop.gateway.create(&new).await).is_some());
    assert_eq!(shop.proxy.calls("/v1").len(), asked + 1);
    assert!(shop.gateway.breaker().opens_again_at().expect("a moment") > first);

    // It is back.
    shop.proxy.heal();
    shop.clock.advance(TimeDelta::minutes(2));
    shop.gateway.create(&new).await.unwrap();
    assert!(!shop.gateway.breaker().is_open());
    assert_eq!(shop.stripe.journal().await.intents.len(), 1);
}

#[tokio::test]
async fn answers_that_nobody_likes_are_answers() {
    let shop = Shop::open().await;
    for _ in 0..10 {
        assert_eq!(shop.gateway.retrieve("pi_nothing").await.unwrap_err(), GatewayError::NotFound);
    }
    shop.proxy.always("/v1", Fault::TooMany(30));
    for _ in 0..10 {
        let answer = shop.gateway.create(&new_intent(100)).await;
        let Err(GatewayError::Unavailable { after_effect_possible, retry_after, .. }) = answer else {
            panic!()
        };
        assert_eq!((after_effect_possible, retry_after), (false, Some(Duration::from_secs(30))));
    }
    assert!(!shop.gateway.breaker().is_open());
    assert_eq!(shop.proxy.calls("/v1").len(), 20, "who is told to wait for long does not come again");
}

#[tokio::test]
async fn a_stripe_that_is_not_there_has_done_nothing_and_one_that_hangs_may_have() {
    let shop = Shop::open().await;
    let new = new_intent(1250);
    shop.proxy.next("/v1", &[Fault::HangsAfter, Fault::HangsAfter, Fault::HangsAfter]);
    let began = Instant::now();
    assert_eq!(unavailable(&shop.gateway.create(&new).await), Some(true));
    assert!(began.elapsed() < super::PATIENCE + Duration::from_secs(1), "{:?}", began.elapsed());
    let Shop { stripe, proxy, gateway, .. } = shop;
    drop(proxy);
    assert_eq!(unavailable(&gateway.create(&new_intent(100)).await), Some(false));
    assert_eq!(stripe.journal().await.intents.len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_none_of_stripes_is_no_answer() {
    let shop = Shop::open().await;
    shop.proxy.next("/v1", &[Fault::Garbage]);
    let new = new_intent(1250);
    let answer = shop.gateway.create(&new).await;
    assert_eq!(unavailable(&answer), Some(true));
    assert!(!answer.unwrap_err().to_string().contains("hotel"));
    shop.gateway.create(&new).await.unwrap();
    assert_eq!(shop.stripe.journal().await.intents.len(), 1);
}

#[tokio::test]
async fn whoever_cannot_prove_to_be_stripe_is_sent_nothing() {
    let shop = Shop::open().await;
    let mut account = shop.stripe.setting(shop.proxy.address());
    account.api.set_scheme("https").expect("a scheme");
    let payments =
        Payments { stripe: Some(account), capture: CaptureMode::Automatic, timeout: super::PATIENCE };
    let gateway = cartograph::gateway::Stripe::open(&payments, &shop.clock).expect("it can be used");
    let answer = gateway.expect("an account").create(&new_intent(1250)).await;
    assert_eq!(unavailable(&answer), Some(false), "{answer:?}");
    assert!(shop.proxy.calls("/").is_empty());
}
