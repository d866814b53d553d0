//! Pages: every product once, in order, in both directions, whatever happens meanwhile.

use serde_json::{Value, json};

use crate::support::{Client, ProductBuilder, TestApp};

const SORTS: [&str; 6] = ["NEWEST", "PRICE_ASCENDING", "PRICE_DESCENDING", "NAME", "RATING", "RELEVANCE"];

const DOCUMENT: &str =
    "query($first: Int, $after: String, $last: Int, $before: String, $sort: ProductSort, $search: String) {
    products(first: $first, after: $after, last: $last, before: $before, sort: $sort, search: $search) {
        edges { cursor node { slug } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";

/// Twelve products whose prices, names and ratings collide in threes; two have nothing on sale.
async fn shop() -> TestApp {
    let app = TestApp::start().await;
    for n in 0..12_i64 {
        let name = ["Äpfel", "apple", "Banana", "mug"][(n % 4) as usize];
        ProductBuilder::new(&format!("mug-{n:02}"))
            .name(&format!("{name} mug"))
            .price(1000 + n % 3 * 500)
            .create(&app)
            .await;
    }
    let mut conn = app.database().connect().await;
    for statement in [
        "UPDATE product_variants SET archived_at = now() WHERE product_id IN
            (SELECT id FROM products WHERE slug IN ('mug-03', 'mug-04'))",
        "UPDATE products SET rating_count = 2, rating_sum = 7 WHERE slug IN ('mug-05', 'mug-06', 'mug-07')",
        "UPDATE products SET rating_count = 1, rating_sum = 5 WHERE slug = 'mug-08'",
    ] {
        crate::support::db::run(&mut conn, statement).await;
    }
    app
}

async fn page(client: &Client, arguments: Value) -> Value {
    client.query_with(DOCUMENT, arguments).await.at("/products").clone()
}

fn slugs(page: &Value) -> Vec<String> {
    let slug = |edge: &Value| edge["node"]["slug"].as_str().expect("a slug").to_owned();
    page["edges"].as_array().expect("edges").iter().map(slug).collect()
}

/// All the slugs, read in pages of this size in one direction.
async fn walk(client: &Client, sort: &str, search: Option<&str>, size: i32, forward: bool) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    for _ in 0..50 {
        let arguments = if forward {
            json!({ "first": size, "after": cursor, "sort": sort, "search": search })
        } else {
            json!({ "last": size, "before": cursor, "sort": sort, "search": search })
        };
        let page = page(client, arguments).await;
        let info = &page["pageInfo"];
        if forward {
            all.extend(slugs(&page));
            cursor = info["endCursor"].clone();
        } else {
            all.splice(0..0, slugs(&page));
            cursor = info["startCursor"].clone();
        }
        if info[if forward { "hasNextPage" } else { "hasPreviousPage" }] == false {
            return all;
        }
    }
    panic!("the pages of {sort} never end: {all:?}");
}

#[tokio::test]
async fn pages_of_any_size_in_either_direction_give_the_whole_list() {
    let app = shop().await;
    let client = app.guest();
    for (sort, search) in
        SORTS.iter().flat_map(|sort| [(sort, None), (sort, Some("mug")), (sort, Some("appel mug"))])
    {
        let whole = slugs(&page(&client, json!({ "first": 100, "sort": sort, "search": search })).await);
        assert!(whole.len() >= 3, "{sort} {search:?}: {whole:?}");
        for size in [1, 2, 5] {
            for forward in [true, false] {
                let walked = walk(&client, sort, search, size, forward).await;
                assert_eq!(walked, whole, "{sort} {search:?} in pages of {size}, forward: {forward}");
            }
        }
    }
}

#[tokio::test]
async fn each_sort_is_in_its_order() {
    let app = shop().await;
    let client = app.guest();
    let sorted = async |sort: &str| walk(&client, sort, None, 5, true).await;
    let newest: Vec<String> = (0..12).rev().map(|n| format!("mug-{n:02}")).collect();
    assert_eq!(sorted("NEWEST").await, newest);
    assert_eq!(
        sorted("RELEVANCE").await,
        newest,
        "without a search nothing is more relevant than the newest"
    );
    let cheapest = sorted("PRICE_ASCENDING").await;
    assert_eq!(cheapest[..4], ["mug-03", "mug-04", "mug-00", "mug-06"], "nothing on sale, then 10.00 by age");
    let dearest: Vec<String> = cheapest.into_iter().rev().collect();
    assert_eq!(sorted("PRICE_DESCENDING").await, dearest);
    let by_name = sorted("NAME").await;
    assert_eq!(
        by_name[..6],
        ["mug-00", "mug-04", "mug-08", "mug-01", "mug-05", "mug-09"],
        "Ä sorts as a, A as a"
    );
    assert_eq!(sorted("RATING").await[..4], ["mug-08", "mug-07", "mug-06", "mug-05"]);
}

#[tokio::test]
async fn what_is_added_or_removed_meanwhile_moves_no_page() {
    let app = shop().await;
    let client = app.guest();
    for sort in SORTS {
        let before = walk(&client, sort, None, 100, true).await;
        let first = page(&client, json!({ "first": 5, "sort": sort })).await;
        // The row that the cursor names goes; others come before and behind it.
        let gone = &slugs(&first)[4];
        let mut conn = app.database().connect().await;
        crate::support::db::run(
            &mut conn,
            &format!("UPDATE products SET status = 'archived' WHERE slug = '{gone}'"),
        )
        .await;
        let low = ProductBuilder::new("low").name("aaa mug").price(1).create(&app).await;
        let high = ProductBuilder::new("high").name("zzz mug").price(99_999).create(&app).await;

        let rest =
            page(&client, json!({ "first": 100, "after": first["pageInfo"]["endCursor"], "sort": sort }))
                .await;
        let mut seen = slugs(&first);
        seen.extend(slugs(&rest).into_iter().filter(|slug| slug != "low" && slug != "high"));
        assert_eq!(seen, before, "{sort}: every product that stayed, once, in order");
        assert_eq!(rest["pageInfo"]["hasPreviousPage"], true);

        for statement in [
            format!("UPDATE products SET status = 'active' WHERE slug = '{gone}'"),
            format!("DELETE FROM products WHERE id IN ('{}', '{}')", low.id.0, high.id.0),
        ] {
            crate::support::db::run(&mut conn, &statement).await;
        }
    }
}

#[tokio::test]
async fn page_info_tells_what_lies_around_the_page() {
    let app = shop().await;
    let client = app.guest();
    let first = page(&client, json!({ "first": 5, "sort": "NAME" })).await;
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    assert_eq!(first["pageInfo"]["hasPreviousPage"], false);
    assert_eq!(first["pageInfo"]["startCursor"], first["edges"][0]["cursor"]);
    assert_eq!(first["pageInfo"]["endCursor"], first["edges"][4]["cursor"]);
    let last = page(&client, json!({ "last": 12, "sort": "NAME" })).await;
    assert_eq!(last["pageInfo"]["hasPreviousPage"], false, "exactly all of them");
    assert_eq!(last["pageInfo"]["hasNextPage"], false);
    let nothing = page(&client, json!({ "first": 5, "search": "xylophone" })).await;
    let empty =
        json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null });
    assert_eq!(nothing["pageInfo"], empty);
}

#[tokio::test]
async fn short_lists_page_like_long_ones() {
    let app = TestApp::start().await;
    let shirt = ProductBuilder::new("shirt")
        .option("Size")
        .choice("S", 1, 1)
        .choice("M", 1, 1)
        .choice("L", 1, 1)
        .create(&app)
        .await;
    let document = "query($id: ID!, $after: String) { product(id: $id) {
        variants(first: 2, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } } }";
    let client = app.guest();
    let first = client.query_with(document, json!({ "id": shirt.id.to_string() })).await;
    assert_eq!(first.texts("/product/variants/nodes", "/name"), ["S", "M"]);
    assert_eq!(first.at("/product/variants/pageInfo/hasNextPage"), &json!(true));
    let after = first.text("/product/variants/pageInfo/endCursor");
    let second = client.query_with(document, json!({ "id": shirt.id.to_string(), "after": after })).await;
    assert_eq!(second.texts("/product/variants/nodes", "/name"), ["L"]);
    assert_eq!(second.at("/product/variants/pageInfo/hasNextPage"), &json!(false));
    assert_eq!(second.int("/product/variants/totalCount"), 3);
}
