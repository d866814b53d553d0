//! What comes back when something is sent again.

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{ADD, in_cart, lines, send};
use crate::support::{ProductBuilder, TestApp, UserBuilder};

#[tokio::test]
async fn the_first_answer_comes_back_byte_for_byte_and_nothing_happens_again() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").price(1850).stock(10).create(&app).await;
    let customer = app.customer().await;
    // A rating of many digits, which not every reader of numbers gets right.
    for rating in [5, 4, 4, 5, 4, 4] {
        let author = UserBuilder::new().create(&app).await;
        let review =
            "mutation($input: ReviewCreateInput!) { reviewCreate(input: $input) { userErrors { code } } }";
        let input = json!({ "productId": mug.id.to_string(), "rating": rating });
        app.sign_in(author).await.query_with(review, json!({ "input": input })).await;
    }

    let first = send(&app, &customer, ADD, lines(mug.variant, 2, "once")).await;
    assert_eq!(first.at("/cartLinesAdd/cart/itemCount"), 2);
    assert!(first.replayed().is_empty());
    // Whatever has become of it meanwhile.
    app.staff().await.query("mutation { a: __typename }").await;
    customer.query_with(ADD, lines(mug.variant, 5, "another")).await;
    sql_query("UPDATE products SET name = 'Other'").execute(&mut app.db().await).await.unwrap();
    let again = send(&app, &customer, ADD, lines(mug.variant, 2, "once")).await;
    assert_eq!(again.data(), first.data());
    assert_eq!(again.replayed(), ["cartLinesAdd"]);
    assert_eq!(in_cart(&customer).await, 7);

    let (replay, statements) =
        app.statements(send(&app, &customer, ADD, lines(mug.variant, 2, "once"))).await;
    assert_eq!(replay.data(), first.data());
    statements.assert_at_most(3);
    statements.assert_prepared();
}

#[tokio::test]
async fn a_key_stands_for_one_input_of_one_mutation_of_one_caller() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    send(&app, &customer, ADD, lines(mug.variant, 1, "once")).await;

    let other = send(&app, &customer, ADD, lines(mug.variant, 2, "once")).await;
    assert_eq!(other.code(), Some("IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(other.body["errors"][0]["path"], json!(["cartLinesAdd"]));
    assert_eq!(in_cart(&customer).await, 1);

    let clear = "mutation { cartClear(input: { idempotencyKey: \"once\" }) { cart { itemCount } } }";
    assert_eq!(send(&app, &customer, clear, json!({})).await.at("/cartClear/cart/itemCount"), 0);
    let somebody_else = app.customer().await;
    let theirs = send(&app, &somebody_else, ADD, lines(mug.variant, 2, "once")).await;
    assert_eq!(theirs.at("/cartLinesAdd/cart/itemCount"), 2);
    assert!(theirs.replayed().is_empty());

    for no_key in ["", &"k".repeat(256)] {
        let refused = send(&app, &customer, ADD, lines(mug.variant, 1, no_key)).await;
        assert_eq!(refused.code(), Some("BAD_USER_INPUT"), "{:#}", refused.body);
    }
    let longest = send(&app, &customer, ADD, lines(mug.variant, 1, &"ä".repeat(255))).await;
    assert_eq!(longest.at("/cartLinesAdd/cart/itemCount"), 1);
}

#[tokio::test]
async fn who_asks_again_for_less_gets_less_and_for_more_is_refused() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    let variables = lines(mug.variant, 1, "once");
    let first = send(&app, &customer, ADD, variables.clone()).await;

    let less = "mutation($input: CartLinesAddInput!) { again: cartLinesAdd(input: $input) { ...F } }
        fragment F on CartPayload { cart { lines { quantity } id } }";
    let refused = send(&app, &customer, less, variables.clone()).await;
    assert_eq!(refused.code(), Some("IDEMPOTENCY_KEY_REUSED"), "by a fragment it is something else");
    let less = "mutation($input: CartLinesAddInput!) { again: cartLinesAdd(input: $input) { cart { lines { quantity } id } } }";
    let again = send(&app, &customer, less, variables.clone()).await;
    let id = first.at("/cartLinesAdd/cart/id");
    let expected =
        format!("{{\"data\":{{\"again\":{{\"cart\":{{\"lines\":[{{\"quantity\":1}}],\"id\":{id}}}}}}}");
    assert_eq!(again.data(), expected, "in the order asked for");
    assert_eq!(again.replayed(), ["again"]);

    let more =
        "mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { cart { id updatedAt } } }";
    let refused = send(&app, &customer, more, variables).await;
    assert_eq!(refused.code(), Some("IDEMPOTENCY_KEY_REUSED"));
    assert_eq!(in_cart(&customer).await, 1);
}

#[tokio::test]
async fn mutations_of_one_document_are_done_each_for_itself() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    let document = "mutation($lines: [CartLineInput!]!) {
        a: cartLinesAdd(input: { lines: $lines, idempotencyKey: \"a\" }) { cart { itemCount } }
        b: cartLinesAdd(input: { lines: $lines }) { cart { itemCount } userErrors { code } }
        ... on Mutation { c: cartLinesAdd(input: { lines: $lines, idempotencyKey: \"c\" }) { cart { itemCount } } } }";
    let variables = json!({ "lines": [{ "variantId": mug.variant.to_string() }] });
    let counts = |b| {
        format!(
            "{{\"data\":{{\"a\":{{\"cart\":{{\"itemCount\":1}}}},\"b\":{{\"cart\":{{\"itemCount\":{b}}},\"userErrors\":[]}},\
                 \"c\":{{\"cart\":{{\"itemCount\":3}}}}}}"
        )
    };
    let first = send(&app, &customer, document, variables.clone()).await;
    assert_eq!(first.data(), counts(2));
    let again = send(&app, &customer, document, variables).await;
    assert_eq!(again.data(), counts(4));
    assert_eq!(again.replayed(), ["a", "c"]);
}

#[tokio::test]
async fn what_is_kept_tells_nothing_and_goes_in_a_day_or_with_whom_it_names() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await;
    let customer = app.customer().await;
    let first = send(&app, &customer, ADD, lines(mug.variant, 1, "a key")).await;
    let cart = first.at("/cartLinesAdd/cart/id").as_str().expect("an id");
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        row: String,
    }
    let rows: Vec<Row> =
        sql_query("SELECT (k.*)::text || encode(k.answer, 'escape') AS row FROM idempotency_keys k")
            .load(&mut app.db().await)
            .await
            .unwrap();
    assert_eq!(rows.len(), 1);
    assert!(["a key", cart, "cart", "mug"].iter().all(|text| !rows[0].row.contains(text)), "{}", rows[0].row);

    let age = "UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 second'";
    sql_query(age).execute(&mut app.db().await).await.unwrap();
    let anew = send(&app, &customer, ADD, lines(mug.variant, 1, "a key")).await;
    assert_eq!(anew.at("/cartLinesAdd/cart/itemCount"), 2, "a day later it is another thing");
    assert_eq!(app.count("idempotency_keys").await, 1);

    let erase = format!(
        "mutation {{ userDeactivate(input: {{ userId: \"{}\", erase: true }}) {{ userErrors {{ code }} }} }}",
        customer.user_id()
    );
    assert!(app.admin().await.query(&erase).await.user_errors("userDeactivate").is_empty());
    assert_eq!(app.count("idempotency_keys").await, 0);
}
