//! Reviews: customers write them once, everyone reads them, moderators hide them, and the stars always add up.

use cartograph::db::schema::{products, reviews, users};
use cartograph::ids::ProductId;
use diesel::dsl::{count_star, now};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::{CategoryBuilder, Client, ProductBuilder, Response, TestApp};

async fn review(client: &Client, input: Value) -> Response {
    let document = "mutation($input: ReviewCreateInput!) { reviewCreate(input: $input) {
        review { id rating title body author { name } product { averageRating reviewCount } }
        userErrors { code field message } } }";
    client.query_with(document, json!({ "input": input })).await
}

async fn moderate(client: &Client, id: &str, status: &str) -> Response {
    let document = "mutation($input: ReviewModerateInput!) { reviewModerate(input: $input) {
        review { status product { averageRating reviewCount } } userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "id": id, "status": status } })).await
}

/// Count and sum of the stars, as kept on the product.
async fn stars(app: &TestApp, product: ProductId) -> (i32, i64) {
    let kept = products::table.find(product).select((products::rating_count, products::rating_sum));
    kept.first(&mut app.db().await).await.expect("the product is there")
}

#[tokio::test]
async fn a_customer_reviews_a_product_once() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").create(&app).await.id;
    let (ada, bob) = (app.customer().await, app.customer().await);
    let input = json!({ "productId": mug.to_string(), "rating": 4, "title": " Good ", "body": "Holds tea." });
    let answer = review(&ada, input.clone()).await;
    let made = answer.at("/reviewCreate/review");
    assert_eq!((&made["title"], &made["author"]["name"]), (&json!("Good"), &json!("Ada Test")));
    assert_eq!(
        made["product"],
        json!({ "averageRating": 4.0, "reviewCount": 1 }),
        "the answer counts it already"
    );
    let answer = review(&bob, json!({ "productId": mug.to_string(), "rating": 1 })).await;
    assert_eq!(answer.at("/reviewCreate/review/product"), &json!({ "averageRating": 2.5, "reviewCount": 2 }));
    assert_eq!(review(&ada, input).await.user_error_codes("reviewCreate"), ["ALREADY_REVIEWED"]);
    assert_eq!(stars(&app, mug).await, (2, 5));
}

#[tokio::test]
async fn what_is_no_review_is_refused() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mug = ProductBuilder::new("mug").create(&app).await.id.to_string();
    let draft = ProductBuilder::new("draft").draft().create(&app).await.id.to_string();
    let archived = ProductBuilder::new("archived").archived().create(&app).await.id.to_string();
    for (input, codes) in [
        (json!({ "productId": mug, "rating": 0 }), vec!["OUT_OF_RANGE"]),
        (json!({ "productId": mug, "rating": 6 }), vec!["OUT_OF_RANGE"]),
        (
            json!({ "productId": mug, "rating": i32::MAX, "title": "x".repeat(201), "body": "x".repeat(5001) }),
            vec!["OUT_OF_RANGE", "TOO_LONG", "TOO_LONG"],
        ),
        (json!({ "productId": mug, "rating": 5, "title": "\0", "body": "\0" }), vec!["INVALID", "INVALID"]),
        (json!({ "productId": draft, "rating": 5 }), vec!["NOT_FOUND"]),
        (json!({ "productId": archived, "rating": 5 }), vec!["NOT_FOUND"]),
        (json!({ "productId": ProductId::new().to_string(), "rating": 5 }), vec!["NOT_FOUND"]),
    ] {
        assert_eq!(review(&customer, input).await.user_error_codes("reviewCreate"), codes);
    }
    assert_eq!(
        review(&customer, json!({ "productId": "mug", "rating": 5 })).await.error_code(),
        "BAD_USER_INPUT"
    );
    let by_guest = review(&app.guest(), json!({ "productId": mug, "rating": 5 })).await;
    assert_eq!(by_guest.error_code(), "UNAUTHENTICATED");
    let written: i64 = reviews::table.select(count_star()).first(&mut app.db().await).await.unwrap();
    assert_eq!(written, 0);
}

#[tokio::test]
async fn a_hidden_review_is_gone_and_its_stars_with_it() {
    let app = TestApp::start().await;
    let (staff, customer, guest) = (app.staff().await, app.customer().await, app.guest());
    let mug = ProductBuilder::new("mug").create(&app).await.id;
    let answer = review(&customer, json!({ "productId": mug.to_string(), "rating": 1 })).await;
    let id = answer.text("/reviewCreate/review/id").to_owned();
    let seen = format!(
        "{{ node(id: \"{id}\") {{ id }} product(slug: \"mug\") {{ averageRating reviews {{ totalCount nodes {{ id }} }} }} }}"
    );
    let moderation = "{ reviews(status: HIDDEN) { totalCount nodes { id status } } }";

    for (client, code) in [(&guest, "UNAUTHENTICATED"), (&customer, "FORBIDDEN")] {
        assert_eq!(moderate(client, &id, "HIDDEN").await.error_code(), code);
        assert_eq!(client.query(moderation).await.error_code(), code);
    }
    assert_eq!(stars(&app, mug).await, (1, 1), "those who may not did not");

    let answer = moderate(&staff, &id, "HIDDEN").await;
    assert_eq!(
        answer.at("/reviewModerate/review/product"),
        &json!({ "averageRating": null, "reviewCount": 0 })
    );
    let gone = json!({ "node": null, "product": { "averageRating": null, "reviews": { "totalCount": 0, "nodes": [] } } });
    assert_eq!(guest.query(&seen).await.data(), &gone);
    let answer = staff.query(moderation).await;
    assert_eq!((answer.int("/reviews/totalCount"), answer.text("/reviews/nodes/0/id")), (1, id.as_str()));
    let again = review(&customer, json!({ "productId": mug.to_string(), "rating": 5 })).await;
    assert_eq!(again.user_error_codes("reviewCreate"), ["ALREADY_REVIEWED"], "hidden is not forgotten");

    moderate(&staff, &id, "PUBLISHED").await.data();
    moderate(&staff, &id, "PUBLISHED").await.data();
    assert_eq!(stars(&app, mug).await, (1, 1), "twice counts once");
    assert_eq!(guest.query(&seen).await.int("/product/reviews/totalCount"), 1);
    let unknown = cartograph::ids::ReviewId::new().to_string();
    assert_eq!(moderate(&staff, &unknown, "HIDDEN").await.user_error_codes("reviewModerate"), ["NOT_FOUND"]);
}

#[tokio::test]
async fn an_author_is_a_name_and_a_closed_account_not_even_that() {
    let app = TestApp::start().await;
    let customer = app.customer().await;
    let mug = ProductBuilder::new("mug").create(&app).await.id;
    review(&customer, json!({ "productId": mug.to_string(), "rating": 5 })).await.data();
    let seen = "{ product(slug: \"mug\") { reviews { nodes { author { name } } } } }";
    assert_eq!(app.guest().query(seen).await.text("/product/reviews/nodes/0/author/name"), "Ada Test");
    let email =
        app.guest().query("{ product(slug: \"mug\") { reviews { nodes { author { email } } } } }").await;
    assert_eq!(email.error_code(), "GRAPHQL_VALIDATION_FAILED");
    diesel::update(users::table.find(customer.user_id()))
        .set(users::deleted_at.eq(now))
        .execute(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(app.guest().query(seen).await.at("/product/reviews/nodes/0/author"), &json!(null));
}

/// A product with a review of each of these ratings, oldest first, each by a customer of their own.
async fn reviewed(
    app: &TestApp,
    slug: &str,
    category: Option<cartograph::ids::CategoryId>,
    ratings: &[i32],
) -> ProductId {
    let mut product = ProductBuilder::new(slug);
    if let Some(category) = category {
        product = product.category(category);
    }
    let id = product.create(app).await.id;
    for rating in ratings {
        let input =
            json!({ "productId": id.to_string(), "rating": rating, "title": format!("{rating} stars") });
        review(&app.customer().await, input).await.data();
    }
    id
}

#[tokio::test]
async fn reviews_are_paged_in_every_order() {
    let app = TestApp::start().await;
    reviewed(&app, "mug", None, &[3, 5, 1, 5, 2, 4, 5]).await;
    for (sort, expected) in [
        ("NEWEST", ["5", "4", "2", "5", "1", "5", "3"]),
        ("HIGHEST", ["5", "5", "5", "4", "3", "2", "1"]),
        ("LOWEST", ["1", "2", "3", "4", "5", "5", "5"]),
    ] {
        let (mut ids, mut ratings, mut after) = (Vec::new(), Vec::new(), Value::Null);
        loop {
            let document = format!(
                "query($after: String) {{ product(slug: \"mug\") {{ reviews(first: 2, after: $after, sort: {sort}) {{ \
                 totalCount nodes {{ id title }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
            );
            let answer = app.guest().query_with(&document, json!({ "after": after })).await;
            assert_eq!(answer.int("/product/reviews/totalCount"), 7);
            ids.extend(answer.texts("/product/reviews/nodes", "/id").into_iter().map(str::to_owned));
            ratings.extend(
                answer
                    .texts("/product/reviews/nodes", "/title")
                    .into_iter()
                    .map(|title| title[..1].to_owned()),
            );
            if answer.at("/product/reviews/pageInfo/hasNextPage") == &json!(false) {
                break;
            }
            after = answer.at("/product/reviews/pageInfo/endCursor").clone();
        }
        assert_eq!(ratings, expected, "{sort}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 7, "each once");
    }
    for (arguments, text) in [
        ("first: 0", "between 1 and 100"),
        ("first: 101", "between 1 and 100"),
        ("after: \"x\"", "not a cursor"),
    ] {
        let answer = app
            .guest()
            .query(&format!("{{ product(slug: \"mug\") {{ reviews({arguments}) {{ nodes {{ id }} }} }} }}"))
            .await;
        assert_eq!(answer.error_code(), "BAD_USER_INPUT");
        assert!(answer.error_message().contains(text));
    }
}

#[tokio::test]
async fn a_category_page_with_reviews_is_four_statements_whatever_its_size() {
    let app = TestApp::start().await;
    let kitchen = CategoryBuilder::new("kitchen").create(&app).await;
    for number in 0..50 {
        let ratings = [5, 4, 3, 2].get(..number % 5).unwrap_or_default();
        reviewed(&app, &format!("product-{number}"), Some(kitchen), ratings).await;
    }
    for first in [1, 20, 50] {
        let document = format!(
            "{{ products(first: {first}, sort: NAME) {{ nodes {{ name averageRating category {{ name }} \
             reviews(first: 3) {{ totalCount nodes {{ rating author {{ name }} }} }} }} }} }}"
        );
        let guest = app.guest();
        let (answer, statements) = app.statements(guest.query(&document)).await;
        statements.assert_at_most(4);
        statements.assert_prepared();
        let nodes = answer.at("/products/nodes").as_array().unwrap();
        assert_eq!(nodes.len(), first);
        for node in nodes {
            let total = node["reviews"]["totalCount"].as_u64().unwrap();
            assert_eq!(node["reviews"]["nodes"].as_array().unwrap().len() as u64, total.min(3));
        }
    }
}

#[tokio::test]
async fn the_stars_add_up_when_many_review_and_moderate_at_once() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mug = ProductBuilder::new("mug").create(&app).await.id;
    let mut customers = Vec::new();
    for _ in 0..40 {
        customers.push(app.customer().await);
    }
    let id = mug.to_string();
    let writing = customers.iter().enumerate().map(|(index, customer)| {
        let (id, staff) = (&id, &staff);
        async move {
            let rating = index % 5 + 1;
            let answer = review(customer, json!({ "productId": id, "rating": rating })).await;
            if index % 3 == 0 {
                moderate(staff, answer.text("/reviewCreate/review/id"), "HIDDEN").await.data();
            }
            // A second try of everyone, at the same time.
            let again = review(customer, json!({ "productId": id, "rating": rating })).await;
            assert_eq!(again.user_error_codes("reviewCreate"), ["ALREADY_REVIEWED"]);
        }
    });
    futures_util::future::join_all(writing).await;
    let published = (0..40).filter(|index| index % 3 != 0);
    let expected = published.fold((0, 0), |(count, sum), index| (count + 1, sum + i64::from(index % 5 + 1)));
    assert_eq!(stars(&app, mug).await, expected);
    diesel::delete(reviews::table).execute(&mut app.db().await).await.unwrap();
    assert_eq!(stars(&app, mug).await, (0, 0));
}
