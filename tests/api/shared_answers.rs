//! Guests who ask the same about the catalogue share the answer for a moment.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::support::{CategoryBuilder, Client, ProductBuilder, TestApp};

const NAME: &str = "{ product(slug: \"mug\") { id name stock } }";
const RENAME: &str = "mutation($id: ID!, $name: String!) {
    productUpdate(input: { id: $id, name: $name }) { product { id } userErrors { message } } }";

/// A shop with a mug, whose answers are good for this long.
async fn shop(max_age: Duration) -> TestApp {
    let app = TestApp::start_with(|config| config.shop.catalog_max_age = max_age).await;
    ProductBuilder::new("mug").name("Mug").sku("MUG").stock(5).create(&app).await;
    app
}

async fn name(client: &Client) -> String {
    client.query(NAME).await.text("/product/name").to_owned()
}

async fn rename(app: &TestApp, name: &str) {
    let id = app.guest().query(NAME).await.text("/product/id").to_owned();
    let answer = app.staff().await.query_with(RENAME, json!({ "id": id, "name": name })).await;
    assert_eq!(answer.user_errors("productUpdate"), []);
}

#[tokio::test]
async fn many_guests_cost_one_read() {
    let app = shop(Duration::from_mins(1)).await;
    let guests = (0..20).map(|_| async { name(&app.guest()).await });
    let (names, statements) = app.statements(futures_util::future::join_all(guests)).await;
    assert_eq!(names, ["Mug"; 20]);
    statements.assert_at_most(1);
}

#[tokio::test]
async fn a_change_is_seen_at_once_by_whoever_asks_this_server() {
    const MUG: &str = "{
        product(slug: \"mug\") { id name stock reviewCount price { amount } category { id name }
                                variants(first: 1) { nodes { id } totalCount } }
        products(first: 1) { totalCount } categories(first: 1) { totalCount } }";
    let app = TestApp::start_with(|config| config.shop.catalog_max_age = Duration::from_mins(1)).await;
    let mugs = CategoryBuilder::new("mugs").create(&app).await;
    let size = ProductBuilder::new("mug").category(mugs).option("Size");
    let large = size.choice("S", 1000, 5).choice("L", 1000, 5).create(&app).await.variants[1];
    let (guest, staff) = (app.guest(), app.staff().await);
    let mug = guest.query(MUG).await;
    let (product, variant, category) =
        (mug.text("/product/id"), mug.text("/product/variants/nodes/0/id"), mug.text("/product/category/id"));
    let review = format!("productId: \"{product}\", rating: 5, title: \"Fine\", body: \"It holds tea.\"");
    let review = format!("mutation {{ reviewCreate(input: {{ {review} }}) {{ review {{ id }} }} }}");
    let review = app.customer().await.query(&review).await;
    let review = review.text("/reviewCreate/review/id");
    assert_eq!(guest.query(MUG).await.int("/product/reviewCount"), 1, "a review is seen as well");

    let second = format!(
        "productId: \"{product}\", price: \"12.00\", selectedOptions: [{{ name: \"Size\", value: \"M\" }}]"
    );
    let steps = [
        (
            "productUpdate",
            format!(
                "id: \"{product}\", name: \"Cup\", options: [{{ name: \"Size\", values: [\"S\", \"M\", \"L\"] }}]"
            ),
            "/product/name",
            json!("Cup"),
        ),
        (
            "categoryUpdate",
            format!("id: \"{category}\", name: \"Cups\""),
            "/product/category/name",
            json!("Cups"),
        ),
        (
            "variantUpdate",
            format!("id: \"{variant}\", price: \"9.00\""),
            "/product/price/amount",
            json!("9.00"),
        ),
        ("inventoryAdjust", format!("variantId: \"{variant}\", delta: 2"), "/product/stock", json!(7)),
        (
            "inventorySet",
            format!("counts: [{{ variantId: \"{variant}\", onHand: 3 }}]"),
            "/product/stock",
            json!(3),
        ),
        ("reviewModerate", format!("id: \"{review}\", status: HIDDEN"), "/product/reviewCount", json!(0)),
        ("variantArchive", format!("id: \"{large}\""), "/product/variants/totalCount", json!(1)),
        ("variantCreate", second, "/product/variants/totalCount", json!(2)),
        (
            "productCreate",
            "name: \"Bowl\", status: ACTIVE, variants: [{ price: \"5.00\" }]".to_owned(),
            "/products/totalCount",
            json!(2),
        ),
        ("categoryCreate", "name: \"Bowls\"".to_owned(), "/categories/totalCount", json!(2)),
        ("categoryDelete", format!("id: \"{category}\""), "/product/category", json!(null)),
        ("productArchive", format!("id: \"{product}\""), "/product", json!(null)),
    ];
    let mut tried = BTreeSet::new();
    for (mutation, input, pointer, seen) in steps {
        let document =
            format!("mutation {{ {mutation}(input: {{ {input} }}) {{ userErrors {{ code message }} }} }}");
        assert_eq!(staff.query(&document).await.user_errors(mutation), [], "{mutation}");
        assert_eq!(guest.query(MUG).await.at(pointer), &seen, "{mutation}");
        tried.insert(mutation.to_owned());
    }
    assert_eq!(
        tried,
        mutations_of_the_catalogue(),
        "a new one tells what it changed, or is known to change nothing"
    );
}

/// The mutations of the schema but those that change nothing of the catalogue, which other tests try.
fn mutations_of_the_catalogue() -> BTreeSet<String> {
    const OTHERS: [&str; 16] = [
        "account",
        "address",
        "cart",
        "discount",
        "email",
        "job",
        "order",
        "password",
        "payment",
        "refund",
        "reviewCreate",
        "session",
        "shippingMethod",
        "taxRate",
        "user",
        "webhook",
    ];
    let sdl = cartograph::graphql::sdl();
    let fields =
        sdl.split("type Mutation {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("mutations");
    let names =
        fields.lines().filter_map(|line| line.strip_prefix("  ")?.split_once('(')).map(|(name, _)| name);
    let names = names.filter(|name| name.chars().all(char::is_alphabetic));
    names.filter(|name| !OTHERS.iter().any(|other| name.starts_with(other))).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_change_is_no_business_of_those_who_may_not_make_it() {
    let app = shop(Duration::from_mins(1)).await;
    assert_eq!(name(&app.guest()).await, "Mug");
    let other = TestApp::start_beside(&app, |_| {}).await;
    rename(&other, "Cup").await;
    let variables = json!({ "id": "product_01jaxv3n8tfx0r6w1m2c9k5e7q", "name": "Pot" });
    assert_eq!(app.guest().query_with(RENAME, variables.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.customer().await.query_with(RENAME, variables).await.error_code(), "FORBIDDEN");
    for document in ["mutation { __typename }", "mutation { noSuchThing }", "mutation { ... { __typename } }"]
    {
        app.guest().query(document).await;
    }
    assert_eq!(name(&app.guest()).await, "Mug", "the kept answer is still good");
}

#[tokio::test]
async fn a_shopper_sees_what_their_order_took() {
    let app = shop(Duration::from_mins(1)).await;
    let guest = app.guest();
    assert_eq!(guest.query(NAME).await.int("/product/stock"), 5);
    let cart =
        "mutation { cartLinesAdd(input: { lines: [{ sku: \"MUG\", quantity: 2 }] }) { cart { token } } }";
    let cart = guest.query(cart).await.text("/cartLinesAdd/cart/token").to_owned();
    let order = "mutation($cart: String!) { orderPlace(input: { cartToken: $cart, idempotencyKey: \"once\", email: \"ada@example.com\",
        shippingAddress: { name: \"Ada\", line1: \"1 Street\", city: \"London\", postalCode: \"SW1Y 4JH\", country: \"GB\" } })
        { userErrors { code message } } }";
    assert_eq!(guest.query_with(order, json!({ "cart": cart })).await.user_errors("orderPlace"), []);
    assert_eq!(guest.query(NAME).await.int("/product/stock"), 3);

    let other = TestApp::start_beside(&app, |_| {}).await;
    rename(&other, "Cup").await;
    assert_eq!(guest.query_with(order, json!({ "cart": cart })).await.user_errors("orderPlace"), []);
    assert_eq!(name(&guest).await, "Mug", "an order that is repeated leaves what is kept");
    let again = order.replace("once", "twice");
    let refused = guest.query_with(&again, json!({ "cart": cart })).await;
    assert_eq!(refused.user_error_codes("orderPlace"), ["CART_EMPTY"]);
    assert_eq!(name(&guest).await, "Mug", "and so does one that is refused");
    let cart = "mutation { cartLinesAdd(input: { lines: [{ sku: \"MUG\", quantity: 5 }] }) { userErrors { code message } } }";
    let refused = guest.query(cart).await;
    assert_eq!(refused.user_error_codes("cartLinesAdd"), ["INSUFFICIENT_STOCK"], "the database decides");
}

#[tokio::test]
async fn a_change_by_another_server_is_seen_when_the_moment_is_over() {
    let app = shop(Duration::from_millis(200)).await;
    let other = TestApp::start_beside(&app, |_| {}).await;
    assert_eq!(name(&app.guest()).await, "Mug");
    rename(&other, "Cup").await;
    let guest = app.guest();
    let seen = async {
        while name(&guest).await != "Cup" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), seen).await.expect("the change is seen");
}

#[tokio::test]
async fn whoever_is_signed_in_gets_an_answer_of_their_own() {
    let app = shop(Duration::from_mins(1)).await;
    assert_eq!(name(&app.guest()).await, "Mug");
    let other = TestApp::start_beside(&app, |_| {}).await;
    rename(&other, "Cup").await;
    assert_eq!(name(&app.customer().await).await, "Cup");
    assert_eq!(name(&app.guest()).await, "Mug", "the kept answer is still good");
}
