//! Stock: staff set and adjust it, orders reserve it, and nobody ever promises what is not there.

use cartograph::db::schema::{inventory, outbox, stock_changes};
use cartograph::ids::VariantId;
use cartograph::inventory::{queries, reserve};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use crate::support::{Client, ProductBuilder, Response, TestApp};

const ADJUST: &str = "mutation($input: InventoryAdjustInput!) { inventoryAdjust(input: $input) {
    variant { stock onHand reserved } userErrors { code field message } } }";
const SET: &str = "mutation($input: InventorySetInput!) { inventorySet(input: $input) {
    variants { id onHand stock } userErrors { code field message } } }";

async fn adjust(client: &Client, variant: VariantId, delta: i32) -> Response {
    client.query_with(ADJUST, json!({ "input": { "variantId": variant.to_string(), "delta": delta } })).await
}

async fn set(client: &Client, counts: &[(VariantId, i32)]) -> Response {
    let counts: Vec<_> = counts
        .iter()
        .map(|(id, on_hand)| json!({ "variantId": id.to_string(), "onHand": on_hand }))
        .collect();
    client.query_with(SET, json!({ "input": { "counts": counts, "reason": "Stock take" } })).await
}

/// What is on hand and what of it is promised.
async fn level(app: &TestApp, variant: VariantId) -> (i32, i32) {
    inventory::table
        .find(variant)
        .select((inventory::on_hand, inventory::reserved))
        .first(&mut app.db().await)
        .await
        .expect("the variant has stock")
}

async fn announcements(app: &TestApp, variant: VariantId) -> i64 {
    outbox::table
        .filter(outbox::aggregate_id.eq(variant.0))
        .filter(outbox::kind.eq("inventory.changed"))
        .select(count_star())
        .first(&mut app.db().await)
        .await
        .expect("the outbox can be counted")
}

#[tokio::test]
async fn stock_is_adjusted_announced_and_entered_in_the_book() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await.variant;
    let answer = adjust(&staff, mug, 5).await;
    assert_eq!(answer.int("/inventoryAdjust/variant/onHand"), 15);
    let answer = adjust(&staff, mug, -15).await;
    assert_eq!(answer.int("/inventoryAdjust/variant/stock"), 0);
    assert_eq!(announcements(&app, mug).await, 2);
    let book: Vec<(i32, i32)> = stock_changes::table
        .filter(stock_changes::variant_id.eq(mug))
        .filter(stock_changes::actor_id.eq(staff.user_id()))
        .order(stock_changes::id)
        .select((stock_changes::delta, stock_changes::on_hand))
        .load(&mut app.db().await)
        .await
        .unwrap();
    assert_eq!(book, [(5, 15), (-15, 0)]);
}

#[tokio::test]
async fn an_adjustment_out_of_reach_is_refused_with_the_numbers() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await.variant;
    reserve::reserve(&*app.db().await, &[(mug, 4)]).await.unwrap();
    let before = announcements(&app, mug).await;
    for (variant, delta, code, part) in [
        (mug, -7, "INSUFFICIENT_STOCK", "10 on hand, of which 4"),
        (mug, i32::MIN, "INSUFFICIENT_STOCK", "4 are promised"),
        (mug, i32::MAX, "OUT_OF_RANGE", "at most 1000000000"),
        (mug, 0, "OUT_OF_RANGE", "cannot be 0"),
        (VariantId::new(), 1, "NOT_FOUND", "no such variant"),
    ] {
        let answer = adjust(&staff, variant, delta).await;
        let [error] = &answer.user_errors("inventoryAdjust")[..] else { panic!("{:#}", answer.body) };
        assert_eq!(error.code.as_deref(), Some(code));
        assert!(error.message.contains(part), "{}", error.message);
        assert_eq!(answer.at("/inventoryAdjust/variant"), &json!(null));
    }
    assert_eq!(level(&app, mug).await, (10, 4));
    assert_eq!(announcements(&app, mug).await, before, "what did not happen is not announced");
    assert_eq!(
        adjust(&staff, mug, -6).await.int("/inventoryAdjust/variant/stock"),
        0,
        "down to what is promised"
    );
}

#[tokio::test]
async fn a_stock_take_is_entered_whole_or_not_at_all() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let shirt = ProductBuilder::new("shirt")
        .option("Size")
        .choice("S", 1000, 1)
        .choice("M", 1000, 2)
        .create(&app)
        .await;
    let [small, medium] = shirt.variants[..] else { panic!("two variants") };
    reserve::reserve(&*app.db().await, &[(medium, 2)]).await.unwrap();

    let answer = set(&staff, &[(medium, 7), (small, 0)]).await;
    assert_eq!(answer.texts("/inventorySet/variants", "/id"), [medium.to_string(), small.to_string()]);
    assert_eq!((level(&app, small).await, level(&app, medium).await), ((0, 0), (7, 2)));

    let unknown = VariantId::new();
    for (counts, codes) in [
        (vec![(small, 9), (medium, 1)], vec!["INSUFFICIENT_STOCK"]),
        (vec![(small, 9), (unknown, 1)], vec!["NOT_FOUND"]),
        (vec![(small, 9), (small, 8)], vec!["DUPLICATE"]),
        (vec![(small, -1), (medium, 1_000_000_001)], vec!["OUT_OF_RANGE", "OUT_OF_RANGE"]),
        (vec![], vec!["REQUIRED"]),
        (vec![(small, 9); 101], vec!["TOO_MANY"]),
    ] {
        let answer = set(&staff, &counts).await;
        assert_eq!(answer.user_error_codes("inventorySet"), codes);
    }
    let answer = set(&staff, &[(small, 9), (medium, 1)]).await;
    let path = ["input", "counts", "1", "onHand"].map(str::to_owned);
    assert_eq!(answer.user_errors("inventorySet")[0].field.as_deref(), Some(&path[..]));
    assert_eq!((level(&app, small).await, level(&app, medium).await), ((0, 0), (7, 2)));
}

#[tokio::test]
async fn only_those_who_manage_stock_change_or_see_it() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await.variant;
    for (client, code) in [(app.guest(), "UNAUTHENTICATED"), (app.customer().await, "FORBIDDEN")] {
        assert_eq!(adjust(&client, mug, 1).await.error_code(), code);
        assert_eq!(set(&client, &[(mug, 1)]).await.error_code(), code);
        let seen = client
            .query(&format!("{{ node(id: \"{mug}\") {{ ... on ProductVariant {{ onHand }} }} }}"))
            .await;
        assert_eq!(seen.error_code(), code);
    }
    assert_eq!(level(&app, mug).await, (10, 0));
    assert_eq!(announcements(&app, mug).await, 0);
}

#[tokio::test]
async fn reservations_are_released_and_shipped() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await.variant;
    let conn = app.db().await;
    assert_eq!(
        reserve::reserve(&conn, &[(mug, 2), (mug, 3)]).await.unwrap(),
        [mug],
        "what is given twice adds up"
    );
    assert_eq!(reserve::reserve(&conn, &[(mug, 6)]).await.unwrap(), [], "only 5 are left");
    assert_eq!(queries::available(&conn, &[mug]).await.unwrap(), [(mug, 5)]);
    assert_eq!(reserve::release(&conn, &[(mug, 1)]).await.unwrap(), [mug]);
    assert_eq!(reserve::ship(&conn, &[(mug, 4)]).await.unwrap(), [mug]);
    assert_eq!(reserve::ship(&conn, &[(mug, 1)]).await.unwrap(), [], "nothing more is promised");
    assert_eq!(reserve::release(&conn, &[(mug, 1)]).await.unwrap(), []);
    drop(conn);
    assert_eq!(level(&app, mug).await, (6, 0));
    assert_eq!(announcements(&app, mug).await, 3);
}

/// As an order does: all lines or none.
async fn buy(conn: &mut AsyncPgConnection, lines: &[(VariantId, i32)]) -> bool {
    let bought = conn
        .transaction(async |conn| {
            let reserved = reserve::reserve(conn, lines).await?;
            if reserved.len() == lines.len() {
                Ok(())
            } else {
                Err(diesel::result::Error::RollbackTransaction)
            }
        })
        .await;
    match bought {
        Ok(()) => true,
        Err(diesel::result::Error::RollbackTransaction) => false,
        Err(error) => panic!("a buyer met {error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_of_the_last_ten() {
    let app = TestApp::start().await;
    let mug = ProductBuilder::new("mug").stock(10).create(&app).await.variant;
    let bought = race(&app, 200, |_| vec![(mug, 1)]).await;
    assert_eq!(bought, 10);
    assert_eq!(level(&app, mug).await, (10, 10));
    assert_eq!(announcements(&app, mug).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn buyers_of_the_same_things_in_opposite_order_do_not_deadlock() {
    let app = TestApp::start().await;
    let mut variants = Vec::new();
    for slug in ["cup", "mug", "jug", "pot"] {
        variants.push(ProductBuilder::new(slug).stock(15).create(&app).await.variant);
    }
    let wanted = variants.clone();
    let bought = race(&app, 80, move |buyer| {
        let mut lines: Vec<_> = wanted.iter().map(|variant| (*variant, 1)).collect();
        if buyer % 2 == 0 {
            lines.reverse();
        }
        // Neighbours overlap without being equal.
        lines.remove(buyer % 4);
        lines
    })
    .await;
    let mut promised = 0;
    for variant in &variants {
        let (on_hand, reserved) = level(&app, *variant).await;
        assert!(reserved <= on_hand);
        promised += reserved;
    }
    assert_eq!(promised, 3 * bought, "every success reserved its three lines, every failure nothing");
    assert!(bought >= 15, "at least one variant was sold out");
}

/// Lets many buyers act at once, each over a connection of their own but sixteen at a time, and counts who got all.
async fn race(app: &TestApp, buyers: usize, lines: impl Fn(usize) -> Vec<(VariantId, i32)>) -> i32 {
    let url = app.database().url();
    let seats = std::sync::Arc::new(tokio::sync::Semaphore::new(16));
    let mut running = tokio::task::JoinSet::new();
    for buyer in 0..buyers {
        let (url, seats, lines) = (url.clone(), seats.clone(), lines(buyer));
        running.spawn(async move {
            let _seat = seats.acquire().await.expect("the seats stay open");
            let mut conn = AsyncPgConnection::establish(&url).await.expect("a connection");
            buy(&mut conn, &lines).await
        });
    }
    running.join_all().await.into_iter().map(i32::from).sum()
}
