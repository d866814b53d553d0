//! `viewer { addresses }`, its mutations, and orders that go to one of them

use serde_json::{Value, json};

use crate::support::db::count;
use crate::support::{Client, ProductBuilder, Response, TestApp};

const ADDRESS: &str = "id label defaultShipping defaultBilling address { name line1 city country }";

async fn create(client: &Client, input: Value) -> Response {
    let document = format!(
        "mutation($input: AddressCreateInput!) {{ addressCreate(input: $input) {{ \
         address {{ {ADDRESS} }} userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

async fn update(client: &Client, input: Value) -> Response {
    let document = format!(
        "mutation($input: AddressUpdateInput!) {{ addressUpdate(input: $input) {{ \
         address {{ {ADDRESS} }} userErrors {{ code field message }} }} }}"
    );
    client.query_with(&document, json!({ "input": input })).await
}

async fn delete(client: &Client, id: &str) -> Response {
    let document = "mutation($input: AddressDeleteInput!) { addressDelete(input: $input) { \
                    deletedId userErrors { code field message } } }";
    client.query_with(document, json!({ "input": { "addressId": id } })).await
}

fn london() -> Value {
    json!({ "name": "Ada", "line1": "12 Square", "city": " London ", "country": "gb" })
}

/// The labels of a book, and which of them are the defaults for shipping and billing.
async fn book(client: &Client) -> (Vec<String>, [Option<String>; 2]) {
    let answer = client.query(&format!("{{ viewer {{ addresses {{ {ADDRESS} }} }} }}")).await;
    let addresses = answer.at("/viewer/addresses").as_array().expect("a list").clone();
    let label = |address: &Value| address["label"].as_str().expect("a label").to_owned();
    let default = |which: &str| addresses.iter().find(|address| address[which] == json!(true)).map(label);
    (addresses.iter().map(label).collect(), [default("defaultShipping"), default("defaultBilling")])
}

#[tokio::test]
async fn a_book_has_one_default_of_each_kind() {
    let app = TestApp::start().await;
    let ada = app.customer().await;
    let home = create(&ada, json!({ "label": "home", "address": london() })).await;
    let made = home.at("/addressCreate/address");
    assert_eq!(
        made["address"],
        json!({ "name": "Ada", "line1": "12 Square", "city": "London", "country": "GB" })
    );
    assert_eq!(
        (&made["defaultShipping"], &made["defaultBilling"]),
        (&json!(true), &json!(true)),
        "the first of all"
    );
    create(&ada, json!({ "label": "work", "address": london(), "defaultShipping": true })).await.data();
    create(&ada, json!({ "label": "shed", "address": london() })).await.data();
    let labels = ["home", "work", "shed"].map(str::to_owned).to_vec();
    let defaults = |shipping: &str, billing: &str| [Some(shipping.to_owned()), Some(billing.to_owned())];
    assert_eq!(book(&ada).await, (labels.clone(), defaults("work", "home")));

    let id = home.text("/addressCreate/address/id");
    let input = json!({ "addressId": id, "defaultShipping": true, "defaultBilling": false });
    let updated = update(&ada, input).await;
    assert_eq!(
        updated.at("/addressUpdate/address/address/city"),
        &json!("London"),
        "what is not given stays"
    );
    assert_eq!(book(&ada).await, (labels, [Some("home".to_owned()), None]));
    assert_eq!(delete(&ada, id).await.text("/addressDelete/deletedId"), id);
    assert_eq!(book(&ada).await, (vec!["work".to_owned(), "shed".to_owned()], [None, None]));
}

#[tokio::test]
async fn of_two_defaults_written_at_once_one_stays() {
    let app = TestApp::start().await;
    let ada = app.customer().await;
    let writes = (0..8).map(|number| {
        let input = json!({ "label": number.to_string(), "address": london(), "defaultShipping": true, "defaultBilling": true });
        create(&ada, input)
    });
    for written in futures_util::future::join_all(writes).await {
        assert_eq!(written.user_error_codes("addressCreate"), [""; 0], "each is written down");
    }
    let mut conn = app.database().connect().await;
    for flag in ["default_shipping", "default_billing"] {
        assert_eq!(count(&mut conn, &format!("SELECT count(*) AS n FROM addresses WHERE {flag}")).await, 1);
    }
}

#[tokio::test]
async fn a_book_has_an_end() {
    let app = TestApp::start().await;
    let ada = app.customer().await;
    let user = ada.user_id().0;
    let fill = format!(
        "INSERT INTO addresses (id, user_id, address) SELECT uuid_v7(), '{user}', '{{}}' FROM generate_series(1, 48)"
    );
    crate::support::db::run(&mut app.database().connect().await, &fill).await;
    let writes = (0..6).map(|_| create(&ada, json!({ "address": london() })));
    let written = futures_util::future::join_all(writes).await;
    let mut codes: Vec<String> =
        written.iter().flat_map(|answer| answer.user_error_codes("addressCreate")).collect();
    codes.dedup();
    assert_eq!(codes, ["ADDRESS_LIMIT_REACHED"]);
    assert_eq!(app.count("addresses").await, 50, "also when several come at once");
}

#[tokio::test]
async fn all_that_is_wrong_with_an_address_is_told() {
    let app = TestApp::start().await;
    let ada = app.customer().await;
    let input = json!({ "label": "x".repeat(51), "address": { "name": " ", "line1": "1", "city": "C", "country": "XX" } });
    let errors = create(&ada, input).await.user_errors("addressCreate");
    let told: Vec<(&str, Vec<String>)> = errors
        .iter()
        .map(|error| (error.code.as_deref().unwrap_or_default(), error.field.clone().unwrap_or_default()))
        .collect();
    let path = |path: &[&str]| path.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            ("LABEL_INVALID", path(&["input", "label"])),
            ("ADDRESS_INVALID", path(&["input", "address", "name"])),
            ("ADDRESS_INVALID", path(&["input", "address", "country"])),
        ]
    );
    assert_eq!(app.count("addresses").await, 0);
}

#[tokio::test]
async fn an_order_goes_to_an_address_of_the_book_and_keeps_it() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").create(&app).await;
    let (ada, other) = (app.customer().await, app.customer().await);
    let home = create(&ada, json!({ "address": london() })).await;
    let id = home.text("/addressCreate/address/id");
    let place = async |client: &Client, input: Value| {
        let add =
            "mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { userErrors { message } } }";
        let line = json!({ "variantId": mug.variant.to_string(), "quantity": 1 });
        client.query_with(add, json!({ "input": { "lines": [line] } })).await.data();
        let document = "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) { \
                        order { id shippingAddress { city } } userErrors { code field message } } }";
        client.query_with(document, json!({ "input": input })).await
    };
    let placed = place(&ada, json!({ "shippingAddressId": id })).await;
    assert_eq!(placed.text("/orderPlace/order/shippingAddress/city"), "London");
    update(&ada, json!({ "addressId": id, "address": { "name": "Ada", "line1": "1", "city": "Paris", "country": "FR" } }))
        .await
        .data();
    let order = placed.text("/orderPlace/order/id");
    let order = ada.query(&format!("{{ order(id: {order:?}) {{ shippingAddress {{ city }} }} }}")).await;
    assert_eq!(order.text("/order/shippingAddress/city"), "London", "as it was then");

    for (client, input, field) in [
        (&other, json!({ "shippingAddressId": id }), "shippingAddressId"),
        (&ada, json!({ "shippingAddressId": id, "shippingAddress": london() }), "shippingAddress"),
        (&ada, json!({}), "shippingAddress"),
    ] {
        let errors = place(client, input).await.user_errors("orderPlace");
        assert_eq!(errors[0].code.as_deref(), Some("ADDRESS_INVALID"));
        assert_eq!(errors[0].field, Some(vec!["input".to_owned(), field.to_owned()]));
    }
}
