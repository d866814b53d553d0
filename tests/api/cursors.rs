//! Cursors that this API never made, however they are made to look: each gets a page or a code.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use cartograph::pagination::{Cursor, SortKey};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

/// Each list that is paged through in the database: what its cursors call it, and how it is asked for behind one.
fn lists() -> Vec<(String, String)> {
    let mut lists = Vec::new();
    for (name, sort) in [
        ("newest", "NEWEST"),
        ("price-up", "PRICE_ASCENDING"),
        ("price-down", "PRICE_DESCENDING"),
        ("name", "NAME"),
        ("rating", "RATING"),
        ("relevance", "RELEVANCE"),
    ] {
        // Without a search, what is relevant is what is new.
        let plain = if name == "relevance" { "newest" } else { name };
        lists
            .push((plain.to_owned(), format!("products(after: $cursor, sort: {sort}) {{ nodes {{ id }} }}")));
        lists.push((
            plain.to_owned(),
            format!("products(before: $cursor, sort: {sort}) {{ nodes {{ id }} }}"),
        ));
        let filed = format!("products(after: $cursor, sort: {sort}) {{ nodes {{ id }} }}");
        lists.push((plain.to_owned(), format!("category(slug: \"kitchen\") {{ {filed} }}")));
        for lenient in ["", "~"] {
            let found =
                format!("products(after: $cursor, sort: {sort}, search: \"mug\") {{ nodes {{ id }} }}");
            lists.push((format!("{name}{lenient}"), found));
        }
    }
    for (name, sort) in
        [("review-newest", "NEWEST"), ("review-highest", "HIGHEST"), ("review-lowest", "LOWEST")]
    {
        let reviews = format!("reviews(after: $cursor, sort: {sort}) {{ nodes {{ id }} }}");
        lists.push((name.to_owned(), format!("product(slug: \"mug\") {{ {reviews} }}")));
    }
    for (name, list) in [
        ("review-newest", "reviews(after: $cursor) { nodes { id } }"),
        ("category", "categories(after: $cursor) { nodes { id } }"),
        ("category", "category(slug: \"kitchen\") { children(after: $cursor) { nodes { id } } }"),
        ("variant", "product(slug: \"mug\") { variants(after: $cursor) { nodes { id } } }"),
        ("orders", "orders(after: $cursor) { nodes { id } }"),
        ("orders", "orders(before: $cursor) { nodes { id } }"),
        ("orders", "viewer { orders(after: $cursor) { nodes { id } } }"),
    ] {
        lists.push((name.to_owned(), list.to_owned()));
    }
    lists
}

/// A list, and a cursor that is forged for it or for another.
fn forged() -> impl Strategy<Value = (String, String)> {
    let names: Vec<String> = lists().into_iter().map(|(name, _)| name).collect();
    // Where the ranges of integers, of PostgreSQL's timestamps and of chrono's end.
    let edges = prop::sample::select(vec![
        i64::MIN,
        i64::MAX,
        i64::from(i32::MIN) - 1,
        i64::from(i32::MAX) + 1,
        i64::from(i16::MAX) + 1,
        -1,
        0,
        -211_813_488_000_000_001,
        -300_000_000_000_000_000,
        8_210_266_876_799_999_999,
        8_210_266_876_800_000_000,
    ]);
    let key = prop_oneof![
        edges.prop_map(SortKey::Int),
        any::<i64>().prop_map(SortKey::Int),
        any::<String>().prop_map(SortKey::Text),
    ];
    let cursor =
        |(name, key, id): (String, SortKey, u128)| Cursor::new(&name, key, Uuid::from_u128(id)).encode();
    let odd = prop::sample::select(vec![
        json!(null),
        json!(1e300),
        json!([1]),
        json!({}),
        json!(true),
        json!("\0"),
    ]);
    let json = |(name, key, id): (String, serde_json::Value, u128)| {
        BASE64_URL_SAFE_NO_PAD.encode(json!([name, key, Uuid::from_u128(id)]).to_string())
    };
    let list = prop::sample::select(lists());
    list.prop_flat_map(move |(name, list)| {
        let name = prop_oneof![4 => Just(name), 1 => prop::sample::select(names.clone())];
        let cursor = prop_oneof![
            6 => (name.clone(), key.clone(), any::<u128>()).prop_map(cursor),
            1 => (name, odd.clone(), any::<u128>()).prop_map(json),
            1 => any::<String>(),
        ];
        (Just(list), cursor)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_cursor_is_answered_with_a_page_or_a_code() {
    let app = TestApp::start().await;
    let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
    CategoryBuilder::new("cups").parent(kitchen).create(&app).await;
    ProductBuilder::new("mug").category(kitchen).create(&app).await;
    let admin = app.admin().await;
    let holds = |(list, cursor): (String, String)| {
        let document = format!("query($cursor: String) {{ {list} }}");
        let asked = admin.query_with(&document, json!({ "cursor": cursor }));
        let answer = tokio::task::block_in_place(|| Handle::current().block_on(asked));
        for error in answer.errors() {
            prop_assert_eq!(&error["extensions"]["code"], "BAD_USER_INPUT", "{:#}", error);
        }
        Ok(())
    };
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    if let Err(failure) = TestRunner::new(config).run(&forged(), holds) {
        panic!("{failure}");
    }
}
