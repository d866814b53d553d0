//! How often a code can be used, however many try at once.

use diesel_async::RunQueryDsl;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{code, fill, order, place, set_codes, used};
use crate::support::db::{count, run};
use crate::support::{Client, ProductBuilder, TestApp, UserBuilder, stock_of};

const CANCEL: &str = "mutation($input: OrderCancelInput!) { orderCancel(input: $input) {
    order { status } userErrors { code message } } }";

async fn cancel(client: &Client, order: &str, token: Option<&str>) {
    let answer = client.query_with(CANCEL, json!({ "input": { "orderId": order, "token": token } })).await;
    assert_eq!(answer.text("/orderCancel/order/status"), "CANCELLED");
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_shoppers_race_for_a_code_of_ten() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    code(&app, json!({ "code": "TEN", "percent": "10", "usageLimit": 10 })).await;
    let buyers = join_all((0..40).map(|number| {
        let (app, mug) = (&app, &mug);
        async move {
            let guest = app.guest();
            let token = fill(&guest, &[(mug, 1)]).await;
            set_codes(&guest, token.as_deref(), &["TEN"]).await;
            let mut input = order(token.as_deref());
            input["email"] = format!("{number}@example.com").into();
            (guest, input)
        }
    }))
    .await;
    let placed = join_all(buyers.iter().map(|(guest, input)| place(guest, input.clone()))).await;
    let (bought, refused): (Vec<_>, Vec<_>) =
        placed.iter().partition(|answer| answer.at("/orderPlace/order").is_object());
    assert_eq!(bought.len(), 10);
    for answer in refused {
        assert_eq!(answer.user_error_codes("orderPlace"), ["DISCOUNT_USED_UP"]);
    }
    assert_eq!(used(&app, "TEN").await, 10);
    // Nothing is left of those who came too late.
    assert_eq!((app.count("orders").await, app.count("order_discounts").await), (10, 10));
    assert_eq!(stock_of(&app, mug.variant).await, (100, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_customer_races_against_themselves() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    code(&app, json!({ "code": "ONCE", "amount": "1", "usageLimitPerCustomer": 2 })).await;
    // Of an account the carts are guests' that they hold the tokens of; a guest is known by the address.
    let customer = app.customer().await;
    for (buyer, email) in [(customer, None), (app.guest(), Some("Ada@Example.com"))] {
        let inputs = join_all((0..12).map(|number| {
            let (app, mug) = (&app, &mug);
            async move {
                let guest = app.guest();
                let token = fill(&guest, &[(mug, 1)]).await;
                set_codes(&guest, token.as_deref(), &["ONCE"]).await;
                let mut input = order(token.as_deref());
                input["email"] = match email {
                    Some(email) if number % 2 == 0 => email.to_lowercase().into(),
                    Some(email) => email.into(),
                    None => format!("{number}@example.com").into(),
                };
                input
            }
        }))
        .await;
        let placed = join_all(inputs.into_iter().map(|input| place(&buyer, input))).await;
        let bought = placed.iter().filter(|answer| answer.at("/orderPlace/order").is_object()).count();
        assert_eq!(bought, 2, "{email:?}");
        for answer in placed.iter().filter(|answer| answer.at("/orderPlace/order").is_null()) {
            assert_eq!(answer.user_error_codes("orderPlace"), ["DISCOUNT_USED_UP_BY_CUSTOMER"]);
        }
    }
    assert_eq!(used(&app, "ONCE").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_gives_its_use_back_once() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    code(&app, json!({ "code": "LAST", "percent": "10", "usageLimit": 1, "usageLimitPerCustomer": 1 })).await;
    let customer = app.customer().await;
    for _ in 0..3 {
        fill(&customer, &[(&mug, 1)]).await;
        set_codes(&customer, None, &["LAST"]).await;
        let placed = place(&customer, order(None)).await;
        assert!(placed.at("/orderPlace/order").is_object(), "{:#}", placed.body);
        assert_eq!(used(&app, "LAST").await, 1);
        // Meanwhile the code is used up, and the customer is told that it is so for everybody.
        fill(&customer, &[(&mug, 1)]).await;
        let cart = set_codes(&customer, None, &["LAST"]).await;
        assert_eq!(cart.text("/cartDiscountCodesUpdate/cart/discountCodes/0/reason"), "USED_UP");
        let id = placed.text("/orderPlace/order/id");
        cancel(&customer, id, None).await;
        assert_eq!(used(&app, "LAST").await, 0);
        let order: cartograph::ids::OrderId = id.parse().expect("an order's id");
        cartograph::pricing::discount::give_back(&*app.db().await, order).await.expect("nothing to do");
        assert_eq!(used(&app, "LAST").await, 0);
    }
    let kept = app.count("order_discounts WHERE given_back_at IS NOT NULL").await;
    assert_eq!((kept, app.count("discount_uses WHERE used <> 0").await), (3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accounts_uses_are_its_own_whatever_address_it_writes() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    code(&app, json!({ "code": "MINE", "percent": "10", "usageLimitPerCustomer": 1 })).await;
    let ada = UserBuilder::new().email("ada@example.com").create(&app).await;
    let ada = app.sign_in(ada).await;
    // A guest who gives somebody's address uses none of theirs up.
    let guest = app.guest();
    let token = fill(&guest, &[(&mug, 1)]).await;
    set_codes(&guest, token.as_deref(), &["MINE"]).await;
    assert!(place(&guest, order(token.as_deref())).await.at("/orderPlace/order").is_object());
    let mut outcomes = Vec::new();
    for email in [Value::Null, "other@example.com".into()] {
        fill(&ada, &[(&mug, 1)]).await;
        set_codes(&ada, None, &["MINE"]).await;
        let mut input = order(None);
        input["email"] = email;
        outcomes.push(place(&ada, input).await.user_error_codes("orderPlace"));
    }
    assert_eq!(outcomes, [vec![], vec!["DISCOUNT_USED_UP_BY_CUSTOMER".to_owned()]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_with_the_same_codes_and_goods_never_wait_for_each_other_in_a_circle() {
    let app = TestApp::start().await;
    let one = ProductBuilder::new("one").price(1000).stock(1000).create(&app).await;
    let other = ProductBuilder::new("other").price(1000).stock(1000).create(&app).await;
    super::method(&app, json!({ "code": "standard", "name": "Standard", "price": "4.90" })).await;
    code(&app, json!({ "code": "GOODS", "percent": "10" })).await;
    code(&app, json!({ "code": "POST", "freeShipping": true })).await;
    let placed = join_all((0..30).map(|number| {
        let (app, one, other) = (&app, &one, &other);
        async move {
            let guest = app.guest();
            let lines = if number % 2 == 0 { [(one, 1), (other, 1)] } else { [(other, 1), (one, 1)] };
            let token = fill(&guest, &lines).await;
            let codes = if number % 3 == 0 { ["POST", "GOODS"] } else { ["GOODS", "POST"] };
            set_codes(&guest, token.as_deref(), &codes).await;
            let placed = place(&guest, order(token.as_deref())).await;
            let (id, token) = (placed.text("/orderPlace/order/id"), placed.text("/orderPlace/token"));
            cancel(&guest, id, Some(token)).await;
        }
    }));
    placed.await;
    assert_eq!((used(&app, "GOODS").await, used(&app, "POST").await), (0, 0));
    assert_eq!(stock_of(&app, one.variant).await, (1000, 0));
}

/// The order has read a code without a limit, and waits for its stock: the limit is set before it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_set_while_an_order_is_placed_refuses_it_as_any_limit_does() {
    for (limit, refusal) in
        [("usage_limit", "DISCOUNT_USED_UP"), ("usage_limit_per_customer", "DISCOUNT_USED_UP_BY_CUSTOMER")]
    {
        let app = TestApp::start().await;
        let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
        code(&app, json!({ "code": "FREE", "percent": "10" })).await;
        let guest = app.guest();
        let mut inputs = Vec::new();
        for _ in 0..2 {
            let token = fill(&guest, &[(&mug, 1)]).await;
            set_codes(&guest, token.as_deref(), &["FREE"]).await;
            inputs.push(order(token.as_deref()));
        }
        let second = inputs.pop().expect("two orders");
        assert!(place(&guest, inputs.remove(0)).await.at("/orderPlace/order").is_object());
        let (mut conn, mut other) = (app.database().connect().await, app.database().connect().await);
        run(&mut conn, "BEGIN; SELECT FROM inventory FOR UPDATE").await;
        let limiting = async {
            while count(&mut other, "SELECT count(*) AS n FROM pg_locks WHERE NOT granted").await == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            run(&mut conn, &format!("UPDATE discounts SET {limit} = 1; COMMIT")).await;
        };
        let (refused, ()) = tokio::join!(place(&guest, second), limiting);
        assert_eq!(refused.user_error_codes("orderPlace"), [refusal], "{:#}", refused.body);
        assert_eq!((used(&app, "FREE").await, app.count("orders").await), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_refuses_one_use_too_many() {
    let app = TestApp::start().await;
    code(&app, json!({ "code": "TEN", "percent": "10", "usageLimit": 10 })).await;
    for wrong in ["used = 11", "used = -1", "usage_limit = 0", "value = 0", "value = 1000001", "code = 'ten'"]
    {
        let statement = format!("UPDATE discounts SET {wrong}");
        let refused = diesel::sql_query(&statement).execute(&mut app.db().await).await;
        assert!(refused.is_err(), "{statement}");
    }
}
