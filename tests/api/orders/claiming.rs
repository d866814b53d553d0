//! Whose a guest's orders are, once somebody has proven that the address is theirs.

use serde_json::{Value, json};

use super::{buy, fill, input, place};
use crate::accounts::register;
use crate::support::{Client, ProductBuilder, TestApp, UserBuilder};

const ADA: &str = "ada@example.com";

async fn orders(client: &Client) -> Vec<String> {
    let answer = client.query("{ viewer { orders(first: 50) { nodes { id } } } }").await;
    answer.texts("/viewer/orders/nodes", "/id").into_iter().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn guest_orders_are_the_accounts_once_its_address_is_proven() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let (first, token) = buy(&app, &mug, 1).await;
    let registration = json!({ "email": ADA, "password": "correct horse battery", "name": "Ada" });
    let registered = register(&app.guest(), registration).await;
    let access_token = registered.text("/accountRegister/session/accessToken");
    let ada = app.guest().with_authorization(&format!("Bearer {access_token}"));
    let (second, _) = buy(&app, &mug, 1).await;
    app.at_rest().await;
    // Anybody can register with any address: it shops, and sees nothing of what others bought with it.
    assert_eq!(orders(&ada).await, [""; 0]);
    let refused = ada.query_with("query($id: ID!) { order(id: $id) { id } }", json!({ "id": first })).await;
    assert_eq!(refused.at("/order"), &Value::Null);
    fill(&ada, mug.variant, 1).await;
    let own = place(&ada, input(None)).await.text("/orderPlace/order/id").to_owned();
    assert_eq!(orders(&ada).await, std::slice::from_ref(&own));

    let letter = app.letter_about(ADA, "Confirm your e-mail address").await.token();
    let verify = "mutation($token: String!) { emailVerify(input: { token: $token }) { email } }";
    app.guest().query_with(verify, json!({ "token": letter })).await.data();
    app.at_rest().await;
    assert_eq!(orders(&ada).await, [own.clone(), second.clone(), first.clone()]);
    // Whoever placed one as a guest still sees it.
    let by_token = "query($id: ID!, $token: String) { order(id: $id, token: $token) { id } }";
    let seen = app.guest().query_with(by_token, json!({ "id": first, "token": token })).await;
    assert_eq!(seen.text("/order/id"), first);
    // From now on they are the account's at once, in as many statements.
    let guest = app.guest();
    let cart = fill(&guest, mug.variant, 1).await;
    let (third, statements) = app.statements(place(&guest, input(cart.as_deref()))).await;
    statements.assert_prepared();
    assert!(third.at("/orderPlace/token").is_string(), "a guest gets the order's token all the same");
    let id = third.text("/orderPlace/order/id");
    assert_eq!(orders(&ada).await[0], id);
    // Whoever knows an address learns nothing of the account behind it, and can still cancel what they ordered.
    let customer =
        "query($id: ID!, $token: String) { order(id: $id, token: $token) { customer { id name roles } } }";
    let with_token = json!({ "id": id, "token": third.text("/orderPlace/token") });
    assert_eq!(guest.query_with(customer, with_token.clone()).await.at("/order/customer"), &Value::Null);
    let own = ada.query_with(customer, json!({ "id": id })).await;
    assert_eq!(own.at("/order/customer/id"), ada.query("{ viewer { id } }").await.at("/viewer/id"));
    let cancel = "mutation($id: ID!, $token: String) { orderCancel(input: { orderId: $id, token: $token }) {
        order { status } userErrors { code field message } } }";
    let cancelled = guest.query_with(cancel, with_token).await;
    assert_eq!(cancelled.at("/orderCancel/order/status"), "CANCELLED", "{:#}", cancelled.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_under_way_meanwhile_is_found_the_second_time() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(100).create(&app).await;
    let (order, _) = buy(&app, &mug, 1).await;
    let user = UserBuilder::new().email(ADA).create(&app).await;
    let conn = app.db().await;
    let prove = format!("UPDATE users SET email_verified_at = now() WHERE id = '{}'", user.0);
    crate::support::db::run(&mut app.database().connect().await, &prove).await;
    // The first look was before the order was committed.
    let job = cartograph::accounts::EmailVerified { user: user.0, again: true };
    cartograph::queue::enqueue(&conn, &job).await.unwrap();
    drop(conn);
    assert_eq!(app.count("jobs WHERE run_at > now() + interval '1 minute'").await, 1, "it waits");
    let ada = app.sign_in(user).await;
    assert_eq!(orders(&ada).await, [""; 0]);
    crate::support::db::run(&mut app.database().connect().await, "UPDATE jobs SET run_at = now()").await;
    app.app.worker.wake();
    app.at_rest().await;
    assert_eq!(orders(&ada).await, [order]);
}
