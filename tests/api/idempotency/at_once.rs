//! The same thing, sent many times at once.

use futures_util::future::join_all;
use serde_json::json;

use super::{IN_FLIGHT, send, send_until_answered};
use crate::support::{ProductBuilder, TestApp, stock_of};

const DUPLICATES: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_duplicates_does_the_work_and_all_get_its_answer() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let staff = app.staff().await;
    let document = "mutation($input: InventoryAdjustInput!) { inventoryAdjust(input: $input) {
        variant { stock product { name variants(first: 5) { nodes { stock sku } } } } userErrors { code } } }";
    for round in 0..5 {
        let variables = json!({ "input": {
            "variantId": mug.variant.to_string(), "delta": 1, "idempotencyKey": format!("delivery {round}") } });
        let at_once =
            join_all((0..DUPLICATES).map(|_| send(&app, &staff, document, variables.clone()))).await;
        let did = at_once.iter().filter(|sent| sent.code().is_none() && sent.replayed().is_empty()).count();
        assert!(did <= 1, "{did} did the work");
        for sent in &at_once {
            assert!(matches!(sent.code(), None | Some(IN_FLIGHT)), "{:#}", sent.body);
        }
        let retries =
            join_all((0..DUPLICATES).map(|_| send_until_answered(&app, &staff, document, variables.clone())))
                .await;
        let first = retries[0].data();
        let answered = at_once.iter().filter(|sent| sent.code().is_none());
        assert!(answered.chain(&retries).all(|sent| sent.data() == first));
        assert_eq!(stock_of(&app, mug.variant).await, (101 + round, 0));
    }
}

/// The first empties the cart for all others: whoever looks a moment too early must not be told that it is empty.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_orders_is_placed_and_nobody_is_refused_for_it() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(1000).create(&app).await;
    let guest = app.guest();
    let document = "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
        order { id } userErrors { code } } }";
    for round in 0..25 {
        let cart = crate::orders::fill(&guest, mug.variant, 1).await;
        let mut input = crate::orders::input(cart.as_deref());
        input["idempotencyKey"] = format!("order {round}").into();
        let variables = json!({ "input": input });
        let answers =
            join_all((0..8).map(|_| send_until_answered(&app, &guest, document, variables.clone()))).await;
        for sent in &answers {
            assert_eq!(sent.data(), answers[0].data());
        }
        assert!(answers[0].at("/orderPlace/order/id").is_string());
    }
    assert_eq!(app.count("orders").await, 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_registrations_makes_the_account_and_all_are_signed_in() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let document = "mutation($input: AccountRegisterInput!) { accountRegister(input: $input) {
        user { id email sessions(first: 5) { nodes { id } } } session { accessToken refreshToken } userErrors { code } } }";
    let input = json!({ "email": "ada@example.com", "password": "correct horse battery", "name": "Ada" });
    let document = document.replace(" sessions(first: 5) { nodes { id } }", "");
    let mut keyed = input.clone();
    keyed["idempotencyKey"] = "once".into();
    let variables = json!({ "input": keyed });
    let answers =
        join_all((0..DUPLICATES).map(|_| send_until_answered(&app, &guest, &document, variables.clone())))
            .await;
    let token = answers[0].at("/accountRegister/session/accessToken").as_str().expect("a token");
    assert!(answers.iter().all(|sent| sent.data() == answers[0].data()), "all get the same tokens");
    assert_eq!((app.count("users").await, app.count("sessions").await), (1, 1));
    let ada = app.guest().with_authorization(&format!("Bearer {token}"));
    assert_eq!(ada.query("{ viewer { email } }").await.text("/viewer/email"), "ada@example.com");

    // Whoever knows the key and not the password gets nothing.
    keyed = variables["input"].clone();
    keyed["password"] = "another horse battery".into();
    let guessed = send(&app, &guest, &document, json!({ "input": keyed })).await;
    assert!(guessed.replayed().is_empty(), "{:#}", guessed.body);
    assert_eq!(guessed.at("/accountRegister/session"), &serde_json::Value::Null);
}
