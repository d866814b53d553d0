//! What is not yours answers like what is not there: the same bytes, after the same number of statements.

use cartograph::ids::{
    AddressId, CartId, CartLineId, OrderEventId, OrderId, ProductId, ReturnId, ReviewId, SessionId, UserId,
    VariantId, WebhookDeliveryId, WebhookEndpointId,
};
use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::world::World;
use crate::support::db::run;
use crate::support::{Client, ProductBuilder, UserBuilder};

/// An answer without what belongs to the request: its id, and the ids that it repeats.
fn bare(answer: &Value, id: &str) -> String {
    let mut answer = answer.clone();
    if let Some(errors) = answer["errors"].as_array_mut() {
        for error in errors {
            error["extensions"].as_object_mut().map(|extensions| extensions.remove("requestId"));
        }
    }
    answer.to_string().replace(id, "ID")
}

#[tokio::test]
async fn what_is_not_yours_is_not_there() {
    let world = World::make().await;
    let app = &world.app;
    let mut conn = app.database().connect().await;
    let draft = ProductBuilder::new("draft").draft().create(app).await;
    let hidden = ReviewId::new();
    let hide = format!(
        "INSERT INTO reviews (id, product_id, author_id, rating, status) VALUES ('{}', '{}', '{}', 5, 'hidden')",
        hidden.0,
        draft.id.0,
        world.owner.user_id().0
    );
    run(&mut conn, &hide).await;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
    }
    let event: Row = sql_query("SELECT id::text AS id FROM order_events WHERE to_status = 'PAID'")
        .get_result(&mut conn)
        .await
        .expect("an event");
    let event = OrderEventId(event.id.parse().expect("an id")).to_string();
    let id = |kind: &str| world.ids[kind].clone();
    let node = "query($id: ID!) { node(id: $id) { id } }";
    let nodes = "query($id: ID!) { nodes(ids: [$id]) { id } }";
    let payload = |mutation: &str, input: &str| {
        format!(
            "mutation($id: ID!) {{ {mutation}(input: {{ {input} }}) {{ userErrors {{ field message }} }} }}"
        )
    };
    let cart_lines = [
        ("cartLinesUpdate", "cartId: $id, lines: [{ lineId: LINE, quantity: 2 }]"),
        ("cartLinesRemove", "cartId: $id, lineIds: [LINE]"),
        ("cartClear", "cartId: $id"),
    ]
    .map(|(verb, input)| {
        payload(verb, &input.replace("LINE", &format!("{:?}", CartLineId::new().to_string())))
    });
    let address = r#"{ name: "Ada", line1: "1", city: "London", country: "GB" }"#;
    let mut asked: Vec<(String, String, String)> = Vec::new();
    for document in [node, nodes] {
        for (theirs, nobodys) in [
            (id("address"), AddressId::new().to_string()),
            (id("cart"), CartId::new().to_string()),
            (id("order"), OrderId::new().to_string()),
            (id("return"), ReturnId::new().to_string()),
            (id("user"), UserId::new().to_string()),
            (event.clone(), OrderEventId::new().to_string()),
            (draft.id.to_string(), ProductId::new().to_string()),
            (draft.variant.to_string(), VariantId::new().to_string()),
            (hidden.to_string(), ReviewId::new().to_string()),
            (id("webhookdelivery"), WebhookDeliveryId::new().to_string()),
            (id("webhookendpoint"), WebhookEndpointId::new().to_string()),
        ] {
            asked.push((document.to_owned(), theirs, nobodys));
        }
    }
    for (document, theirs, nobodys) in [
        ("query($id: ID!) { order(id: $id) { id } }".to_owned(), id("order"), OrderId::new().to_string()),
        ("query($id: ID!) { cart(id: $id) { id } }".to_owned(), id("cart"), CartId::new().to_string()),
        (
            "query($id: ID!) { product(id: $id) { id } }".to_owned(),
            draft.id.to_string(),
            ProductId::new().to_string(),
        ),
        (payload("orderCancel", "orderId: $id"), id("order"), OrderId::new().to_string()),
        (payload("addressDelete", "addressId: $id"), id("address"), AddressId::new().to_string()),
        (
            payload("addressUpdate", "addressId: $id, label: \"x\""),
            id("address"),
            AddressId::new().to_string(),
        ),
        (payload("sessionRevoke", "sessionId: $id"), id("session"), SessionId::new().to_string()),
        (payload("orderPlace", "shippingAddressId: $id"), id("address"), AddressId::new().to_string()),
        (
            payload(
                "orderPlace",
                &format!("cartId: $id, email: \"a@example.com\", shippingAddress: {address}"),
            ),
            id("cart"),
            CartId::new().to_string(),
        ),
        (
            payload("reviewCreate", "productId: $id, rating: 5"),
            draft.id.to_string(),
            ProductId::new().to_string(),
        ),
    ] {
        asked.push((document, theirs, nobodys));
    }
    let number: Row = sql_query("SELECT number::text AS id FROM orders WHERE user_id IS NOT NULL")
        .get_result(&mut conn)
        .await
        .expect("an order");
    asked.push(("query($id: Int!) { order(number: $id) { id } }".to_owned(), number.id, "999999".to_owned()));
    asked.extend(cart_lines.map(|document| (document, id("cart"), CartId::new().to_string())));

    let before = world.fingerprint(&mut conn).await;
    let customer = app.sign_in(UserBuilder::new().create(app).await).await;
    let settled = world.fingerprint(&mut conn).await;
    assert_ne!(before, settled, "the fingerprint sees a log-in");
    for client in [&app.guest(), &customer] {
        for (document, theirs, nobodys) in &asked {
            let ask = async |client: &Client, id: &str| {
                let variables = match id.parse::<i64>() {
                    Ok(number) => json!({ "id": number }),
                    Err(_) => json!({ "id": id }),
                };
                let (answer, sent) = app.statements(client.query_with(document, variables)).await;
                (bare(&answer.body, id), sent)
            };
            // Once before, so that statements are prepared and shared answers made.
            ask(client, nobodys).await;
            let (not_there, few) = ask(client, nobodys).await;
            let (not_theirs, many) = ask(client, theirs).await;
            assert_eq!(not_theirs, not_there, "{document} {theirs}");
            assert_eq!(many.count(), few.count(), "{document} {theirs}:\n{many}\nwhere nothing is:\n{few}");
        }
    }
    assert_eq!(world.fingerprint(&mut conn).await, settled, "and nothing happened");
}
