//! How far a payment gets, and what can be done where.

use axum::http::Method;
use cartograph::config::CaptureMode;
use cartograph::gateway::{Gateway, GatewayError, IntentState, Manual, NewIntent, RefundState};

use super::{Shop, new_intent, new_refund, secret, usd};
use crate::support::stripe::{GOOD_CARD, POOR_CARD, SECURE_CARD};

#[tokio::test]
async fn a_payment_is_taken_when_the_customer_agrees() {
    let shop = Shop::open().await;
    let new = new_intent(1250);
    let intent = shop.gateway.create(&new).await.unwrap();
    assert_eq!(intent.state, IntentState::NeedsCustomer);
    assert!(!format!("{intent:?} {new:?}").contains("_secret_") && !format!("{new:?}").contains("ada@"));
    shop.stripe.pay(secret(&intent), GOOD_CARD).await.unwrap();
    let intent = shop.gateway.retrieve(&intent.reference).await.unwrap();
    assert_eq!(intent.state, IntentState::Captured { amount: usd(1250) });
    assert_eq!((intent.payment, intent.last_error), (Some(new.payment), None));
}

#[tokio::test]
async fn a_card_that_is_declined_leaves_the_payment_to_another_one() {
    let shop = Shop::open().await;
    let intent = shop.create(&new_intent(1250)).await;
    shop.stripe.pay(secret(&intent), POOR_CARD).await.unwrap_err();
    let declined = shop.gateway.retrieve(&intent.reference).await.unwrap();
    assert_eq!(declined.state, IntentState::NeedsCustomer);
    let decline = declined.last_error.expect("the reason");
    assert_eq!(decline.code, "insufficient_funds");
    assert_eq!(decline.message, "Your card was declined.");
    shop.stripe.pay(secret(&intent), GOOD_CARD).await.unwrap();
    let paid = shop.gateway.retrieve(&intent.reference).await.unwrap();
    assert_eq!(paid.state, IntentState::Captured { amount: usd(1250) });
}

#[tokio::test]
async fn a_customer_who_has_to_prove_themselves_has_not_paid_before() {
    let shop = Shop::open().await;
    let intent = shop.create(&new_intent(1250)).await;
    shop.stripe.pay(secret(&intent), SECURE_CARD).await.unwrap();
    let waiting = shop.gateway.retrieve(&intent.reference).await.unwrap();
    assert_eq!(waiting.state, IntentState::NeedsCustomer);
    shop.stripe.prove(secret(&intent), false).await.unwrap();
    let failed = shop.gateway.retrieve(&intent.reference).await.unwrap();
    assert_eq!(failed.last_error.expect("the reason").code, "payment_intent_authentication_failure");
    shop.stripe.pay(secret(&intent), SECURE_CARD).await.unwrap();
    shop.stripe.prove(secret(&intent), true).await.unwrap();
    let paid = shop.gateway.retrieve(&intent.reference).await.unwrap();
    assert_eq!(paid.state, IntentState::Captured { amount: usd(1250) });
}

#[tokio::test]
async fn what_is_authorized_is_captured_when_the_shop_says_so_the_whole_or_less() {
    let shop = Shop::open().await;
    let intent = shop.create(&NewIntent { capture: CaptureMode::Manual, ..new_intent(1250) }).await;
    let early = shop.gateway.capture(&intent.reference, usd(1250), "capture:0").await;
    assert_eq!(early.unwrap_err(), GatewayError::UnexpectedState);
    shop.stripe.pay(secret(&intent), GOOD_CARD).await.unwrap();
    let held = shop.gateway.retrieve(&intent.reference).await.unwrap();
    assert_eq!(held.state, IntentState::Authorized { amount: usd(1250) });
    let taken = shop.gateway.capture(&intent.reference, usd(1000), "capture:1").await.unwrap();
    assert_eq!((taken.state, taken.amount), (IntentState::Captured { amount: usd(1000) }, usd(1250)));
    let twice = shop.gateway.capture(&intent.reference, usd(1000), "capture:2").await;
    assert_eq!(twice.unwrap_err(), GatewayError::UnexpectedState);
    let again = shop.gateway.capture(&intent.reference, usd(1000), "capture:1").await.unwrap();
    assert_eq!(again.state, taken.state, "the same key tells the same");
    let journal = shop.stripe.journal().await;
    assert_eq!(journal.charges[0].amount_captured, 1000);
    // It tells of what it let go as if it were a refund.
    assert_eq!(journal.refunds.iter().map(|refund| refund.amount).collect::<Vec<_>>(), [250]);
}

#[tokio::test]
async fn what_is_cancelled_stays_so_and_what_was_taken_is_not_cancelled() {
    let shop = Shop::open().await;
    let intent = shop.create(&new_intent(1250)).await;
    shop.gateway.cancel(&intent.reference, "cancel:1").await.unwrap();
    shop.gateway.cancel(&intent.reference, "cancel:2").await.expect("it is cancelled, by whomever");
    assert_eq!(shop.gateway.retrieve(&intent.reference).await.unwrap().state, IntentState::Cancelled);
    shop.stripe.pay(secret(&intent), GOOD_CARD).await.unwrap_err();
    let paid = shop.paid().await;
    let refused = shop.gateway.cancel(&paid.reference, "cancel:3").await;
    assert_eq!(refused.unwrap_err(), GatewayError::UnexpectedState);
}

#[tokio::test]
async fn refunds_are_told_with_those_of_others() {
    let shop = Shop::open().await;
    let intent = shop.paid().await;
    assert_eq!(shop.gateway.refunds_of(&intent.reference).await.unwrap(), []);
    let new = new_refund(&intent, 250);
    let ours = shop.gateway.refund(&new).await.unwrap();
    assert_eq!((ours.refund, &ours.state), (Some(new.refund), &RefundState::Succeeded));
    let form = [("payment_intent", intent.reference.as_str()), ("amount", "300")];
    shop.stripe.as_owner(Method::POST, "/v1/refunds", &form).await;
    let [others, known] = &shop.gateway.refunds_of(&intent.reference).await.unwrap()[..] else { panic!() };
    assert_eq!((others.refund, others.amount), (None, usd(300)));
    assert_eq!(known, &ours);
    // No more is given back than was taken.
    let refused = shop.gateway.refund(&new_refund(&intent, 701)).await.unwrap_err();
    assert!(matches!(refused, GatewayError::Refused { .. }), "{refused:?}");
    shop.gateway.refund(&new_refund(&intent, 700)).await.unwrap();
    let refused = shop.gateway.refund(&new_refund(&intent, 1)).await.unwrap_err();
    assert_eq!(refused, GatewayError::UnexpectedState);
}

#[tokio::test]
async fn all_of_many_refunds_are_told() {
    let shop = Shop::open().await;
    let intent = shop.paid().await;
    for _ in 0..105 {
        shop.gateway.refund(&new_refund(&intent, 1)).await.unwrap();
    }
    let facts = shop.gateway.refunds_of(&intent.reference).await.unwrap();
    let references: std::collections::HashSet<_> = facts.iter().map(|fact| &fact.reference).collect();
    assert_eq!((facts.len(), references.len()), (105, 105));
}

#[tokio::test]
async fn another_account_and_whatever_is_no_name_is_not_found() {
    let (shop, other) = (Shop::open().await, Shop::open().await);
    let intent = shop.create(&new_intent(1250)).await;
    for reference in [intent.reference.as_str(), "", "../refunds", "pi_1/capture", "pi_1?expand[]=x", "pï"] {
        let answer = other.gateway.retrieve(reference).await;
        assert_eq!(answer.unwrap_err(), GatewayError::NotFound, "{reference}");
    }
}

#[tokio::test]
async fn cash_is_what_staff_say() {
    let new = new_intent(1250);
    let intent = Manual.create(&new).await.unwrap();
    assert_eq!(intent.reference, format!("manual_{}", new.payment));
    assert_eq!((intent.state, intent.payment), (IntentState::NeedsCustomer, Some(new.payment)));
    assert!(intent.client_secret.is_none());
    let taken = Manual.capture(&intent.reference, usd(1000), "any").await.unwrap();
    assert_eq!(taken.state, IntentState::Captured { amount: usd(1000) });
    let fact = Manual.refund(&new_refund(&intent, 250)).await.unwrap();
    assert_eq!((fact.amount, fact.state), (usd(250), RefundState::Succeeded));
    Manual.cancel(&intent.reference, "any").await.unwrap();
    assert_eq!(Manual.capture("pi_1", usd(1), "any").await.unwrap_err(), GatewayError::NotFound);
}
