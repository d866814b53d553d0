//! The tables: as the code believes them to be, indexed where they are joined, and made and unmade by migrations.

use std::collections::BTreeMap;

use cartograph::db::MIGRATIONS;
use cartograph::ids::VariantId;
use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::MigrationHarness;
use serde_json::json;

use crate::support::client::Client;
use crate::support::db::{TestDatabase, count};
use crate::support::{CategoryBuilder, ProductBuilder, TestApp};

/// Columns that only SQL text touches.
const NOT_IN_SCHEMA_RS: [&str; 2] = ["jobs.open_ordering_key", "products.search_document"];

/// A column's type as Diesel spells it, by `table.column`.
type Columns = BTreeMap<String, String>;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

async fn names(conn: &mut AsyncPgConnection, query: &str) -> Vec<String> {
    let rows: Vec<Name> =
        sql_query(query).load(conn).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().map(|row| row.name).collect()
}

async fn columns_of_database(conn: &mut AsyncPgConnection) -> Columns {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        udt: String,
        #[diesel(sql_type = Bool)]
        nullable: bool,
    }
    let rows: Vec<Row> = sql_query(
        "SELECT table_name || '.' || column_name AS name, udt_name::text AS udt, is_nullable = 'YES' AS nullable
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'",
    )
    .load(conn)
    .await
    .expect("the columns can be listed");
    let spelt = |row: &Row| {
        let base = |udt: &str| match udt {
            "uuid" => "Uuid".to_owned(),
            "text" => "Text".to_owned(),
            "bool" => "Bool".to_owned(),
            "int2" => "Int2".to_owned(),
            "int4" => "Int4".to_owned(),
            "int8" => "Int8".to_owned(),
            "jsonb" => "Jsonb".to_owned(),
            "bytea" => "Bytea".to_owned(),
            "bpchar" => "Bpchar".to_owned(),
            "timestamptz" => "Timestamptz".to_owned(),
            other => format!("<{other}>"),
        };
        let ty =
            row.udt.strip_prefix('_').map_or_else(|| base(&row.udt), |item| format!("Array<{}>", base(item)));
        if row.nullable { format!("Nullable<{ty}>") } else { ty }
    };
    rows.iter().map(|row| (row.name.clone(), spelt(row))).collect()
}

/// What `src/db/schema.rs` declares, read from its text: each table is `name (key) { column -> Type, … }`.
fn columns_of_code() -> Columns {
    let mut columns = Columns::new();
    for table in include_str!("../../src/db/schema.rs").split("diesel::table! {").skip(1) {
        let (name, body) = table.split_once('(').expect("a table has a key");
        let (_, body) = body.split_once('{').expect("a table has columns");
        let mut renamed = None;
        for line in body.lines() {
            if let Some(attribute) = line.trim().strip_prefix("#[sql_name = \"") {
                renamed = Some(attribute.trim_end_matches("\"]"));
            } else if line.contains("joinable!") {
                break;
            } else if let Some((column, ty)) = line.trim().trim_end_matches(',').split_once(" -> ") {
                let column = renamed.take().unwrap_or(column);
                columns.insert(format!("{}.{column}", name.trim()), ty.to_owned());
            }
        }
    }
    columns
}

#[tokio::test]
async fn schema_rs_mirrors_the_tables() {
    let database = TestDatabase::create().await;
    let mut found = columns_of_database(&mut database.connect().await).await;
    for left_out in NOT_IN_SCHEMA_RS {
        assert!(found.remove(left_out).is_some(), "{left_out} is no column any more");
    }
    let declared = columns_of_code();
    assert!(declared.len() > 80, "schema.rs is read as it is written");
    for (column, ty) in &found {
        assert_eq!(declared.get(column), Some(ty), "{column} in src/db/schema.rs");
    }
    for column in declared.keys() {
        assert!(found.contains_key(column), "{column} is in src/db/schema.rs and in no migration");
    }
}

#[tokio::test]
async fn every_foreign_key_can_be_followed_backwards() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    assert!(count(&mut conn, "SELECT count(*) AS n FROM pg_constraint WHERE contype = 'f'").await > 10);
    // An index that begins with the key's columns, over all rows or over all that point somewhere.
    let slow = names(
        &mut conn,
        "SELECT conrelid::regclass || '.' || conname AS name FROM pg_constraint
         WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
             SELECT 1 FROM pg_index
             WHERE indrelid = conrelid AND (indkey::int2[])[0:cardinality(conkey) - 1] = conkey
               AND (indpred IS NULL OR pg_get_expr(indpred, indrelid) = format('(%I IS NOT NULL)',
                   (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]))))",
    )
    .await;
    assert_eq!(slow, [""; 0], "deleting what these point to reads the whole table");
}

#[tokio::test]
async fn every_constraint_has_a_name_of_its_own() {
    let database = TestDatabase::create().await;
    let mut conn = database.connect().await;
    // Refusals are told by the constraint's name, so two tables must not share one.
    let shared = names(
        &mut conn,
        "SELECT conname::text AS name FROM pg_constraint WHERE connamespace = 'public'::regnamespace
         GROUP BY conname HAVING count(*) > 1",
    )
    .await;
    assert_eq!(shared, [""; 0]);
}

#[tokio::test]
async fn migrations_can_be_undone_and_done_again() {
    let database = TestDatabase::create_blank().await;
    let run = cartograph::db::migrate(&database.url()).await.expect("the migrations run");
    assert!(!run.is_empty());
    let mut conn = database.connect().await;
    let before = columns_of_database(&mut conn).await;

    let reverted = tokio::task::spawn_blocking({
        let conn = database.connect().await;
        move || {
            AsyncMigrationHarness::new(conn).revert_all_migrations(MIGRATIONS).map(|reverted| reverted.len())
        }
    })
    .await
    .expect("the thread ends")
    .expect("the migrations can be undone");
    assert_eq!(reverted, run.len());
    let left = names(
        &mut conn,
        "SELECT relname::text AS name FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_diesel%'
         UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         UNION ALL SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql'",
    )
    .await;
    assert_eq!(left, [""; 0], "what a migration made, its undoing removes");

    cartograph::db::migrate(&database.url()).await.expect("the migrations run again");
    assert_eq!(columns_of_database(&mut conn).await, before);
    assert_eq!(cartograph::db::migrate(&database.url()).await.expect("nothing to do"), [""; 0]);
}

#[tokio::test]
async fn copies_that_start_together_migrate_once() {
    let database = TestDatabase::create_blank().await;
    let url = database.url();
    let runs = futures_util::future::join_all((0..4).map(|_| cartograph::db::migrate(&url))).await;
    let runs: Vec<usize> = runs.into_iter().map(|run| run.expect("each start succeeds").len()).collect();
    assert_eq!(runs.iter().filter(|run| **run > 0).count(), 1, "{runs:?}");
}

#[tokio::test]
async fn a_running_copy_outlives_the_columns_that_a_newer_one_adds() {
    // One connection, which keeps what it prepared before the columns came.
    let app = TestApp::start_with(|config| config.database.pool_size = 1).await;
    let category = CategoryBuilder::new("mugs").create(&app).await;
    let mug = ProductBuilder::new("mug").category(category).stock(10).create(&app).await;
    let customer = app.customer().await;
    shop(&customer, mug.variant).await;

    let mut conn = app.database().connect().await;
    let tables =
        names(&mut conn, "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            .await;
    for table in &tables {
        let add = format!("ALTER TABLE {table} ADD COLUMN of_a_newer_version integer");
        sql_query(add).execute(&mut conn).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    }
    shop(&customer, mug.variant).await;
}

/// What shoppers do all day, each with the statements that it needs.
async fn shop(customer: &Client, variant: VariantId) {
    let line = json!({ "variantId": variant.to_string(), "quantity": 1 });
    let added = customer
        .query_with(
            include_str!("../../benches/load/cart_add.graphql"),
            json!({ "input": { "lines": [line] } }),
        )
        .await;
    assert_eq!(added.int("/cartLinesAdd/cart/itemCount"), 1);
    let address = json!({ "name": "Ada", "line1": "1 High St", "city": "London", "postalCode": "N1 1AA", "country": "GB" });
    let input = json!({ "email": "ada@example.com", "shippingAddress": address });
    let placed = customer
        .query_with(include_str!("../../benches/load/order_place.graphql"), json!({ "input": input }))
        .await;
    assert_eq!(placed.user_error_codes("orderPlace"), [""; 0]);
    for (document, variables) in [
        (include_str!("../../benches/load/product_page.graphql"), json!({ "slug": "mug" })),
        (include_str!("../../benches/load/category_page.graphql"), json!({ "slug": "mugs" })),
        (include_str!("../../benches/load/search.graphql"), json!({ "search": "mug" })),
        (include_str!("../../benches/load/order_history.graphql"), json!({})),
        (
            "{ products(first: 10) { totalCount nodes { name } } searchSuggestions(query: \"mu\") { text } }",
            json!({}),
        ),
    ] {
        customer.query_with(document, variables).await.data();
    }
}
