//! A fresh database per test, cloned from a template that was migrated once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// What a test's database is called, before the time and a random part.
const PREFIX: &str = "cartograph_test_";
/// What the template is called, before the time and a hash.
const TEMPLATE_PREFIX: &str = "cartograph_template_";
/// Older databases were left behind. Long, because another run may still be going on.
const LEFTOVER: Duration = Duration::from_hours(1);
/// Held while looking for or making the template. ("carttest" in ASCII.)
const TEMPLATE_LOCK: i64 = 0x6361_7274_7465_7374;

/// The template's name, once it is known to be there.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A database of one test; dropped with it.
pub(crate) struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// An empty shop: every migration run, no rows.
    pub(crate) async fn create() -> Self {
        let template = TEMPLATE.get_or_init(prepare_template).await;
        let name = format!("{PREFIX}{}_{}", unix_now().as_secs(), Uuid::now_v7().simple());
        run(&mut admin().await, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { name }
    }

    /// Without even a migration.
    pub(crate) async fn create_blank() -> Self {
        let name = format!("{PREFIX}{}_{}", unix_now().as_secs(), Uuid::now_v7().simple());
        run(&mut admin().await, &format!("CREATE DATABASE {name}")).await;
        Self { name }
    }

    /// How to reach it.
    pub(crate) fn url(&self) -> String {
        url_of(&self.name)
    }

    /// A connection of the test's own, beside the server's pool.
    pub(crate) async fn connect(&self) -> AsyncPgConnection {
        connect(&self.url()).await
    }
}

impl Drop for TestDatabase {
    /// `Drop` cannot wait inside the test's runtime, so a thread with one of its own does. A failure to drop leaves a
    /// database that a later run sweeps up, which is no reason to fail a test.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async { admin().await.batch_execute(&statement).await })
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            eprintln!("the test's database {} could not be dropped", self.name);
        }
    }
}

/// Makes the template unless an earlier run of the same binary made it, and sweeps up what killed runs and older
/// binaries left. The migrations are part of the binary: another binary, another template.
async fn prepare_template() -> String {
    let mut conn = admin().await;
    run(&mut conn, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    let suffix = format!("_{:016x}", binary_hash());
    let mut template = None;
    for name in databases(&mut conn).await {
        if name.starts_with(TEMPLATE_PREFIX) && name.ends_with(&suffix) {
            template = Some(name);
        } else if is_leftover(&name) {
            run(&mut conn, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
    if let Some(template) = template {
        return template;
    }
    let template = format!("{TEMPLATE_PREFIX}{}{suffix}", unix_now().as_secs());
    // Under another name until it is complete, so that a half-made one is never taken for it.
    let draft = format!("{TEMPLATE_PREFIX}{}_draft", unix_now().as_secs());
    run(&mut conn, &format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await;
    run(&mut conn, &format!("CREATE DATABASE {draft}")).await;
    cartograph::db::migrate(&url_of(&draft)).await.expect("the migrations run");
    run(&mut conn, &format!("ALTER DATABASE {draft} RENAME TO {template}")).await;
    // The connection goes, and with it the lock.
    template
}

/// Whether a database is one of ours and so old that nobody can be using it.
fn is_leftover(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).or_else(|| name.strip_prefix(TEMPLATE_PREFIX));
    let made = rest.and_then(|rest| rest.split_once('_')).and_then(|(made, _)| made.parse::<u64>().ok());
    made.is_some_and(|made| made < unix_now().saturating_sub(LEFTOVER).as_secs())
}

async fn databases(conn: &mut AsyncPgConnection) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let rows: Vec<Row> = sql_query("SELECT datname::text AS name FROM pg_database")
        .load(conn)
        .await
        .expect("the databases can be listed");
    rows.into_iter().map(|row| row.name).collect()
}

/// How many rows a query counts: `SELECT count(*) AS n …`.
pub(crate) async fn count(conn: &mut AsyncPgConnection, query: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    sql_query(query).get_result::<Row>(conn).await.unwrap_or_else(|error| panic!("{query}: {error}")).n
}

/// Runs one statement that must not fail.
pub(crate) async fn run(conn: &mut AsyncPgConnection, statement: &str) {
    conn.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.unwrap_or_else(|error| {
        panic!("the test server cannot be reached ({error}); run the tests with 'make test'")
    })
}

/// A connection to the server's own database, from which others are made and dropped.
async fn admin() -> AsyncPgConnection {
    connect(&server_url()).await
}

fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL is not set: run the tests with 'make test', which starts the servers they need, or set it \
         to a PostgreSQL whose user may create databases, such as postgres://postgres@127.0.0.1:5432/postgres",
    )
}

/// The server's URL with another database at its end.
fn url_of(database: &str) -> String {
    let server = server_url();
    let (address, parameters) = server.split_once('?').map_or((server.as_str(), ""), |(a, p)| (a, p));
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    format!("{base}/{database}{}{parameters}", if parameters.is_empty() { "" } else { "?" })
}

/// What tells this binary from one that was built of other sources.
fn binary_hash() -> u64 {
    let binary = std::env::current_exe().expect("the binary knows where it is");
    let metadata = std::fs::metadata(&binary).expect("the binary is there");
    let mut hasher = DefaultHasher::new();
    (binary, metadata.len(), metadata.modified().expect("files have times")).hash(&mut hasher);
    hasher.finish()
}

fn unix_now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set")
}
