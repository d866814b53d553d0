//! Whose a cart is: what is not yours answers like what is not there.

use serde_json::{Value, json};

use super::{add, change, lines, product, read};
use crate::support::TestApp;
use crate::support::db::count;

const NO_CART: &str = "cart_01h455vb4pex5vsknk084sn02q";

#[tokio::test]
async fn only_its_owner_reads_a_cart() {
    let app = TestApp::start().await;
    let mug = product(&app, "mug").await;
    let (owner, other, guest) = (app.customer().await, app.customer().await, app.guest());
    let staff = app.staff().await;
    assert!(read(&owner, "").await.at("/cart").is_null(), "nobody has a cart before they put something in");
    assert!(read(&guest, "").await.at("/cart").is_null());
    let owned = add(&owner, &mug, 1).await;
    let id = owned.text("/cartLinesAdd/cart/id");
    let guests = add(&guest, &mug, 2).await;
    let (guests_id, token) = (guests.text("/cartLinesAdd/cart/id"), guests.text("/cartLinesAdd/cart/token"));

    let by_id = format!("(id: {id:?})");
    assert_eq!(read(&owner, &by_id).await.text("/cart/id"), id);
    for stranger in [&other, &staff, &guest] {
        let theirs = read(stranger, &by_id).await;
        let nobodys = read(stranger, &format!("(id: {NO_CART:?})")).await;
        assert_eq!(theirs.body, nobodys.body);
        assert!(theirs.at("/cart").is_null());
        let node = stranger.query(&format!("{{ node(id: {id:?}) {{ id }} }}")).await;
        assert!(node.at("/node").is_null());
    }
    let node = owner.query(&format!("{{ node(id: {id:?}) {{ ... on Cart {{ itemCount }} }} }}")).await;
    assert_eq!(node.int("/node/itemCount"), 1);

    for nothing in [
        format!("(id: {guests_id:?})"),
        "(token: \"wrong\")".to_owned(),
        "(token: \"\")".to_owned(),
        format!("(id: {guests_id:?}, token: \"wrong\")"),
        format!("(id: {NO_CART:?}, token: {token:?})"),
        format!("(id: {id:?}, token: {token:?})"),
    ] {
        assert!(read(&guest, &nothing).await.at("/cart").is_null(), "{nothing}");
    }
    for found in [format!("(token: {token:?})"), format!("(id: {guests_id:?}, token: {token:?})")] {
        // The token is the proof, whoever shows it.
        for holder in [&guest, &owner] {
            let cart = read(holder, &found).await;
            assert_eq!(cart.text("/cart/id"), guests_id);
            assert_eq!(cart.text("/cart/token"), token);
        }
    }
}

#[tokio::test]
async fn only_its_owner_changes_a_cart() {
    let app = TestApp::start().await;
    let mug = product(&app, "mug").await;
    let (owner, other) = (app.customer().await, app.customer().await);
    add(&other, &mug, 1).await;
    let owned = add(&owner, &mug, 1).await;
    let id = owned.text("/cartLinesAdd/cart/id");
    let line = owned.text("/cartLinesAdd/cart/lines/0/id");
    let ask = |mutation: &'static str, cart: Value| {
        let mut input = match mutation {
            "cartLinesAdd" => json!({ "lines": [{ "variantId": mug.variant.to_string() }] }),
            "cartLinesUpdate" => json!({ "lines": [{ "lineId": line, "quantity": 9 }] }),
            "cartLinesRemove" => json!({ "lineIds": [line] }),
            _ => json!({}),
        };
        for (name, value) in cart.as_object().expect("an object") {
            input[name] = value.clone();
        }
        let guest = app.guest();
        let other = other.clone();
        async move { [change(&guest, mutation, input.clone()).await, change(&other, mutation, input).await] }
    };
    for mutation in ["cartLinesAdd", "cartLinesUpdate", "cartLinesRemove", "cartClear"] {
        for theirs in ask(mutation, json!({ "cartId": id })).await {
            assert_eq!(theirs.user_error_codes(mutation), ["NOT_FOUND"]);
            assert_eq!(
                theirs.user_errors(mutation)[0].field.as_deref(),
                Some(&["input".into(), "cartId".into()][..])
            );
        }
        let nobodys = ask(mutation, json!({ "cartId": NO_CART })).await;
        let theirs = ask(mutation, json!({ "cartId": id })).await;
        assert_eq!(nobodys.map(|answer| answer.body), theirs.map(|answer| answer.body));
        for wrong in ask(mutation, json!({ "token": "wrong" })).await {
            assert_eq!(wrong.user_error_codes(mutation), ["NOT_FOUND"]);
        }
    }
    // Another's line in one's own cart is no line of that cart.
    let wanted = json!({ "lines": [{ "lineId": line, "quantity": 9 }] });
    let answer = change(&other, "cartLinesUpdate", wanted).await;
    assert_eq!(answer.user_error_codes("cartLinesUpdate"), ["NOT_FOUND"]);
    let answer = change(&app.guest(), "cartClear", json!({})).await;
    assert_eq!(answer.user_error_codes("cartClear"), ["NOT_FOUND"], "a guest without a token has no cart");
    assert_eq!(lines(&read(&owner, "").await, "/cart"), [("mug".to_owned(), 1)]);
}

#[tokio::test]
async fn a_guests_token_works_signed_in_too_and_is_never_stored() {
    let app = TestApp::start().await;
    let mug = product(&app, "mug").await;
    let begun = add(&app.guest(), &mug, 1).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let customer = app.customer().await;
    let wanted =
        json!({ "token": token, "lines": [{ "variantId": mug.variant.to_string(), "quantity": 2 }] });
    let answer = change(&customer, "cartLinesAdd", wanted).await;
    assert_eq!(answer.text("/cartLinesAdd/cart/id"), begun.text("/cartLinesAdd/cart/id"));
    assert_eq!(answer.int("/cartLinesAdd/cart/itemCount"), 3);
    assert!(read(&customer, "").await.at("/cart").is_null(), "their own cart is another");
    let mut db = app.database().connect().await;
    let stored =
        format!("SELECT count(*) AS n FROM carts WHERE encode(token_hash, 'escape') LIKE '%{token}%'");
    assert_eq!(count(&mut db, &stored).await, 0);
    let hashed = format!("SELECT count(*) AS n FROM carts WHERE token_hash = sha256('{token}')");
    assert_eq!(count(&mut db, &hashed).await, 1);
}
