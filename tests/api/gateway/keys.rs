//! What is asked for with one key happens once, whatever goes wrong on the way.

use std::time::Duration;

use cartograph::gateway::{Gateway, RefundState};

use super::{Shop, new_intent, new_refund, unavailable, usd};
use crate::support::faults::Fault;

/// What goes wrong on the way: Stripe itself has done it, or not, and says what it did when it is asked again.
const ON_THE_WAY: [Fault; 8] = [
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::DropsBefore,
    Fault::DropsAfter,
    Fault::HangsBefore,
    Fault::HangsAfter,
    Fault::Slow(Duration::from_millis(2200)),
    Fault::Late(Duration::from_millis(2200)),
];

#[tokio::test]
async fn a_payment_is_made_once_whatever_goes_wrong_on_the_way() {
    for fault in ON_THE_WAY {
        let shop = Shop::open().await;
        shop.proxy.next("/payment_intents", &[fault]);
        let new = new_intent(1250);
        let intent = shop.create(&new).await;
        assert_eq!((intent.payment, intent.amount), (Some(new.payment), usd(1250)), "{fault:?}");
        let journal = shop.stripe.journal().await;
        assert_eq!(journal.intents.len(), 1, "{fault:?}");
        assert_eq!(journal.intents[0].id, intent.reference);
        assert_eq!(journal.intents[0].metadata["cartograph_order"], "1001");
        let calls = shop.proxy.calls("/payment_intents");
        assert!(calls.len() > 1, "{fault:?}: it was asked for again");
        assert!(calls.iter().all(|call| call.key.as_deref() == Some(&new.key)), "{calls:?}");
    }
}

#[tokio::test]
async fn a_refund_is_made_once_whatever_goes_wrong_on_the_way() {
    for fault in ON_THE_WAY {
        let shop = Shop::open().await;
        let intent = shop.paid().await;
        shop.proxy.next("/refunds", &[fault, Fault::DropsAfter]);
        let new = new_refund(&intent, 250);
        let fact = shop.insist(async || shop.gateway.refund(&new).await).await.unwrap();
        assert_eq!((fact.refund, fact.amount), (Some(new.refund), usd(250)), "{fault:?}");
        assert_eq!(fact.state, RefundState::Succeeded);
        let journal = shop.stripe.journal().await;
        assert_eq!(journal.refunds.len(), 1, "{fault:?}");
        assert_eq!(journal.charges[0].amount_refunded, 250, "{fault:?}");
    }
}

#[tokio::test]
async fn many_who_ask_at_once_with_one_key_get_one_payment() {
    let shop = Shop::open().await;
    shop.proxy.next("/payment_intents", &[Fault::Slow(Duration::from_millis(300))]);
    let new = new_intent(1250);
    let asked = (0..5).map(|_| shop.create(&new));
    let intents = futures_util::future::join_all(asked).await;
    assert!(intents.iter().all(|intent| intent.reference == intents[0].reference));
    assert_eq!(shop.stripe.journal().await.intents.len(), 1);
}

/// Stripe keeps a server error that it gave, and gives it to whoever comes with the key again.
#[tokio::test]
async fn a_key_that_is_worn_out_is_replaced_after_a_look() {
    for fault in [Fault::FailsBefore, Fault::FailsAfter] {
        let shop = Shop::open().await;
        let intent = shop.paid().await;
        shop.proxy.next("/refunds", &[fault]);
        let new = new_refund(&intent, 250);
        assert_eq!(unavailable(&shop.gateway.refund(&new).await), Some(true), "{fault:?}");
        assert_eq!(unavailable(&shop.gateway.refund(&new).await), Some(true), "it is said again: {fault:?}");
        // The failures were Stripe's own word, and enough of them.
        assert!(shop.gateway.breaker().is_open());
        shop.clock.advance(chrono::TimeDelta::minutes(1));
        let made = shop.gateway.refunds_of(&intent.reference).await.unwrap();
        let found = made.iter().find(|fact| fact.refund == Some(new.refund));
        assert_eq!(found.is_some(), fault == Fault::FailsAfter);
        if found.is_none() {
            let again = cartograph::gateway::NewRefund { key: format!("{}:2", new.refund), ..new.clone() };
            shop.gateway.refund(&again).await.unwrap();
        }
        assert_eq!(shop.stripe.journal().await.charges[0].amount_refunded, 250, "{fault:?}");
    }
}

#[tokio::test]
async fn a_key_is_good_for_one_request_only() {
    let shop = Shop::open().await;
    let new = new_intent(1250);
    shop.create(&new).await;
    let other = cartograph::gateway::NewIntent { amount: usd(1300), ..new };
    let refused = shop.gateway.create(&other).await.unwrap_err();
    assert!(refused.to_string().contains("400 (idempotency_error)"), "{refused}");
    for key in [String::new(), "a key".to_owned(), "k".repeat(256), "schlüssel".to_owned()] {
        let other = cartograph::gateway::NewIntent { key, ..other.clone() };
        assert!(!shop.gateway.create(&other).await.unwrap_err().is_for_now());
    }
    assert_eq!(shop.stripe.journal().await.intents.len(), 1);
}
