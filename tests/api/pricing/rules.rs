//! Staff keep the rules; shoppers see what concerns them.

use serde_json::{Value, json};

use super::{code, method, rate, write};
use crate::support::{Client, TestApp};

/// The code and the path of each user error, the path without `input`.
fn problems(answer: &crate::support::Response, mutation: &str) -> Vec<(String, String)> {
    let errors = answer.user_errors(mutation).into_iter();
    errors
        .map(|error| {
            let path = error.field.map(|field| field[1..].join(".")).unwrap_or_default();
            (error.code.unwrap_or_default(), path)
        })
        .collect()
}

async fn assert_refused(client: &Client, mutation: &str, cases: Vec<(Value, &str, &str)>) {
    for (input, code, path) in cases {
        let answer = write(client, mutation, input.clone()).await;
        assert_eq!(
            problems(&answer, mutation),
            [(code.to_owned(), path.to_owned())],
            "{input} {:#}",
            answer.body
        );
    }
}

#[tokio::test]
async fn shipping_methods_are_checked() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let flat = |more: Value| {
        let mut input = json!({ "code": "post", "name": "Post", "price": "1" });
        for (key, value) in more.as_object().expect("an object") {
            input[key] = value.clone();
        }
        input
    };
    let by_weight = |steps: Value| json!({ "code": "post", "name": "Post", "pricesByWeight": steps });
    let step = |grams: i32| json!({ "upToGrams": grams, "price": "1" });
    assert_refused(
        &staff,
        "shippingMethodCreate",
        vec![
            (flat(json!({ "code": "Post" })), "INVALID", "code"),
            (flat(json!({ "code": "a".repeat(51) })), "TOO_LONG", "code"),
            (flat(json!({ "name": " " })), "REQUIRED", "name"),
            (flat(json!({ "price": "-1" })), "INVALID_AMOUNT", "price"),
            (flat(json!({ "price": "1.001" })), "INVALID_AMOUNT", "price"),
            (flat(json!({ "price": "1000000000.01" })), "INVALID_AMOUNT", "price"),
            (flat(json!({ "freeFrom": "x" })), "INVALID_AMOUNT", "freeFrom"),
            (flat(json!({ "countries": ["DE", "XX"] })), "COUNTRY_UNKNOWN", "countries.1"),
            (flat(json!({ "taxClass": "A b" })), "INVALID", "taxClass"),
            (flat(json!({ "position": -1 })), "OUT_OF_RANGE", "position"),
            (flat(json!({ "pricesByWeight": [step(1)] })), "AMBIGUOUS", "price"),
            (json!({ "code": "post", "name": "Post" }), "AMBIGUOUS", "price"),
            (by_weight(json!([])), "REQUIRED", "pricesByWeight"),
            (by_weight(json!([step(5), step(5)])), "OUT_OF_RANGE", "pricesByWeight.1.upToGrams"),
            (by_weight(json!([step(-5)])), "OUT_OF_RANGE", "pricesByWeight.0.upToGrams"),
        ],
    )
    .await;
    let id = method(&app, flat(json!({ "freeFrom": "10", "countries": ["de"] }))).await;
    assert_refused(&staff, "shippingMethodCreate", vec![(flat(json!({})), "CODE_TAKEN", "code")]).await;
    let unknown = json!({ "id": "shipping_method_01h455vb4pex5vsknk084sn02q", "name": "X" });
    assert_refused(&staff, "shippingMethodUpdate", vec![(unknown, "NOT_FOUND", "id")]).await;
    let change = json!({ "id": id, "pricesByWeight": [step(5), step(9)], "freeFrom": null, "active": false });
    let changed = write(&staff, "shippingMethodUpdate", change).await;
    let method = changed.at("/shippingMethodUpdate/shippingMethod");
    assert_eq!(
        (&method["price"], &method["freeFrom"], &method["active"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    assert_eq!(method["pricesByWeight"].as_array().map(Vec::len), Some(2));
    assert_eq!((&method["name"], &method["countries"]), (&json!("Post"), &json!(["DE"])), "the rest stays");
}

#[tokio::test]
async fn rates_and_discounts_are_checked() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let with = |base: &Value, key: &str, value: Value| {
        let mut input = base.clone();
        input[key] = value;
        input
    };
    let base = json!({ "country": "DE", "percent": "19", "name": "VAT" });
    assert_refused(
        &staff,
        "taxRateSet",
        vec![
            (with(&base, "country", "XX".into()), "COUNTRY_UNKNOWN", "country"),
            (with(&base, "percent", "100.1".into()), "INVALID_PERCENT", "percent"),
            (with(&base, "percent", "1.23456".into()), "INVALID_PERCENT", "percent"),
            (with(&base, "name", "".into()), "REQUIRED", "name"),
            (with(&base, "taxClass", "".into()), "INVALID", "taxClass"),
            (with(&base, "region", "x".repeat(201).into()), "TOO_LONG", "region"),
        ],
    )
    .await;
    let base = json!({ "code": "TEN", "percent": "10" });
    assert_refused(
        &staff,
        "discountCreate",
        vec![
            (with(&base, "code", "T EN".into()), "INVALID", "code"),
            (with(&base, "percent", "0".into()), "OUT_OF_RANGE", "percent"),
            (with(&base, "percent", "101".into()), "INVALID_PERCENT", "percent"),
            (with(&base, "amount", "5".into()), "AMBIGUOUS", ""),
            (with(&base, "freeShipping", true.into()), "AMBIGUOUS", ""),
            (json!({ "code": "TEN" }), "AMBIGUOUS", ""),
            (json!({ "code": "TEN", "amount": "0.00" }), "OUT_OF_RANGE", "amount"),
            (json!({ "code": "TEN", "amount": "-1" }), "INVALID_AMOUNT", "amount"),
            (with(&base, "minimumSubtotal", "x".into()), "INVALID_AMOUNT", "minimumSubtotal"),
            (with(&base, "usageLimit", 0.into()), "OUT_OF_RANGE", "usageLimit"),
            (with(&base, "usageLimitPerCustomer", (-1).into()), "OUT_OF_RANGE", "usageLimitPerCustomer"),
            (
                json!({ "code": "TEN", "percent": "1", "startsAt": "2026-01-02T00:00:00Z", "endsAt": "2026-01-02T00:00:00Z" }),
                "OUT_OF_RANGE",
                "endsAt",
            ),
        ],
    )
    .await;
    let id = code(&app, with(&base, "endsAt", "2999-01-01T00:00:00Z".into())).await;
    assert_refused(&staff, "discountCreate", vec![(with(&base, "code", "ten".into()), "CODE_TAKEN", "code")])
        .await;
    let change = |key: &str, value: Value| with(&json!({ "id": id }), key, value);
    let mut db = app.database().connect().await;
    crate::support::db::run(&mut db, "UPDATE discounts SET used = 5").await;
    assert_refused(
        &staff,
        "discountUpdate",
        vec![
            (change("amount", "5".into()), "KIND_STAYS", ""),
            (change("startsAt", "2999-01-01T00:00:00Z".into()), "OUT_OF_RANGE", "endsAt"),
            (change("usageLimit", 4.into()), "BELOW_USED", "usageLimit"),
            (json!({ "id": "discount_01h455vb4pex5vsknk084sn02q" }), "NOT_FOUND", "id"),
        ],
    )
    .await;
    let changed = write(
        &staff,
        "discountUpdate",
        json!({ "id": id, "percent": "7.5", "endsAt": null, "usageLimit": 5 }),
    )
    .await;
    let discount = changed.at("/discountUpdate/discount");
    assert_eq!(
        (&discount["percent"], &discount["endsAt"], &discount["used"]),
        (&json!("7.5"), &Value::Null, &json!(5))
    );
    for _ in 0..2 {
        let gone = write(&staff, "discountDeactivate", json!({ "id": id })).await;
        assert_eq!(gone.at("/discountDeactivate/discount/active"), &json!(false));
    }
}

#[tokio::test]
async fn shoppers_see_how_the_shop_ships_and_nothing_else() {
    let app = TestApp::start().await;
    let shown =
        method(&app, json!({ "code": "post", "name": "Post", "price": "1", "countries": ["DE"] })).await;
    let hidden = method(&app, json!({ "code": "old", "name": "Old", "price": "1", "active": false })).await;
    let secret = code(&app, json!({ "code": "SECRET", "percent": "10" })).await;
    rate(&app, "DE", None, "standard", "19").await;
    let (guest, staff) = (app.guest(), app.staff().await);
    let codes = async |client: &Client, arguments: &str| {
        let answer = client.query(&format!("{{ shippingMethods{arguments} {{ code }} }}")).await;
        answer.texts("/shippingMethods", "/code").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(codes(&guest, "").await, ["post"]);
    assert_eq!(codes(&guest, "(country: \"de\")").await, ["post"]);
    assert_eq!(codes(&guest, "(country: \"FR\")").await, [""; 0]);
    assert_eq!(codes(&staff, "").await, ["post", "old"]);
    let node = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }";
    let ids = json!({ "ids": [shown, hidden, secret] });
    let seen = guest.query_with(node, ids.clone()).await;
    assert_eq!(seen.at("/nodes"), &json!([{ "__typename": "ShippingMethod" }, null, null]));
    let seen = staff.query_with(node, ids).await;
    assert_eq!(seen.texts("/nodes", "/__typename"), ["ShippingMethod", "ShippingMethod", "Discount"]);
    for query in ["{ taxRates { totalCount } }", "{ discounts { totalCount } }"] {
        assert_eq!(guest.query(query).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(app.customer().await.query(query).await.error_code(), "FORBIDDEN");
    }
}

#[tokio::test]
async fn lists_of_rules_can_be_paged_through_in_both_directions() {
    let app = TestApp::start().await;
    for (country, region) in
        [("US", Some("OR")), ("DE", None), ("US", None), ("US", Some("NY")), ("AT", None)]
    {
        rate(&app, country, region, "standard", "5").await;
    }
    let staff = app.staff().await;
    let document = "query($after: String, $before: String, $first: Int, $last: Int) {
        taxRates(after: $after, before: $before, first: $first, last: $last) { nodes { country region }
        pageInfo { endCursor startCursor hasNextPage } } }";
    let places = |answer: &crate::support::Response| -> Vec<String> {
        let nodes = answer.at("/taxRates/nodes").as_array().expect("a list").clone();
        nodes
            .iter()
            .map(|rate| {
                format!("{}{}", rate["country"].as_str().unwrap(), rate["region"].as_str().unwrap_or(""))
            })
            .collect()
    };
    let first = staff.query_with(document, json!({ "first": 3 })).await;
    assert_eq!(places(&first), ["AT", "DE", "US"]);
    let end = first.at("/taxRates/pageInfo/endCursor");
    let second = staff.query_with(document, json!({ "first": 3, "after": end })).await;
    assert_eq!(places(&second), ["USNY", "USOR"]);
    let back = staff.query_with(document, json!({ "last": 2, "before": end })).await;
    assert_eq!(places(&back), ["AT", "DE"]);
    for number in 0..3 {
        code(&app, json!({ "code": format!("C{number}"), "percent": "1" })).await;
    }
    let newest = staff.query("{ discounts(first: 2) { totalCount nodes { code } } }").await;
    assert_eq!(newest.texts("/discounts/nodes", "/code"), ["C2", "C1"]);
    assert_eq!(newest.int("/discounts/totalCount"), 3);
}
