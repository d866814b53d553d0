//! What a guest's cart becomes when they log in.

use cartograph::cart::{DropReason, MergeReport, merge};
use cartograph::ids::UserId;
use futures_util::future::join_all;

use super::{add, lines, product, read};
use crate::support::TestApp;
use crate::support::db::{count, run};

async fn merge_into(app: &TestApp, user: UserId, token: &str) -> MergeReport {
    merge(&mut *app.db().await, user, token).await.expect("a merge")
}

#[tokio::test]
async fn lines_move_over_add_up_and_are_reported() {
    let app = TestApp::start().await;
    let (customer, guest) = (app.customer().await, app.guest());
    let (mug, tee) = (product(&app, "mug").await, product(&app, "tee").await);
    add(&customer, &mug, 2).await;
    let begun = add(&guest, &mug, 3).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let with_token =
        serde_json::json!({ "token": token, "lines": [{ "variantId": tee.variant.to_string() }] });
    super::change(&guest, "cartLinesAdd", with_token).await;

    let report = merge_into(&app, customer.user_id(), token).await;
    let kept: Vec<(String, i32)> =
        report.kept.iter().map(|line| (line.offer.name(), line.quantity)).collect();
    let merged: Vec<(String, i32)> =
        report.merged.iter().map(|line| (line.offer.name(), line.quantity)).collect();
    assert_eq!(kept, [("tee".to_owned(), 1)]);
    assert_eq!(merged, [("mug".to_owned(), 5)]);
    assert!(report.dropped.is_empty());
    let mut found = lines(&read(&customer, "").await, "/cart");
    found.sort();
    assert_eq!(found, [("mug".to_owned(), 5), ("tee".to_owned(), 1)]);
    assert!(
        read(&guest, &format!("(token: {token:?})")).await.at("/cart").is_null(),
        "the guest's cart is gone"
    );

    let again = merge_into(&app, customer.user_id(), token).await;
    assert!(again.kept.is_empty() && again.merged.is_empty() && again.dropped.is_empty());
    assert_eq!(lines(&read(&customer, "").await, "/cart").iter().map(|(_, pieces)| pieces).sum::<i64>(), 6);
}

#[tokio::test]
async fn what_cannot_move_over_is_dropped_with_the_reason() {
    let app = TestApp::start().await;
    let (customer, guest) = (app.customer().await, app.guest());
    let (mug, tee) = (product(&app, "mug").await, product(&app, "tee").await);
    add(&customer, &mug, 900).await;
    let begun = add(&guest, &mug, 300).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let with_token = serde_json::json!({ "token": token, "lines": [{ "variantId": tee.variant.to_string(), "quantity": 2 }] });
    super::change(&guest, "cartLinesAdd", with_token).await;
    let mut db = app.database().connect().await;
    run(&mut db, "UPDATE products SET status = 'archived' WHERE slug = 'tee'").await;

    let report = merge_into(&app, customer.user_id(), token).await;
    let dropped: Vec<(String, i32, DropReason)> =
        report.dropped.iter().map(|line| (line.offer.name(), line.quantity, line.reason)).collect();
    assert_eq!(
        dropped,
        [("mug".to_owned(), 200, DropReason::QuantityLimit), ("tee".to_owned(), 2, DropReason::Unavailable),]
    );
    assert_eq!(lines(&read(&customer, "").await, "/cart"), [("mug".to_owned(), 1000)]);
}

#[tokio::test]
async fn a_token_that_is_good_for_nothing_makes_no_cart_and_no_error() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let report = merge_into(&app, customer.user_id(), "nonsense").await;
    assert!(report.kept.is_empty() && report.merged.is_empty() && report.dropped.is_empty());
    let mut db = app.database().connect().await;
    assert_eq!(count(&mut db, "SELECT count(*) AS n FROM carts").await, 0);
}

#[tokio::test]
async fn merging_twice_at_once_counts_once() {
    let app = TestApp::start().await;
    let (customer, other, guest) = (app.customer().await, app.customer().await, app.guest());
    let mug = product(&app, "mug").await;
    add(&customer, &mug, 1).await;
    let begun = add(&guest, &mug, 3).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let users = [customer.user_id(), other.user_id()];
    join_all((0..6).map(|index| merge_into(&app, users[index % 2], token))).await;
    let mut db = app.database().connect().await;
    assert_eq!(count(&mut db, "SELECT sum(quantity) AS n FROM cart_lines").await, 4);
}

#[tokio::test]
async fn registering_and_signing_in_take_the_guests_cart_along() {
    let app = TestApp::start().await;
    let (mug, guest) = (product(&app, "mug").await, app.guest());
    let report =
        "cartMerge { kept { name quantity } merged { name quantity } dropped { name quantity reason } }";
    let account = r#"email: "ada@example.com", password: "a long password""#;

    let begun = add(&guest, &mug, 2).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let register = format!(
        r#"mutation {{ accountRegister(input: {{ {account}, name: "Ada", cartToken: {token:?} }}) {{ {report} userErrors {{ message }} }} }}"#
    );
    let answer = guest.query(&register).await;
    let two = serde_json::json!([{ "name": "mug", "quantity": 2 }]);
    assert_eq!(answer.at("/accountRegister/cartMerge/kept"), &two);

    let begun = add(&guest, &mug, 999).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let sign_in = |password: &str, token: &str| {
        format!(
            r#"mutation {{ sessionCreate(input: {{ email: "ada@example.com", password: {password:?}, cartToken: {token:?} }}) {{ session {{ accessToken }} {report} userErrors {{ code message }} }} }}"#
        )
    };
    let refused = guest.query(&sign_in("not the password", token)).await;
    assert!(refused.at("/sessionCreate/cartMerge").is_null());
    let kept = read(&guest, &format!("(token: {token:?})")).await;
    assert_eq!(kept.int("/cart/itemCount"), 999, "who is not signed in keeps the guest's cart");

    let answer = guest.query(&sign_in("a long password", token)).await;
    assert_eq!(
        answer.at("/sessionCreate/cartMerge"),
        &serde_json::json!({
            "kept": [],
            "merged": [{ "name": "mug", "quantity": 1000 }],
            "dropped": [{ "name": "mug", "quantity": 1, "reason": "QUANTITY_LIMIT" }],
        })
    );
    let bearer = format!("Bearer {}", answer.text("/sessionCreate/session/accessToken"));
    let customer = app.guest().with_authorization(&bearer);
    assert_eq!(lines(&read(&customer, "").await, "/cart"), [("mug".to_owned(), 1000)]);

    let again = guest.query(&sign_in("a long password", token)).await;
    let nothing = serde_json::json!({ "kept": [], "merged": [], "dropped": [] });
    assert_eq!(again.at("/sessionCreate/cartMerge"), &nothing, "a spent token does not keep anybody out");
}

#[tokio::test]
async fn a_cart_that_could_not_be_taken_along_is_told_and_kept() {
    let app = TestApp::start().await;
    let (mug, guest) = (product(&app, "mug").await, app.guest());
    let account = r#"email: "ada@example.com", password: "a long password""#;
    let register =
        format!(r#"mutation {{ accountRegister(input: {{ {account}, name: "Ada" }}) {{ user {{ id }} }} }}"#);
    guest.query(&register).await;
    let begun = add(&guest, &mug, 2).await;
    let token = begun.text("/cartLinesAdd/cart/token");
    let sign_in = format!(
        "mutation {{ sessionCreate(input: {{ {account}, cartToken: {token:?} }}) {{ session {{ id }} \
         cartMerge {{ kept {{ quantity }} }} userErrors {{ code field message }} }} }}"
    );

    let mut db = app.database().connect().await;
    run(&mut db, "ALTER TABLE cart_lines RENAME TO away").await;
    let failed = guest.query(&sign_in).await;
    assert!(failed.at("/sessionCreate/session").is_object(), "{:#}", failed.body);
    assert!(failed.at("/sessionCreate/cartMerge").is_null());
    assert_eq!(failed.user_error_codes("sessionCreate"), ["CART_NOT_MERGED"]);

    run(&mut db, "ALTER TABLE away RENAME TO cart_lines").await;
    let again = guest.query(&sign_in).await;
    assert_eq!(again.at("/sessionCreate/cartMerge/kept"), &serde_json::json!([{ "quantity": 2 }]));
    assert_eq!(again.user_error_codes("sessionCreate"), Vec::<String>::new());
}
