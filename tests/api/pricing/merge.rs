//! What a guest's cart knows of shipping and codes when its owner signs in.

use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{code, fill, set_codes, set_shipping};
use crate::support::{ProductBuilder, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn codes_and_destination_come_along_as_far_as_there_is_room() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1000).stock(100).create(&app).await;
    for input in [
        json!({ "code": "A", "percent": "10" }),
        json!({ "code": "B", "percent": "20" }),
        json!({ "code": "POST", "freeShipping": true }),
    ] {
        code(&app, input).await;
    }
    let customer = app.customer().await;
    fill(&customer, &[(&mug, 1)]).await;
    set_codes(&customer, None, &["A"]).await;
    let guest = app.guest();
    let token = fill(&guest, &[(&mug, 2)]).await.expect("a token");
    set_codes(&guest, Some(&token), &["B", "POST"]).await;
    set_shipping(&guest, json!({ "token": token, "country": "US", "region": "or" })).await;

    let mut conn = app.db().await;
    cartograph::cart::merge(&mut conn, customer.user_id(), &token).await.expect("a merge");
    drop(conn);

    let cart =
        customer.query("{ cart { itemCount discountCodes { code } shippingCountry shippingRegion } }").await;
    assert_eq!(
        cart.at("/cart"),
        &json!({ "itemCount": 3, "discountCodes": [{ "code": "A" }, { "code": "POST" }],
                 "shippingCountry": "US", "shippingRegion": "OR" })
    );
    // What the customer has said already stays.
    let token = fill(&guest, &[(&mug, 1)]).await.expect("a token");
    set_shipping(&guest, json!({ "token": token, "country": "DE" })).await;
    let mut conn = app.db().await;
    cartograph::cart::merge(&mut conn, customer.user_id(), &token).await.expect("a merge");
    let left = diesel::sql_query("DELETE FROM cart_discounts").execute(&mut conn).await.expect("rows");
    drop(conn);
    assert_eq!(left, 2);
    let cart = customer.query("{ cart { shippingCountry } }").await;
    assert_eq!(cart.text("/cart/shippingCountry"), "US");
}
